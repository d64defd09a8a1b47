#include "project_copy.h"

#include "write_text.h"

#include <fmt/format.h>
#include <impact/record/process_pool.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/framework/node/command.h>
#include <algorithm>
#include <sstream>

namespace noderig::impact {
namespace {

namespace fs = std::filesystem;

bool is_left_out(const fs::path& entry) {
  const fs::path name = entry.filename();
  return name == ".git" || name == ".noderig" || fs::exists(entry / "CMakeCache.txt");
}

void copy_one(const fs::path& from, const fs::path& to) {
  fs::create_directories(to.parent_path());
  if (fs::is_symlink(from)) {
    fs::copy_symlink(from, to);
  } else {
    fs::copy_file(from, to);
  }
}

void copy_missing(const fs::path& from, const fs::path& to) {
  for (const fs::directory_entry& entry : fs::directory_iterator(from)) {
    const fs::path target = to / entry.path().filename();
    if (entry.is_directory() && !entry.is_symlink()) {
      if (!is_left_out(entry.path())) copy_missing(entry.path(), target);
    } else if ((entry.is_symlink() || entry.is_regular_file()) && !is_left_out(entry.path()) &&
               !fs::exists(fs::symlink_status(target))) {
      copy_one(entry.path(), target);
    }
  }
}

std::string cache_value(const fs::path& build, std::string_view name) {
  std::istringstream cache(read_file(build / "CMakeCache.txt"));
  for (std::string line; std::getline(cache, line);) {
    if (line.starts_with(std::string(name) + ":")) return line.substr(line.find('=') + 1);
  }
  throw EnvironmentError(fmt::format("{} is no build directory of CMake's", build.string()));
}

}  // namespace

ProjectCopy::ProjectCopy(const fs::path& project, const fs::path& build,
                         const std::map<std::string, std::string>& files,
                         const std::map<std::string, std::string>& edited)
    : project_(project),
      project_build_(build),
      source_(scratch_.path() / "source"),
      build_(scratch_.path() / "build") {
  fs::create_directories(source_);
  for (const auto& [file, content] : files) {
    const fs::file_status status = fs::symlink_status(project / file);
    // A submodule comes with what git ignores.
    if (fs::exists(status) && !fs::is_directory(status)) copy_one(project / file, source_ / file);
  }
  for (const auto& [file, text] : edited) write_text(in_copy(file), text);
}

void ProjectCopy::add_ignored_files() {
  copy_missing(project_, source_);
}

std::string ProjectCopy::in_copy(std::string text) const {
  // The build directory first: it often lies in the project.
  for (const auto& [from, to] : {std::pair(project_build_.string(), build_.string()),
                                 std::pair(project_.string(), source_.string())}) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos;) {
      const char next = at + from.size() < text.size() ? text[at + from.size()] : '/';
      if (next == '/' || next == ';' || next == ':' || next == ' ') {
        text.replace(at, from.size(), to);
        at += to.size();
      } else {
        at += from.size();
      }
    }
  }
  return text;
}

void ProjectCopy::write_initial_cache() const {
  std::string settings;
  std::istringstream cache(read_file(project_build_ / "CMakeCache.txt"));
  for (std::string line; std::getline(cache, line);) {
    const std::size_t colon = line.find(':');
    const std::size_t equals = line.find('=', colon);
    if (line.empty() || line.starts_with('#') || line.starts_with('/') ||
        equals == std::string::npos) {
      continue;
    }
    const std::string name = line.substr(0, colon);
    const std::string type = line.substr(colon + 1, equals - colon - 1);
    const std::string value = in_copy(line.substr(equals + 1));
    if (type == "INTERNAL" || type == "STATIC") continue;  // CMake's own, about that directory
    settings += fmt::format("set({} [====[{}]====] CACHE {} \"\")\n", name, value,
                            type == "UNINITIALIZED" ? "STRING" : type);
  }
  write_text(build_ / "initial_cache.cmake", settings);
}

std::string ProjectCopy::run(const std::vector<std::string>& argv,
                             Interruption& interruption) const {
  const fs::path log = scratch_.path() / "build.log";
  Launch launch;
  launch.argv = argv;
  launch.directory = scratch_.path();
  launch.environment = {"LLVM_PROFILE_FILE=/dev/null"};  // of instrumented generators
  launch.output = log;
  launch.timeout = std::chrono::hours(24);
  bool begun = false;
  int status = 0;
  ProcessPool pool(1, interruption);
  const bool ended = pool.run(
      [&]() -> std::optional<std::pair<std::size_t, Launch>> {
        if (begun) return {};
        begun = true;
        return std::pair(std::size_t{0}, launch);
      },
      [&](std::size_t, const LaunchEnd& end) { status = end.status; });
  if (!ended) throw EnvironmentError("interrupted; nothing was changed");
  if (status == 0) return "";
  return std::string(last_lines(read_file(log), 30));
}

std::string ProjectCopy::build_all(int jobs, Interruption& interruption) {
  fs::create_directories(build_);
  write_initial_cache();
  const std::string source = in_copy(cache_value(project_build_, "CMAKE_HOME_DIRECTORY"));
  const std::string problem = run({"cmake", "-S", source, "-B", build_.string(), "-G",
                                   cache_value(project_build_, "CMAKE_GENERATOR"), "-C",
                                   (build_ / "initial_cache.cmake").string()},
                                  interruption);
  if (!problem.empty()) return problem;
  return run({"cmake", "--build", build_.string(), "--parallel", std::to_string(jobs)},
             interruption);
}

}  // namespace noderig::impact
