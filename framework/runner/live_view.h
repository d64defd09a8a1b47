// What a run looks like on a terminal while it goes on: a line for each scenario that runs, and one
// with a bar for the whole. The lines are a function of what is known and of the terminal's size;
// LiveScreen puts them below what scrolls. One thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace noderig {

struct TerminalSize {
  int columns = 80;
  int rows = 24;
};

struct LiveExecution {
  std::string name;
  std::string step{};
  double elapsed = 0;                // seconds
  std::optional<double> expected{};  // seconds, from history
};

struct LiveRun {
  std::vector<LiveExecution> running{};
  std::size_t done = 0;
  std::size_t failed = 0;                // of those that are done
  std::optional<std::size_t> total{};    // nothing: it goes on until something fails
  double fraction = 0;                   // of the whole that is done, by time
  std::optional<double> seconds_left{};  // nothing: nobody can tell
  bool stopping = false;                 // the user has asked for the end
  std::string remark{};                  // more to say of the whole; empty when nothing
};

// The lines, none as wide as the terminal, together fewer than it has rows.
std::vector<std::string> live_lines(const LiveRun& run, const TerminalSize& size);

// The frames of a terminal: each is one text to write at once, which replaces the frame before.
class LiveScreen {
 public:
  // `above` (whole lines, or nothing) scrolls; `lines` stand below it until the next frame.
  std::string frame(const std::string& above, const std::vector<std::string>& lines,
                    const TerminalSize& size);

 private:
  std::vector<int> widths_;  // of the lines that stand
};

}  // namespace noderig
