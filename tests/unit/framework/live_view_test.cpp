#include <noderig/framework/runner/display_text.h>
#include <noderig/framework/runner/live_view.h>

#include <gmock/gmock.h>

#include <string>

namespace noderig {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

TEST(DisplayText, CountsColumnsNotBytes) {
  EXPECT_EQ(display_width("abc"), 3);
  EXPECT_EQ(display_width("für"), 3);
  EXPECT_EQ(display_width("e\u0301"), 1);  // an accent of its own
  EXPECT_EQ(display_width("変更"), 4);
  EXPECT_EQ(display_width(""), 0);
}

TEST(DisplayText, IsClippedToColumns) {
  EXPECT_EQ(clipped("abcdef", 6), "abcdef");
  EXPECT_EQ(clipped("abcdef", 4), "abc…");
  EXPECT_EQ(clipped("変更影響", 8), "変更影響");
  EXPECT_EQ(clipped("変更影響", 6), "変更…");  // half a character does not show
  EXPECT_EQ(clipped("abcdef", 1), "…");
  EXPECT_EQ(clipped("abcdef", 0), "");
}

TEST(DisplayText, LetsNothingThroughThatControlsTheTerminal) {
  EXPECT_EQ(clipped("a\033[2Jb\nc", 20), "a [2Jb c");
  EXPECT_EQ(clipped("a\xff\xc3", 20), "a??");
  EXPECT_EQ(clipped(std::string_view("a\0b", 3), 20), "a b");
}

LiveRun some_run() {
  return {.running = {{.name = "rbf on knots", .step = "mine", .elapsed = 3.9, .expected = 7.2},
                      {.name = "rest on knots", .elapsed = 125}},
          .done = 3,
          .failed = 1,
          .total = 12,
          .fraction = 0.25,
          .seconds_left = 61.5};
}

TEST(LiveLines, ShowEachScenarioAndTheWhole) {
  EXPECT_THAT(live_lines(some_run(), {.columns = 80, .rows = 24}),
              ElementsAre("   3s/8s rbf on knots: mine", "   2m05s rest on knots",
                          "[##########------------------------------] 3/12, 1 failed, 62s left"));
}

TEST(LiveLines, RemarkOnTheWhole) {
  LiveRun run = some_run();
  run.remark = "risk 21 of 165";
  EXPECT_THAT(live_lines(run, {.columns = 80, .rows = 24}).back(),
              EndsWith("3/12, 1 failed, risk 21 of 165, 62s left"));
}

TEST(LiveLines, AreNarrowerThanTheTerminal) {
  LiveRun run = some_run();
  run.running[0].step = "変更影響分析 — " + std::string(200, 'x');
  for (int columns = 1; columns < 130; ++columns) {
    for (const std::string& line : live_lines(run, {.columns = columns, .rows = 24})) {
      EXPECT_LE(display_width(line), std::max(columns - 1, 1)) << line;
    }
  }
}

TEST(LiveLines, GiveUpTheBarBeforeTheNumbers) {
  const auto lines = live_lines(some_run(), {.columns = 30, .rows = 24});
  EXPECT_EQ(lines.back(), "3/12, 1 failed, 62s left");
}

TEST(LiveLines, LeaveOutScenariosThatTheTerminalHasNoRowsFor) {
  LiveRun run = some_run();
  run.running.resize(10, run.running[0]);
  const auto lines = live_lines(run, {.columns = 80, .rows = 6});
  EXPECT_THAT(lines, SizeIs(5));
  EXPECT_THAT(lines[3], EndsWith("7 more"));
  for (int rows = 0; rows < 14; ++rows) {
    const auto some = live_lines(run, {.columns = 80, .rows = rows});
    EXPECT_THAT(some, SizeIs(testing::Le(static_cast<std::size_t>(std::max(rows - 1, 2)))));
    EXPECT_THAT(some.back(), HasSubstr("3/12"));
  }
}

TEST(LiveLines, ShowNoBarForWhatHasNoEnd) {
  LiveRun run = some_run();
  run.total.reset();
  run.seconds_left.reset();
  EXPECT_EQ(live_lines(run, {}).back(), "3 done, 1 failed");
  run.stopping = true;
  EXPECT_EQ(live_lines(run, {}).back(), "3 done, 1 failed, stopping");
}

TEST(LiveLines, BarIsFullWhenAllIsDoneAndNeverMore) {
  LiveRun run = some_run();
  run.fraction = 7;
  EXPECT_THAT(live_lines(run, {}).back(), StartsWith("[" + std::string(40, '#') + "] "));
}

constexpr const char* kBegin = "\033[?2026h\r";
constexpr const char* kEnd = "\033[?2026l";

TEST(LiveScreen, ReplacesTheFrameBefore) {
  LiveScreen screen;
  EXPECT_EQ(screen.frame("", {"one", "two", "three"}, {}),
            std::string(kBegin) + "one\033[K\ntwo\033[K\nthree\033[K\033[J" + kEnd);
  EXPECT_EQ(screen.frame("", {"four"}, {}), std::string(kBegin) + "\033[2Afour\033[K\033[J" + kEnd);
}

TEST(LiveScreen, PutsVerdictsAboveTheFrame) {
  LiveScreen screen;
  screen.frame("", {"one", "two"}, {});
  EXPECT_EQ(
      screen.frame("passed\n", {"two"}, {}),
      std::string(kBegin) + "\033[1A\033[2K\033[B\033[2K\033[1Apassed\ntwo\033[K\033[J" + kEnd);
}

// tmux for one keeps in its history what is erased from the first place of the screen.
TEST(LiveScreen, LeavesNothingBehindAndErasesNoWholeScreen) {
  LiveScreen screen;
  screen.frame("", {"one", "two"}, {});
  const std::string end = screen.frame("", {}, {});
  EXPECT_EQ(end, std::string(kBegin) + "\033[1A\033[2K\033[B\033[2K\033[1A" + kEnd);
  EXPECT_EQ(screen.frame("", {}, {}), std::string(kBegin) + kEnd);
}

TEST(LiveScreen, KnowsThatLinesTakeMoreRowsInANarrowerTerminal) {
  LiveScreen screen;
  screen.frame("", {std::string(70, 'x'), "short"}, {.columns = 80, .rows = 24});
  EXPECT_THAT(screen.frame("", {"x"}, {.columns = 30, .rows = 24}),
              StartsWith(std::string(kBegin) + "\033[3A"));
}

}  // namespace
}  // namespace noderig
