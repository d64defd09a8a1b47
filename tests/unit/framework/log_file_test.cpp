#include <noderig/framework/node/log_file.h>

#include "support.h"

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>

namespace noderig {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

class LogFileTest : public testing::Test {
 protected:
  void append(const std::string& text) const {
    std::ofstream(log_.path(), std::ios::app) << text << std::flush;
  }

  // Waits until `done`, while another thread does `action` once the wait has begun. Fails when only
  // the end of the time limit, not the action, made the wait ask again.
  void expect_wakes(const std::function<void()>& action, const std::function<bool()>& done) const {
    const auto begin = std::chrono::steady_clock::now();
    std::thread other;
    EXPECT_TRUE(log_.wait_until(
        [&] {
          const bool answer = done();
          if (!other.joinable()) other = std::thread(action);
          return answer;
        },
        kPatience));
    other.join();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, kPatience / 2);
  }

  TemporaryDirectory directory_;
  LogFile log_{directory_.path() / "debug.log"};
};

TEST_F(LogFileTest, IsEmptyBeforeTheFileIsThere) {
  EXPECT_EQ(log_.mark(), 0u);
  EXPECT_EQ(log_.since(0), "");
  EXPECT_EQ(log_.tail(5), "");
}

TEST_F(LogFileTest, ReadsFromTheMarkOn) {
  append("earlier\n");
  const auto mark = log_.mark();
  EXPECT_EQ(log_.since(mark), "");
  append("later\n");
  EXPECT_EQ(log_.since(mark), "later\n");
  EXPECT_EQ(log_.since(0), "earlier\nlater\n");
}

TEST_F(LogFileTest, TailIsTheLastLines) {
  append("one\ntwo\nthree\n");
  EXPECT_EQ(log_.tail(2), "two\nthree\n");
  EXPECT_EQ(log_.tail(3), "one\ntwo\nthree\n");
  EXPECT_EQ(log_.tail(4), "one\ntwo\nthree\n");
}

TEST_F(LogFileTest, TailCountsALineThatWasCutShort) {
  append("one\ntwo\nthr");
  EXPECT_EQ(log_.tail(2), "two\nthr");
}

TEST_F(LogFileTest, WaitIsWokenByTheFirstLineOfANewFile) {
  expect_wakes([this] { append("UpdateTip: height=1\n"); },
               [this] { return log_.since(0) == "UpdateTip: height=1\n"; });
}

TEST_F(LogFileTest, WaitIsWokenByAFurtherLine) {
  append("one\n");
  const auto mark = log_.mark();
  expect_wakes([this] { append("two\n"); }, [&] { return log_.since(mark) == "two\n"; });
}

TEST_F(LogFileTest, WaitIsWokenByHand) {
  std::atomic<bool> ended = false;
  expect_wakes(
      [&] {
        ended = true;
        log_.wake();
      },
      [&] { return ended.load(); });
}

TEST_F(LogFileTest, WaitGivesUp) {
  append("one\n");
  EXPECT_FALSE(log_.wait_until([] { return false; }, 1ms));
  EXPECT_TRUE(log_.wait_until([] { return true; }, 0ms));
}

TEST_F(LogFileTest, NamesADirectoryThatIsNotThere) {
  const auto path = directory_.path() / "absent" / "debug.log";
  EXPECT_THAT([&] { LogFile{path}; }, ThrowsMessage<EnvironmentError>(HasSubstr(path.string())));
}

TEST(MissingLines, AreThoseThatOccurNowhere) {
  EXPECT_THAT(missing_lines("a long line\nb\n", {"long", "c", "b", "line b"}),
              ElementsAre("c", "line b"));
}

TEST(Occurrences, AreCountedAtEachPlace) {
  EXPECT_EQ(occurrences("a blames b; c blames d", "blames"), 2U);
  EXPECT_EQ(occurrences("aaa", "aa"), 2U);
  EXPECT_EQ(occurrences("blame", "blames"), 0U);
  EXPECT_EQ(occurrences("", "blames"), 0U);
}

}  // namespace
}  // namespace noderig
