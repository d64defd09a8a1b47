#include <noderig/framework/bundle/hang_report.h>

#include "../support.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <string>

namespace noderig {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using Kind = Timeline::Kind;

TEST(HangReport, TellsWhatEachThreadWaitsFor) {
  const auto now = std::chrono::steady_clock::now();
  const std::string text = describe_waits({{.thread = 10, .what = "tip", .since = now - 5s},
                                           {.thread = 11, .what = "pong", .since = now - 1s}},
                                          {{.id = 10, .main = true}, {.id = 11}});
  EXPECT_THAT(text, MatchesRegex("the main thread: tip \\(since 5\\.[0-9] s\\)\n"
                                 "thread 11: pong \\(since 1\\.[0-9] s\\)"));
}

TEST(HangReport, SaysWhenTheMainThreadDoesNotWait) {
  EXPECT_EQ(describe_waits({}, {{.id = 10, .main = true, .state = 'R'}}),
            "the main thread waits for nothing that the rig knows of and is running");
  EXPECT_THAT(describe_waits({}, {{.id = 10, .main = true, .state = 'S'}}), HasSubstr("sleeping"));
}

TEST(HangReport, KnowsItsOwnThreads) {
  const auto threads = threads_of(::getpid());
  ASSERT_FALSE(threads.empty());
  EXPECT_EQ(threads[0].id, ::getpid());
  EXPECT_TRUE(threads[0].main);
  EXPECT_EQ(threads[0].state, 'R');
  EXPECT_FALSE(threads[0].name.empty());
  EXPECT_TRUE(threads_of(-1).empty());
}

TEST(HangReport, HasTheLatestOfPeersCallsAndLogsAndIsBounded) {
  const TemporaryDirectory directory;
  Timeline timeline(directory.path() / "timeline.bin");
  for (int i = 0; i < 1000; ++i) {
    const std::string number = "<" + std::to_string(i) + ">";
    for (const char* peer : {"peer0", "peer1"}) {
      timeline.add({.kind = Kind::Message, .source = peer, .text = number});
    }
    timeline.add({.kind = Kind::Rpc, .source = "node0", .name = "call" + number});
  }
  for (int i = 0; i < 500; ++i) {
    timeline.add({.kind = Kind::Message, .source = "other" + std::to_string(i), .text = "y"});
  }
  std::filesystem::create_directories(directory.path() / "node0" / "regtest");
  std::string log;
  for (int i = 0; i < 10'000; ++i)
    log += "line " + std::to_string(i) + std::string(1000, 'x') + "\n";
  directory.write("node0/regtest/debug.log", log);
  timeline.add({.kind = Kind::Message, .source = "peer0", .text = "last words"});
  timeline.add({.kind = Kind::Message, .source = "peer1", .text = "last words"});

  const std::string report = hang_report({.position = "wait for rain",
                                          .waits = {{.thread = 1, .what = "rain", .since = {}}},
                                          .threads = {},
                                          .timeline = timeline,
                                          .directory = directory.path()});
  EXPECT_THAT(report, AllOf(HasSubstr("wait for rain"), HasSubstr("thread 1: rain"),
                            HasSubstr("messages of peer1"), HasSubstr("peer0 p2p: last words"),
                            HasSubstr("peer0 p2p: <999>"), Not(HasSubstr("peer0 p2p: <900>"))));
  EXPECT_THAT(report,
              AllOf(HasSubstr("call<999>"), Not(HasSubstr("call<900>")), HasSubstr("line 9999x"),
                    Not(HasSubstr("line 9000x")), HasSubstr("more peers")));
  EXPECT_LT(report.size(), 100'000);
}

}  // namespace
}  // namespace noderig
