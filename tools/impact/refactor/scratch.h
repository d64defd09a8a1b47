// A directory in scratch space (TMPDIR) that goes with the object, whatever happens, and the copy
// of a project in it that can be edited, built and tested without touching the project. One thread.
#pragma once

#include <noderig/framework/runner/interruption.h>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace noderig::impact {

class ScratchDirectory {
 public:
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_{};
};

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
  ScratchDirectory scratch_{};
  std::filesystem::path source_;
  std::filesystem::path build_;
};

}  // namespace noderig::impact
