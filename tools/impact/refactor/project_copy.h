// The copy of a project in scratch space, which can be edited, built and tested without touching
// the project, and goes with the object. One thread.
#pragma once

#include <noderig/framework/runner/interruption.h>
#include <noderig/framework/runner/workspace.h>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace noderig::impact {

class ProjectCopy {
 public:
  // Of `files`, relative to the project, and with `edited` (absolute names in the project) in their
  // places.
  ProjectCopy(const std::filesystem::path& project, const std::filesystem::path& build,
              const std::map<std::string, std::string>& files,
              const std::map<std::string, std::string>& edited);

  // Adds what git does not know of, such as generated files and submodules, so that it can be
  // built; but neither git's nor noderig's own state, nor build directories.
  void add_ignored_files();

  const std::filesystem::path& source() const { return source_; }
  const std::filesystem::path& build() const { return build_; }

  // Configures as the project's own build directory is configured, and builds everything. Returns
  // the end of what was printed when that fails, else nothing. Throws EnvironmentError when the
  // user interrupts.
  std::string build_all(int jobs, Interruption& interruption);

 private:
  std::string in_copy(std::string text) const;
  void write_initial_cache() const;
  std::string run(const std::vector<std::string>& argv, Interruption& interruption) const;

  std::filesystem::path project_;
  std::filesystem::path project_build_;
  ScratchDirectory scratch_{"refactor"};
  std::filesystem::path source_;
  std::filesystem::path build_;
};

}  // namespace noderig::impact
