// What the work tree holds, as a commit that later comparisons can begin with: HEAD itself, or a
// commit of its edits and new files that no branch names. Neither work tree nor index is changed;
// git's store of objects gains what is not in it yet, until git collects garbage. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace noderig::impact {

struct Snapshot {
  std::string commit{};  // its full hash
  std::string tree{};    // the hash of the files: equal files, equal tree
  std::string head{};    // the commit that is checked out
  bool edited = false;   // the work tree differs from HEAD

  bool operator==(const Snapshot&) const = default;
};

// Leaves out what git ignores, the `excluded` directories and noderig's own state. Throws
// EnvironmentError when the project is in no git work tree or has no commit.
Snapshot take_snapshot(const std::filesystem::path& project,
                       const std::vector<std::filesystem::path>& excluded);

// The full hash of a revision's files. Throws UsageError when there is no such revision.
std::string tree_of(const std::filesystem::path& project, const std::string& revision);

}  // namespace noderig::impact
