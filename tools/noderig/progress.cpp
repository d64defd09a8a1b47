#include "progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <cstdlib>
#include <sstream>

namespace noderig {
namespace {

std::size_t columns(std::FILE* out) {
  winsize size{};
  const bool known = ::ioctl(::fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::string indented(const std::string& text) {
  std::string result;
  std::istringstream lines(text);
  for (std::string one; std::getline(lines, one);) result += "    " + one + "\n";
  return result;
}

}  // namespace

Progress::Progress(std::FILE* out, std::size_t total)
    : out_(out), total_(total), terminal_(::isatty(::fileno(out)) == 1) {}

Progress::~Progress() {
  erase();
}

std::string Progress::painted(Verdict verdict, const std::string& text) const {
  if (!terminal_ || std::getenv("NO_COLOR") != nullptr) return text;
  const int colour = verdict == Verdict::Passed ? 32 : verdict == Verdict::Skipped ? 33 : 31;
  return fmt::format("\033[{}m{}\033[0m", colour, text);
}

void Progress::started(std::size_t index, const PlannedExecution& execution) {
  const std::string name =
      fmt::format("{} on {}", execution.scenario.name(), execution.daemon.to_string());
  running_[index] = {name, "", std::chrono::steady_clock::now()};
  if (!terminal_) line(fmt::format("       {}: started", name));
}

void Progress::step(std::size_t index, const std::string& text) {
  Running& running = running_[index];
  running.step = text;
  if (!terminal_) {
    line(fmt::format("{:5.1f}s {}: {}", seconds_since(running.begin), running.name, text));
  }
}

void Progress::finished(std::size_t index, const Execution& execution) {
  running_.erase(index);
  ++done_;
  const std::string verdict(to_string(execution.verdict));
  line(fmt::format("{} {} on {} ({:.2f} s)", painted(execution.verdict, verdict),
                   execution.scenario, execution.daemon, execution.wall));
  for (const SubtestResult& subtest : execution.subtests) {
    line(fmt::format("    {} {} ({:.2f} s){}{}",
                     painted(subtest.verdict, std::string(to_string(subtest.verdict))),
                     subtest.name, subtest.seconds, subtest.verdict == Verdict::Skipped ? ": " : "",
                     subtest.verdict == Verdict::Skipped ? subtest.reason : ""));
  }
  if (!execution.reason.empty()) std::fputs(indented(execution.reason).c_str(), out_);
  if (!execution.bundle.empty()) line(fmt::format("    kept: {}", execution.bundle));
  std::fflush(out_);
}

void Progress::interrupted() {
  interrupted_ = true;
  line("Stopping: what runs is asked to end; once more kills it.");
}

void Progress::tick() {
  draw();
}

void Progress::line(const std::string& text) {
  erase();
  fmt::print(out_, "{}\n", text);
  std::fflush(out_);
}

void Progress::erase() {
  if (!drawn_) return;
  std::fputs("\r\033[K", out_);
  drawn_ = false;
}

void Progress::draw() {
  if (!terminal_ || running_.empty()) return;
  std::string text = fmt::format("[{}/{}]", done_, total_);
  for (const auto& [index, running] : running_) {
    text += fmt::format(" {} {:.1f}s{}{}", running.name, seconds_since(running.begin),
                        running.step.empty() ? "" : ": ", running.step);
    if (running_.size() > 1) text += " |";
  }
  erase();
  fmt::print(out_, "{}", text.substr(0, columns(out_) - 1));
  std::fflush(out_);
  drawn_ = true;
}

}  // namespace noderig
