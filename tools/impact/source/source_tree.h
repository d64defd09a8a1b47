// A version of a project's files: the work tree, a revision, or a copy in another directory. Paths
// are relative to the project's root. Content is known by id (git's blob hash), so that two
// versions are compared, and cached analyses found, without reading files again. Reading functions
// may be called from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace noderig::impact {

class SourceTree {
 public:
  // Each throws UsageError or EnvironmentError with what is wrong: no git work tree, no such
  // revision, no directory.
  static std::shared_ptr<SourceTree> work_tree(const std::filesystem::path& project);
  static std::shared_ptr<SourceTree> revision(const std::filesystem::path& project,
                                              const std::string& revision);
  // The project's files as they stand in `directory`, which is the caller's.
  static std::shared_ptr<SourceTree> copy(const std::filesystem::path& project,
                                          const std::filesystem::path& directory);
  virtual ~SourceTree() = default;

  const std::filesystem::path& project() const { return project_; }
  // The commit's full hash; "work tree"; the copy's directory.
  const std::string& name() const { return name_; }

  // The files that the version consists of, with the ids of their contents.
  const std::map<std::string, std::string>& files() const { return files_; }

  // The directory in which the version's files can be read. That of a revision is made, in scratch
  // space, when it is first asked for, and removed with this object.
  virtual const std::filesystem::path& root() = 0;

  // Where the file of the project can be read, in this version; nothing when it is not part of it.
  // Files that git ignores or that belong to a submodule are the work tree's in every version.
  virtual std::optional<std::filesystem::path> locate(const std::string& relative) = 0;

 protected:
  SourceTree(std::filesystem::path project, std::string name);

  std::filesystem::path project_;
  std::string name_;
  std::map<std::string, std::string> files_{};
};

}  // namespace noderig::impact
