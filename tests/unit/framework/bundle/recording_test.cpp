#include <noderig/framework/bundle/recording.h>

#include "../support.h"

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

namespace noderig {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::ThrowsMessage;
using Kind = Timeline::Kind;

class RecordingTest : public testing::Test {
 protected:
  const TemporaryDirectory directory_;
  const std::filesystem::path file_ = directory_.path() / kRecordingName;
};

std::vector<std::string> texts_of(const Recording& recording) {
  std::vector<std::string> texts;
  for (const Timeline::Entry& entry : recording.entries()) texts.emplace_back(entry.text);
  return texts;
}

TEST_F(RecordingTest, GivesBackWhatWasRecorded) {
  const Bytes header(24, std::byte(1));
  const Bytes payload(300, std::byte(2));
  const auto time = std::chrono::system_clock::time_point(1'700'000'000'123'456us);
  {
    RecordingWriter writer(file_);
    writer.append({.time = time,
                   .kind = Kind::Message,
                   .source = "peer0",
                   .name = "ping",
                   .text = "text",
                   .reply = "reply",
                   .duration = 17us,
                   .failed = true,
                   .sent = true,
                   .connection = 4,
                   .header = header,
                   .payload = payload});
    writer.append({.kind = Kind::Step, .text = "next"});
  }
  const Recording recording(file_);
  ASSERT_THAT(recording.entries(), SizeIs(2));
  const Timeline::Entry& entry = recording.entries()[0];
  EXPECT_EQ(entry.time, time);
  EXPECT_EQ(entry.kind, Kind::Message);
  EXPECT_EQ(entry.source, "peer0");
  EXPECT_EQ(entry.name, "ping");
  EXPECT_EQ(entry.text, "text");
  EXPECT_EQ(entry.reply, "reply");
  EXPECT_EQ(entry.duration, 17us);
  EXPECT_TRUE(entry.failed);
  EXPECT_TRUE(entry.sent);
  EXPECT_EQ(entry.connection, 4);
  EXPECT_EQ(Bytes(entry.header.begin(), entry.header.end()), header);
  EXPECT_EQ(Bytes(entry.payload.begin(), entry.payload.end()), payload);
  EXPECT_EQ(recording.entries()[1].text, "next");
  EXPECT_EQ(recording.dropped(), 0);
}

TEST_F(RecordingTest, KeepsTheLatestInABoundedFile) {
  constexpr std::size_t kHalf = 4096;
  constexpr int kEntries = 1000;
  RecordingWriter writer(file_, kHalf);
  for (int i = 0; i < kEntries; ++i) writer.append({.text = std::to_string(i)});
  EXPECT_LE(std::filesystem::file_size(file_), 4096 + 2 * kHalf);
  const Recording recording(writer.bytes());
  const auto texts = texts_of(recording);
  EXPECT_EQ(recording.dropped() + texts.size(), kEntries);
  // One half is always whole.
  EXPECT_GE(texts.size(), kHalf / 100);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(texts[i], std::to_string(recording.dropped() + i));
  }
}

TEST_F(RecordingTest, DropsWhatIsLargerThanAHalf) {
  RecordingWriter writer(file_, 4096);
  writer.append({.text = "before"});
  writer.append({.text = std::string(5000, 'x')});
  writer.append({.text = "after"});
  const Recording recording(writer.bytes());
  EXPECT_THAT(texts_of(recording), ElementsAre("before", "after"));
  EXPECT_EQ(recording.dropped(), 1);
}

TEST_F(RecordingTest, OutlivesAProcessThatIsKilled) {
  const pid_t writer = ::fork();
  if (writer == 0) {
    RecordingWriter recording(file_);
    for (const char* text : {"one", "two"}) recording.append({.kind = Kind::Step, .text = text});
    ::raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(writer, &status, 0), writer);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_THAT(texts_of(Recording(file_)), ElementsAre("one", "two"));
}

TEST_F(RecordingTest, ReadsADamagedFileUpToTheDamage) {
  {
    RecordingWriter writer(file_);
    for (const char* text : {"first", "second", "third"}) writer.append({.text = text});
  }
  std::string bytes = read_file(file_);
  constexpr std::size_t kEntryHeader = 56;
  bytes[bytes.find("second") - kEntryHeader] ^= 0x7f;  // its size
  std::ofstream(file_) << bytes;
  EXPECT_THAT(texts_of(Recording(file_)), ElementsAre("first"));

  // Cut anywhere behind the file's header, it is read without a crash.
  for (std::size_t size = 4000; size < 4600; ++size) {
    std::ofstream(file_) << bytes.substr(0, size);
    EXPECT_LE(Recording(file_).entries().size(), 1u);
  }
}

TEST_F(RecordingTest, RefusesOtherFiles) {
  EXPECT_THAT([&] { Recording{file_}; },
              ThrowsMessage<EnvironmentError>(HasSubstr("no recording")));
  std::ofstream(file_) << std::string(5000, 'x');
  EXPECT_THAT([&] { Recording{file_}; },
              ThrowsMessage<EnvironmentError>(HasSubstr("is no recording of this version")));
}

}  // namespace
}  // namespace noderig
