#include "project_options.h"

#include <fmt/format.h>
#include <impact/record/flags.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/command.h>
#include <unistd.h>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <system_error>

namespace noderig::impact {
namespace {

namespace fs = std::filesystem;

// One line that is written over on a terminal; elsewhere a line every few seconds of long work.
class ProgressLine {
 public:
  void show(const Progress& progress) {
    const bool terminal = ::isatty(STDERR_FILENO) == 1;
    const bool last = progress.done == progress.total;
    const auto now = std::chrono::steady_clock::now();
    if (now - shown_ < (terminal ? std::chrono::milliseconds(100) : std::chrono::seconds(10)) &&
        !(last && visible_)) {
      return;
    }
    shown_ = now;
    visible_ = true;
    const std::string text = fmt::format("analysing {}/{} ({} from the cache) {}", progress.done,
                                         progress.total, progress.cached, progress.file);
    if (!terminal) {
      fmt::print(stderr, "{}\n", text);
    } else if (last) {
      fmt::print(stderr, "\r\033[K");
    } else {
      fmt::print(stderr, "\r\033[K{:.110}", text);
    }
    std::fflush(stderr);
  }

 private:
  std::chrono::steady_clock::time_point shown_ = std::chrono::steady_clock::now();
  bool visible_ = false;
};

}  // namespace

void ProjectOptions::add_options(CLI::App& command) {
  command.add_option("--project", project, "The project's directory, in a git work tree")
      ->type_name("DIR");
  command.add_option("--build", build, "Its build directory, configured by CMake; PROJECT/build")
      ->type_name("DIR");
  command
      .add_option(
          "--ignore", ignored,
          "Files that no test reads, such as \"*.md\"; repeatable. Any other file that is no "
          "C++ source means that everything may have changed")
      ->type_name("GLOB")
      ->allow_extra_args(false);
  command
      .add_option("-j,--jobs", jobs,
                  "How many files, or tests, at a time; one a core, and three scenarios a core")
      ->type_name("N");
}

fs::path ProjectOptions::project_root() const {
  std::error_code error;
  const fs::path given = fs::canonical(project, error);
  if (error) throw UsageError(fmt::format("--project {}: {}", project, error.message()));
  const CommandResult git =
      run_command({"git", "-C", given.string(), "rev-parse", "--show-toplevel"});
  if (!git.ok()) throw UsageError(fmt::format("--project {}: not in a git work tree", project));
  return std::string(last_lines(git.out, 1));
}

fs::path ProjectOptions::build_directory() const {
  std::error_code error;
  const fs::path given = build.empty() ? project_root() / "build" : fs::absolute(build);
  const fs::path directory = fs::canonical(given, error);
  if (error || !fs::is_directory(directory)) {
    throw UsageError(
        fmt::format("{} is no build directory. Name it with --build DIR, or make it:\n"
                    "  {}",
                    given.string(), configure_command(project_root(), given)));
  }
  return directory;
}

fs::path ProjectOptions::state_directory() const {
  const fs::path directory = project_root() / ".noderig";
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) throw EnvironmentError(fmt::format("{}: {}", directory.string(), error.message()));
  // So that git has nothing to say of it, in whatever project it is.
  const fs::path ignore_file = directory / ".gitignore";
  if (!fs::exists(ignore_file)) std::ofstream(ignore_file) << "*\n";
  return directory;
}

Analyser ProjectOptions::analyser() const {
  auto line = std::make_shared<ProgressLine>();
  return Analyser({.build = build_directory(),
                   .cache = state_directory() / "facts.sqlite",
                   .jobs = jobs,
                   .progress = [line](const Progress& progress) { line->show(progress); }});
}

}  // namespace noderig::impact
