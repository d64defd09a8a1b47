#include <impact/record/snapshot.h>

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/command.h>
#include <noderig/framework/runner/workspace.h>
#include <sstream>

namespace noderig::impact {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

CommandResult run_git(const fs::path& project, Strings words, const Strings& environment = {}) {
  words.insert(words.begin(), {"git", "-C", project.string()});
  return run_command(words, {.environment = environment, .timeout = std::chrono::minutes(10)});
}

std::string line_of(const CommandResult& result) {
  return result.out.substr(0, result.out.find('\n'));
}

CommandResult must_run_git(const fs::path& project, const Strings& words,
                           const Strings& environment = {}) {
  CommandResult result = run_git(project, words, environment);
  if (!result.ok()) {
    throw EnvironmentError(fmt::format("git {} in {}: {}", words.front(), project.string(),
                                       last_lines(result.err, 3)));
  }
  return result;
}

std::string must_git(const fs::path& project, const Strings& words,
                     const Strings& environment = {}) {
  return line_of(must_run_git(project, words, environment));
}

// A copy of git's index to work with: with the times in it, git reads only files that changed.
class ScratchIndex {
 public:
  explicit ScratchIndex(const fs::path& project) {
    const fs::path index = project / must_git(project, {"rev-parse", "--git-path", "index"});
    std::error_code none;  // without one, all files are read
    fs::copy_file(index, file_, fs::copy_options::overwrite_existing, none);
    // By the index' own time git tells what may have been edited just after it was written.
    fs::last_write_time(file_, fs::last_write_time(index, none), none);
  }

  std::string variable() const { return "GIT_INDEX_FILE=" + file_.string(); }

 private:
  ScratchDirectory scratch_{"index"};
  fs::path file_ = scratch_.path() / "index";
};

// What is edited in a submodule has no commit: an empty file in its place says that the recorded
// version is none that can be compared with.
void mark_edited_submodules(const fs::path& project, const ScratchIndex& index) {
  const CommandResult differing = must_run_git(
      project, {"diff-files", "--ignore-submodules=none", "--name-only", "-z"}, {index.variable()});
  std::istringstream names(differing.out);
  for (std::string name; std::getline(names, name, '\0');) {
    if (!fs::is_directory(project / name)) continue;
    const std::string empty = must_git(project, {"hash-object", "-w", "/dev/null"});
    must_git(project, {"update-index", "--cacheinfo", "100644," + empty + "," + name},
             {index.variable()});
  }
}

}  // namespace

Snapshot take_snapshot(const fs::path& project, const std::vector<fs::path>& excluded) {
  const CommandResult head =
      run_git(project, {"rev-parse", "--verify", "--quiet", "HEAD^{commit}"});
  if (!head.ok()) {
    throw EnvironmentError(
        fmt::format("{} is no git work tree with a commit, and a recording belongs to a revision",
                    project.string()));
  }
  const ScratchIndex index(project);
  Strings add = {"add", "--all", "--", "."};
  std::vector<fs::path> left_out = excluded;
  left_out.push_back(project / ".noderig");
  for (const fs::path& directory : left_out) {
    const fs::path inside = directory.lexically_proximate(project);
    if (inside.is_absolute() || *inside.begin() == "..") continue;
    // git refuses to be told of what it ignores anyway.
    if (run_git(project, {"check-ignore", "--quiet", "--", inside.string()}).ok()) continue;
    add.push_back(":(exclude)" + inside.string());
  }
  must_git(project, add, {index.variable()});
  mark_edited_submodules(project, index);
  Snapshot snapshot{.commit = line_of(head),
                    .tree = must_git(project, {"write-tree"}, {index.variable()}),
                    .head = line_of(head)};
  if (snapshot.tree == tree_of(project, "HEAD")) return snapshot;
  snapshot.edited = true;
  // Without a time of its own, so that equal files give an equal commit.
  snapshot.commit = must_git(
      project, {"commit-tree", snapshot.tree, "-p", snapshot.head, "-m", "Edits noderig recorded"},
      {"GIT_AUTHOR_NAME=noderig", "GIT_AUTHOR_EMAIL=noderig@localhost", "GIT_AUTHOR_DATE=@0 +0000",
       "GIT_COMMITTER_NAME=noderig", "GIT_COMMITTER_EMAIL=noderig@localhost",
       "GIT_COMMITTER_DATE=@0 +0000"});
  return snapshot;
}

std::string tree_of(const fs::path& project, const std::string& revision) {
  const CommandResult result =
      run_git(project, {"rev-parse", "--verify", "--quiet", revision + "^{tree}"});
  if (!result.ok()) {
    throw UsageError(fmt::format("{} has no revision \"{}\"", project.string(), revision));
  }
  return line_of(result);
}

}  // namespace noderig::impact
