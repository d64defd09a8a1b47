#include "recording_options.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/runner/capacity.h>
#include <unistd.h>
#include <chrono>
#include <memory>

namespace noderig::impact {
namespace {

namespace fs = std::filesystem;

bool on_terminal() {
  return ::isatty(STDERR_FILENO) == 1;
}

// One line that is written over on a terminal, elsewhere a line every few seconds; what failed
// stays to be read.
class TestLine {
 public:
  void show(std::size_t done, std::size_t of, const Test& test, const TestRun& run) {
    const bool terminal = on_terminal();
    const char* const clear = terminal ? "\r\033[K" : "";
    if (run.verdict == Verdict::Failed) {
      fmt::print(stderr, "{}failed {} ({:.2f} s)\n{}\n", clear, test.id.text(), run.seconds,
                 run.output);
    }
    const std::string text = fmt::format("{}/{} {}", done, of, test.id.text());
    const auto now = std::chrono::steady_clock::now();
    if (terminal) {
      fmt::print(stderr, "{}{:.110}{}", clear, text, done == of ? clear : "");
    } else if (now - shown_ >= std::chrono::seconds(10)) {
      fmt::print(stderr, "{}\n", text);
      shown_ = now;
    }
    std::fflush(stderr);
  }

 private:
  std::chrono::steady_clock::time_point shown_ = std::chrono::steady_clock::now();
};

}  // namespace

void RecordingOptions::add_options(CLI::App& command) {
  project.add_options(command);
  command.add_option("--db", database, "The file of recordings; PROJECT/.noderig/impact.sqlite")
      ->type_name("FILE");
  command
      .add_option(
          "--tests", tests,
          "Only tests whose id one of these globs matches, such as \"gtest:*/Wallet*\", and\n"
          "none that begins with a !, such as \"!scenario:pruning\"; repeatable. What others\n"
          "would add is left out")
      ->type_name("GLOB")
      ->allow_extra_args(false);
  json.add_options(command);
}

void RecordingOptions::add_version_options(CLI::App& command) {
  command
      .add_option("--before", before,
                  "The version that was recorded; default: the one that was recorded last")
      ->type_name("REV");
  command.add_option("--after", after, "The changed version; default: the work tree")
      ->type_name("REV");
}

fs::path RecordingOptions::database_file() const {
  return database.empty() ? project.state_directory() / "impact.sqlite" : fs::absolute(database);
}

fs::path RecordingOptions::build_directory() const {
  if (project.build.empty() && fs::exists(database_file())) {
    const fs::path last =
        RecordingStore(database_file(), sqlite::Open::Read).last_built().directory;
    if (fs::is_directory(last)) return last;
  }
  return project.build_directory();
}

Analyser RecordingOptions::analyser() const {
  ProjectOptions resolved = project;
  resolved.build = build_directory().string();
  return resolved.analyser();
}

SelectRequest RecordingOptions::select_request() const {
  return {.project = project.project_root(),
          .build = build_directory(),
          .database = database_file(),
          .before = before,
          .after = after,
          .ignored = project.ignored,
          .limited_to = tests};
}

RecorderOptions RecordingOptions::recorder_options(const std::string& daemon,
                                                   bool build_first) const {
  return {
      .project = project.project_root(),
      .build = build_directory(),
      .database = database_file(),
      .daemon = daemon,
      .build_first = build_first,
      .jobs = jobs_or_cores(project.jobs),
      .scenario_jobs = project.jobs == 0 ? scenarios_at_a_time() : static_cast<int>(project.jobs),
      .say = [](std::string_view line) { fmt::print(stderr, "{}\n", line); },
      .ended = [line =
                    std::make_shared<TestLine>()](const auto&... ended) { line->show(ended...); }};
}

fs::path daemon_to_record(const std::string& option) {
  std::error_code error;
  const fs::path daemon = fs::canonical(option, error);
  if (error) throw UsageError(fmt::format("--daemon {}: {}", option, error.message()));
  return daemon;
}

int jobs_or_cores(unsigned jobs) {
  return jobs == 0 ? usable_cores() : static_cast<int>(jobs);
}

}  // namespace noderig::impact
