#include <fmt/format.h>
#include <noderig/framework/runner/display_text.h>
#include <noderig/framework/runner/live_view.h>
#include <algorithm>
#include <cmath>

namespace noderig {
namespace {

constexpr int kLongestBar = 40;
constexpr int kShortestBar = 10;

// "7s", "95s", "12m05s": short, and seldom of another width than a second ago.
std::string short_time(double seconds) {
  const auto whole = static_cast<long>(std::max(seconds, 0.0));
  if (whole < 100) return fmt::format("{}s", whole);
  return fmt::format("{}m{:02}s", whole / 60, whole % 60);
}

std::string line_of(const LiveExecution& one, int columns) {
  std::string time = short_time(one.elapsed);
  if (one.expected) time += "/" + short_time(std::ceil(*one.expected));
  return clipped(
      fmt::format("{:>8} {}{}{}", time, one.name, one.step.empty() ? "" : ": ", one.step), columns);
}

std::string summary_line(const LiveRun& run, int columns) {
  std::string text =
      run.total ? fmt::format("{}/{}", run.done, *run.total) : fmt::format("{} done", run.done);
  if (run.failed > 0) text += fmt::format(", {} failed", run.failed);
  if (!run.remark.empty()) text += ", " + run.remark;
  if (run.stopping) {
    text += ", stopping";
  } else if (run.seconds_left) {
    text += fmt::format(", {} left", short_time(std::ceil(*run.seconds_left)));
  }
  const int room = columns - display_width(text) - 3;  // "[] "
  if (!run.total || room < kShortestBar) return clipped(text, columns);
  const int width = std::min(room, kLongestBar);
  const auto full = static_cast<int>(std::clamp(run.fraction, 0.0, 1.0) * width);
  return fmt::format("[{:#<{}}{:-<{}}] {}", "", full, "", width - full, text);
}

}  // namespace

std::vector<std::string> live_lines(const LiveRun& run, const TerminalSize& size) {
  // A line of full width leaves the cursor where terminals differ.
  const int columns = std::max(size.columns - 1, 1);
  std::vector<std::string> lines;
  const auto room = static_cast<std::size_t>(std::max(size.rows - 2, 1));  // beside the summary
  const bool all = run.running.size() <= room;
  const std::size_t shown = all ? run.running.size() : room - 1;
  for (std::size_t i = 0; i < shown; ++i) lines.push_back(line_of(run.running[i], columns));
  if (!all) {
    lines.push_back(clipped(fmt::format("{:>8} {} more", "", run.running.size() - shown), columns));
  }
  lines.push_back(summary_line(run, columns));
  return lines;
}

std::string LiveScreen::frame(const std::string& above, const std::vector<std::string>& lines,
                              const TerminalSize& size) {
  // The terminal shows what lies between the two marks at once.
  std::string text = "\033[?2026h\r";
  // In a terminal that became narrower, the lines that stand take more rows than they are.
  int rows = 0;
  for (const int width : widths_) rows += 1 + std::max(width - 1, 0) / std::max(size.columns, 1);
  const std::string to_first = rows > 1 ? fmt::format("\033[{}A", rows - 1) : "";
  text += to_first;
  if (!above.empty() || lines.empty()) {
    // Row by row: what erases a whole screen at once makes some terminals keep it as history.
    for (int row = 0; row < rows; ++row) text += row == 0 ? "\033[2K" : "\033[B\033[2K";
    text += to_first + above;
  }
  widths_.clear();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    text += lines[i] + "\033[K" + (i + 1 < lines.size() ? "\n" : "");
    widths_.push_back(display_width(lines[i]));
  }
  if (!lines.empty()) text += "\033[J";
  return text + "\033[?2026l";
}

}  // namespace noderig
