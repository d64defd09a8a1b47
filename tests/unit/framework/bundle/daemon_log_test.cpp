#include <noderig/framework/bundle/daemon_log.h>

#include <gmock/gmock.h>

#include <string>

namespace noderig {
namespace {

using namespace std::chrono_literals;
using testing::SizeIs;

std::chrono::system_clock::time_point at(std::chrono::microseconds in_the_day) {
  return std::chrono::sys_days(std::chrono::year(2026) / 11 / 25) + in_the_day;
}

TEST(DaemonLog, ReadsTheRealTimeAlsoBesideAMockedOne) {
  const auto lines = parse_daemon_log(
      "2026-11-25T21:45:01.123456Z [msghand] received: inv\n"
      "2026-11-25T21:45:02.000001Z (mocktime: 2020-01-01T00:00:00Z) [net] hello (again)\n"
      "2026-11-25T21:45:03Z no fraction\n");
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_EQ(lines[0].time, at(21h + 45min + 1s + 123456us));
  EXPECT_EQ(lines[0].text, "[msghand] received: inv");
  EXPECT_EQ(lines[1].time, at(21h + 45min + 2s + 1us));
  EXPECT_EQ(lines[1].text, "[net] hello (again)");
  EXPECT_EQ(lines[2].time, at(21h + 45min + 3s));
  EXPECT_EQ(lines[2].text, "no fraction");
}

TEST(DaemonLog, ReadsBcoins) {
  const auto lines = parse_daemon_log("[D:2026-11-25T00:00:09Z] (net) Added peer.\n");
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(lines[0].time, at(9s));
  EXPECT_EQ(lines[0].text, "(net) Added peer.");
}

TEST(DaemonLog, LinesWithoutATimeHaveThatOfTheOneBefore) {
  const auto lines = parse_daemon_log("2026-11-25T00:00:01Z first\n  second\n\nthird\r\nhalf a li");
  ASSERT_THAT(lines, SizeIs(4));
  for (const DaemonLogLine& line : lines) EXPECT_EQ(line.time, at(1s));
  EXPECT_EQ(lines[1].text, "  second");
  EXPECT_EQ(lines[2].text, "third");
  EXPECT_EQ(lines[3].text, "half a li");
}

TEST(DaemonLog, TakesWhatIsNoTimeAsText) {
  for (const std::string text :
       {"2026-13-25T00:00:01Z x", "2026-11-25T00:00:01.12Z x", "2026-11-25T00:0", "[D:x] y", "[",
        "-", "20a6-11-25T00:00:01Z x", "2026-02-30T00:00:01Z x"}) {
    const auto lines = parse_daemon_log(text);
    ASSERT_THAT(lines, SizeIs(1)) << text;
    EXPECT_EQ(lines[0].text, text);
    EXPECT_EQ(lines[0].time, std::chrono::system_clock::time_point{});
  }
}

}  // namespace
}  // namespace noderig
