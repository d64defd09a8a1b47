#include "progress.h"

#include "colours.h"
#include "run_burndown.h"

#include <fmt/format.h>
#include <noderig/framework/report/text.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string_view>

namespace noderig {
namespace {

// Asked at each frame: no signal has to tell of a new size.
TerminalSize size_of(std::FILE* out) {
  winsize size{};
  if (::ioctl(::fileno(out), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return {};
  return {size.ws_col, size.ws_row};
}

bool rewrites_lines(std::FILE* out) {
  const char* terminal = std::getenv("TERM");
  return ::isatty(::fileno(out)) == 1 && terminal != nullptr &&
         std::string_view(terminal) != "dumb";
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::string indented(const std::string& text) {
  std::string result;
  std::istringstream lines(printable(text));
  for (std::string one; std::getline(lines, one);) result += "    " + one + "\n";
  return result;
}

}  // namespace

Progress::Progress(std::FILE* out, const std::vector<PlannedExecution>& plan,
                   const RunOptions& options)
    : out_(out),
      policy_(options.policy),
      total_(plan.size() * static_cast<std::size_t>(policy_.rounds.value_or(1))),
      // What --trace prints would fall into the frames.
      live_(rewrites_lines(out) && !options.trace),
      coloured_(takes_colours(out)),
      burndown_(burndown_of(plan)) {
  std::size_t known = 0;
  for (const PlannedExecution& one : plan) {
    const double guess = scheduled(one).expected_seconds;
    const std::int64_t times = policy_.rounds.value_or(1);
    waiting_[{one.scenario.name(), one.daemon_name}] = {guess, times};
    guessed_ += guess * static_cast<double>(times);
    if (one.past) ++known;
    matrix_ = matrix_ || one.daemon_name != plan.front().daemon_name;
  }
  enough_history_ = known * 2 > plan.size();
}

Progress::~Progress() {
  if (live_) write(screen_.frame("", {}, size_of(out_)));
}

void Progress::started(std::size_t execution, const PlannedExecution& planned) {
  no_longer_waits(planned.scenario.name(), planned.daemon_name);
  running_[execution] = {
      .name = fmt::format("{} on {}", planned.scenario.name(),
                          live_ || matrix_ ? planned.daemon_name : planned.daemon.to_string()),
      .step = {},
      .guess = scheduled(planned).expected_seconds,
      .begin = std::chrono::steady_clock::now()};
  if (planned.past) running_[execution].expected = planned.past->median;
  if (!live_) print(fmt::format("       {}: started\n", running_[execution].name));
}

void Progress::step(std::size_t execution, const std::string& text) {
  Running& running = running_[execution];
  running.step = text;
  if (live_) return;
  print(
      fmt::format("{:5.1f}s {}: {}\n", seconds_since(running.begin), running.name, one_line(text)));
}

void Progress::warning(std::size_t execution, const std::string& text) {
  // Elsewhere each step has its line.
  if (live_) print(fmt::format("{}: {}\n", running_[execution].name, printable(text)));
}

void Progress::finished(std::size_t execution, const Execution& result) {
  if (const auto running = running_.find(execution); running != running_.end()) {
    guessed_done_ += running->second.guess;
    took_ += result.wall;
    running_.erase(running);
  } else {
    no_longer_waits(result.scenario, result.daemon);
  }
  ++done_;
  if (result.verdict == Verdict::Failed || result.verdict == Verdict::Interrupted) ++failed_;
  if (burndown_) add_verdict(*burndown_, result, seconds_since(begin_));
  print(account_of(result));
}

void Progress::paused(std::size_t execution, const std::string& text) {
  const bool enter = ::isatty(STDIN_FILENO) == 1;
  print(fmt::format(
      "{} has failed and stands still; its nodes run:\n{}{}\n", running_[execution].name,
      indented(text),
      enter ? "Press Enter to end it and go on."
            : fmt::format("No terminal to press Enter on: `kill -INT {}` ends it, and the run.",
                          ::getpid())));
}

void Progress::interrupted() {
  stopping_ = true;
  print("Stopping: what runs is asked to end; once more kills it.\n");
}

void Progress::tick() {
  if (live_ && !running_.empty()) draw("");
}

std::string Progress::painted(Verdict verdict, const std::string& text) const {
  if (!coloured_) return text;
  const int colour = verdict == Verdict::Passed ? 32 : verdict == Verdict::Skipped ? 33 : 31;
  return fmt::format("\033[{}m{}\033[0m", colour, text);
}

std::string Progress::account_of(const Execution& result) const {
  const auto verdict_of = [this](Verdict verdict) {
    return painted(verdict, std::string(to_string(verdict)));
  };
  std::string text = fmt::format("{} {} on {} ({:.2f} s)", verdict_of(result.verdict),
                                 result.scenario, result.daemon, result.wall);
  text += burndown_ ? ", " + remaining_risk() + "\n" : "\n";
  for (const SubtestResult& subtest : result.subtests) {
    const bool skipped = subtest.verdict == Verdict::Skipped;
    text +=
        fmt::format("    {} {} ({:.2f} s){}{}\n", verdict_of(subtest.verdict), subtest.name,
                    subtest.seconds, skipped ? ": " : "", skipped ? printable(subtest.reason) : "");
  }
  text += indented(result.reason);
  if (!result.bundle.empty()) text += fmt::format("    kept: {}\n", result.bundle);
  return text;
}

std::string Progress::remaining_risk() const {
  const auto& points = burndown_->points();
  return fmt::format("risk {} of {}", points.back().remaining(), points.front().remaining());
}

// ------------------------------------------------------------------------------- The live view

void Progress::print(const std::string& lines) {
  live_ ? draw(lines) : write(lines);
}

void Progress::draw(const std::string& above) {
  const TerminalSize size = size_of(out_);
  write(screen_.frame(above, live_lines(live_run(), size), size));
}

// At once: a frame that comes in pieces flickers.
void Progress::write(const std::string& text) {
  std::fflush(out_);
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t written = ::write(::fileno(out_), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody reads: the run goes on for its reports
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

void Progress::no_longer_waits(const std::string& scenario, const std::string& daemon) {
  --waiting_[{scenario, daemon}].times;
}

LiveRun Progress::live_run() const {
  LiveRun run{.done = done_,
              .failed = failed_,
              .stopping = stopping_,
              .remark = burndown_ ? remaining_risk() : ""};
  double guessed_by_now = guessed_done_;
  for (const auto& [execution, one] : running_) {
    const double elapsed = seconds_since(one.begin);
    run.running.push_back(
        {.name = one.name, .step = one.step, .elapsed = elapsed, .expected = one.expected});
    guessed_by_now += std::min(elapsed, one.guess);
  }
  if (policy_.rounds) {
    run.total = total_;
    run.fraction = guessed_ > 0 ? guessed_by_now / guessed_ : 0;
    run.seconds_left = seconds_left();
  }
  return run;
}

std::optional<double> Progress::seconds_left() const {
  if (!enough_history_) return {};
  double sum = 0;
  double longest = 0;
  const auto add = [&](double seconds, double times) {
    sum += seconds * times;
    if (times > 0) longest = std::max(longest, seconds);
  };
  for (const auto& [name, one] : waiting_) add(one.guess, static_cast<double>(one.times));
  for (const auto& [execution, one] : running_) {
    add(std::max(one.guess - seconds_since(one.begin), 0.0), 1);
  }
  // Side by side, executions take longer than they did alone.
  const double stretch = guessed_done_ > 0 && took_ > guessed_done_ ? took_ / guessed_done_ : 1;
  double left = stretch * std::max(sum / policy_.jobs, longest);
  if (policy_.budget) left = std::min(left, std::max(*policy_.budget - seconds_since(begin_), 0.0));
  return left;
}

}  // namespace noderig
