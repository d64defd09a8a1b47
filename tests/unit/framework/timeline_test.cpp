#include <noderig/framework/timeline.h>

#include "support.h"

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <fstream>
#include <string>
#include <vector>

namespace noderig {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::ThrowsMessage;
using Kind = Timeline::Kind;

std::vector<nlohmann::json> written(const Timeline& timeline) {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "timeline.jsonl";
  timeline.write(file);
  std::vector<nlohmann::json> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

TEST(Timeline, ShowsAnEntryInOneLine) {
  const std::chrono::sys_days day = std::chrono::year(2024) / 2 / 3;
  const Timeline::Entry entry{day + 12h + 34min + 56s + 1234us, Kind::Rpc, "node0",
                              [] { return "getblockcount -> 101"; }};
  EXPECT_EQ(to_string(entry), "12:34:56.001234 node0 rpc: getblockcount -> 101");
  EXPECT_EQ(to_string({day, Kind::Step, "", [] { return "begin"; }}),
            "00:00:00.000000 step: begin");
}

TEST(Timeline, LatestAreInTheOrderTheyCame) {
  Timeline timeline;
  EXPECT_THAT(timeline.latest(2), IsEmpty());
  for (const char* text : {"one", "two", "three"}) timeline.add(Kind::Step, "", text);
  EXPECT_THAT(timeline.latest(2), ElementsAre(EndsWith("step: two"), EndsWith("step: three")));
  EXPECT_THAT(timeline.latest(99), SizeIs(3));
}

TEST(Timeline, MakesATextOnlyWhenItIsNeeded) {
  Timeline timeline;
  int made = 0;
  timeline.add(Kind::Message, "node0", [&] { return std::to_string(++made); });
  timeline.add(Kind::Step, "", "last");
  timeline.latest(1);
  EXPECT_EQ(made, 0);
  timeline.latest(2);
  EXPECT_EQ(made, 1);
}

TEST(Timeline, WritesAJsonObjectALine) {
  Timeline timeline;
  const auto before = std::chrono::system_clock::now();
  timeline.add(Kind::Step, "", "two\nlines");
  timeline.add(Kind::Rpc, "node0", "stop");
  timeline.add(Kind::Message, "peer1", "inv");
  timeline.add(Kind::Node, "node0", "ended");
  timeline.add(Kind::Log, "node0", "not UTF-8: \xff");
  const auto lines = written(timeline);
  ASSERT_THAT(lines, SizeIs(5));
  EXPECT_EQ(lines[0]["kind"], "step");
  EXPECT_EQ(lines[0]["source"], "");
  EXPECT_EQ(lines[0]["text"], "two\nlines");
  EXPECT_EQ(lines[1]["kind"], "rpc");
  EXPECT_EQ(lines[2]["kind"], "p2p");
  EXPECT_EQ(lines[2]["source"], "peer1");
  EXPECT_EQ(lines[3]["kind"], "node");
  EXPECT_EQ(lines[4]["kind"], "log");
  EXPECT_EQ(lines[4]["text"], "not UTF-8: \xEF\xBF\xBD");
  const std::chrono::microseconds time(lines[0]["time_us"].get<std::int64_t>());
  EXPECT_GE(time, before.time_since_epoch() - 1us);
  EXPECT_LE(time, std::chrono::system_clock::now().time_since_epoch());
}

TEST(Timeline, DropsTheOldestBeyondItsCapacityAndSaysSo) {
  Timeline timeline;
  for (std::size_t i = 0; i < Timeline::kCapacity + 3; ++i) {
    timeline.add(Kind::Step, "", std::to_string(i));
  }
  const auto lines = written(timeline);
  ASSERT_THAT(lines, SizeIs(1 + Timeline::kCapacity));
  EXPECT_EQ(lines[0]["dropped"], 3);
  EXPECT_EQ(lines[1]["text"], "3");
  EXPECT_EQ(lines.back()["text"], std::to_string(Timeline::kCapacity + 2));
}

TEST(Timeline, PrintsFromNowOn) {
  Timeline timeline;
  std::vector<std::string> printed;
  timeline.add(Kind::Step, "", "before");
  timeline.print_with([&](const Timeline::Entry& entry) { printed.push_back(entry.text()); });
  timeline.add(Kind::Step, "", "after");
  EXPECT_THAT(printed, ElementsAre("after"));
}

TEST(Timeline, NamesTheFileItCannotWrite) {
  EXPECT_THAT([] { Timeline().write("/nonexistent/timeline.jsonl"); },
              ThrowsMessage<EnvironmentError>(HasSubstr("/nonexistent/timeline.jsonl")));
}

}  // namespace
}  // namespace noderig
