#include <noderig/framework/timeline.h>

#include "support.h"

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>
#include <noderig/p2p/messages/ping.h>
#include <nlohmann/json.hpp>

#include <chrono>
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

class TimelineTest : public testing::Test {
 protected:
  std::vector<nlohmann::json> written() const {
    const auto file = directory_.path() / "timeline.jsonl";
    timeline_.write(file);
    std::vector<nlohmann::json> lines;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
  }

  const TemporaryDirectory directory_;
  Timeline timeline_{directory_.path() / "timeline.bin"};
};

TEST_F(TimelineTest, ShowsAnEntryInOneLine) {
  const std::chrono::sys_days day = std::chrono::year(2024) / 2 / 3;
  EXPECT_EQ(to_string(Timeline::Entry{.time = day + 12h + 34min + 56s + 1234us,
                                      .kind = Kind::Rpc,
                                      .source = "node0",
                                      .name = "getblockhash",
                                      .text = "[7]",
                                      .reply = "\"00ff\"",
                                      .duration = 85us}),
            "12:34:56.001234 node0 rpc: getblockhash [7] -> \"00ff\" (85 us)");
  EXPECT_EQ(to_string(Timeline::Entry{.time = day, .kind = Kind::Step, .text = "begin"}),
            "00:00:00.000000 step: begin");
}

TEST_F(TimelineTest, DecodesMessagesAndTellsTheirDirection) {
  const Bytes payload = p2p::encode_of(p2p::Ping{.nonce = 0x1234});
  Timeline::Entry entry{.kind = Kind::Message, .name = "ping", .payload = payload};
  EXPECT_EQ(describe(entry), "<- ping nonce=0000000000001234");
  entry.sent = true;
  EXPECT_EQ(describe(entry), "-> ping nonce=0000000000001234");
}

TEST_F(TimelineTest, TellsWhoConnectedAndWhyItEnded) {
  Timeline::Entry entry{
      .kind = Kind::Peer, .name = "opened", .text = "127.0.0.2:1", .reply = "127.0.0.1:2"};
  EXPECT_EQ(describe(entry), "opened: 127.0.0.2:1 was connected to by 127.0.0.1:2");
  entry.sent = true;
  EXPECT_EQ(describe(entry), "opened: 127.0.0.2:1 connected to 127.0.0.1:2");
  EXPECT_EQ(describe({.kind = Kind::Peer, .name = "closed", .text = "bored"}), "closed: bored");
}

TEST_F(TimelineTest, CutsLongTexts) {
  const std::string text(10'000, 'x');
  const std::string shown = describe({.kind = Kind::Log, .text = text});
  EXPECT_LT(shown.size(), 5'000);
  EXPECT_THAT(shown, testing::EndsWith("x... (10000 characters)"));
}

TEST_F(TimelineTest, HandsOutEntriesInTheOrderTheyCame) {
  for (const char* text : {"one", "two", "three"}) timeline_.add(Kind::Step, "", text);
  std::vector<std::string> texts;
  timeline_.read([&](std::span<const Timeline::Entry> entries, std::uint64_t dropped) {
    for (const Timeline::Entry& entry : entries) texts.emplace_back(entry.text);
    EXPECT_EQ(dropped, 0);
  });
  EXPECT_THAT(texts, ElementsAre("one", "two", "three"));
}

TEST_F(TimelineTest, WithoutAFileItKeepsNothing) {
  Timeline none;
  none.add(Kind::Step, "", "lost");
  none.read([](std::span<const Timeline::Entry> entries, std::uint64_t dropped) {
    EXPECT_TRUE(entries.empty());
    EXPECT_EQ(dropped, 0);
  });
}

TEST_F(TimelineTest, WritesAJsonObjectALine) {
  const auto before = std::chrono::system_clock::now();
  timeline_.add(Kind::Step, "", "two\nlines");
  timeline_.add({.kind = Kind::Rpc,
                 .source = "node0",
                 .name = "stop",
                 .text = "[]",
                 .reply = "no",
                 .duration = 3us,
                 .failed = true});
  timeline_.add({.kind = Kind::Message, .source = "peer1", .name = "verack"});
  timeline_.add(Kind::Node, "node0", "ended");
  timeline_.add(Kind::Log, "node0", "not UTF-8: \xff");
  const auto lines = written();
  ASSERT_THAT(lines, SizeIs(5));
  EXPECT_EQ(lines[0]["kind"], "step");
  EXPECT_EQ(lines[0]["source"], "");
  EXPECT_EQ(lines[0]["text"], "two\nlines");
  EXPECT_EQ(lines[1]["kind"], "rpc");
  EXPECT_EQ(lines[1]["text"], "stop [] -> no (3 us)");
  EXPECT_EQ(lines[1]["duration_us"], 3);
  EXPECT_EQ(lines[1]["failed"], true);
  EXPECT_EQ(lines[2]["kind"], "p2p");
  EXPECT_EQ(lines[2]["source"], "peer1");
  EXPECT_EQ(lines[3]["kind"], "node");
  EXPECT_EQ(lines[4]["kind"], "log");
  EXPECT_EQ(lines[4]["text"], "not UTF-8: \xEF\xBF\xBD");
  const std::chrono::microseconds time(lines[0]["time_us"].get<std::int64_t>());
  EXPECT_GE(time, before.time_since_epoch() - 1us);
  EXPECT_LE(time, std::chrono::system_clock::now().time_since_epoch());
}

TEST_F(TimelineTest, WritesTheLatestOfManyAndSaysHowManyMoreThereWere) {
  for (std::size_t i = 0; i < Timeline::kCapacity + 3; ++i) {
    timeline_.add(Kind::Step, "", std::to_string(i));
  }
  const auto lines = written();
  ASSERT_THAT(lines, SizeIs(1 + Timeline::kCapacity));
  EXPECT_EQ(lines[0]["dropped"], 3);
  EXPECT_EQ(lines[1]["text"], "3");
  EXPECT_EQ(lines.back()["text"], std::to_string(Timeline::kCapacity + 2));
}

TEST_F(TimelineTest, PrintsFromNowOn) {
  std::vector<std::string> printed;
  timeline_.add(Kind::Step, "", "before");
  timeline_.print_with([&](const Timeline::Entry& entry) { printed.push_back(describe(entry)); });
  timeline_.add(Kind::Step, "", "after");
  EXPECT_THAT(printed, ElementsAre("after"));
}

TEST_F(TimelineTest, NamesTheFileItCannotWrite) {
  EXPECT_THAT([] { Timeline().write("/nonexistent/timeline.jsonl"); },
              ThrowsMessage<EnvironmentError>(HasSubstr("/nonexistent/timeline.jsonl")));
  EXPECT_THAT([] { Timeline("/nonexistent/timeline.bin"); },
              ThrowsMessage<EnvironmentError>(HasSubstr("/nonexistent/timeline.bin")));
}

}  // namespace
}  // namespace noderig
