#include "source_tree.h"

#include "git.h"

#include <noderig/framework/runner/workspace.h>
#include <optional>
#include <system_error>

namespace noderig::impact {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

class WorkTree : public SourceTree {
 public:
  explicit WorkTree(const fs::path& project) : SourceTree(project, "work tree") {
    files_ = git::work_tree_files(project_);
  }

  const fs::path& root() override { return project_; }

  std::optional<fs::path> locate(const std::string& relative) override {
    fs::path place = project_ / relative;
    return is_file(place) ? std::optional(std::move(place)) : std::nullopt;
  }
};

// Files that are not the project's own come from the work tree: `others_` are those that are.
class OtherTree : public SourceTree {
 public:
  std::optional<fs::path> locate(const std::string& relative) override {
    if (files_.contains(relative)) return root() / relative;
    if (others_.contains(relative)) return std::nullopt;
    fs::path place = project_ / relative;
    return is_file(place) ? std::optional(std::move(place)) : std::nullopt;
  }

 protected:
  OtherTree(const fs::path& project, std::string name)
      : SourceTree(project, std::move(name)), others_(git::work_tree_files(project_)) {}

 private:
  std::map<std::string, std::string> others_;
};

class Revision : public OtherTree {
 public:
  Revision(const fs::path& project, const std::string& revision)
      : OtherTree(project, git::commit(project, revision)) {
    files_ = git::files(project_, name_);
  }

  const fs::path& root() override {
    const std::lock_guard lock(mutex_);
    if (!scratch_) {
      scratch_.emplace("revision");
      root_ = scratch_->path() / "source";
      fs::create_directory(root_);
      git::extract(project_, name_, root_);
    }
    return root_;
  }

 private:
  std::mutex mutex_{};
  std::optional<ScratchDirectory> scratch_{};
  fs::path root_{};
};

class Copy : public OtherTree {
 public:
  Copy(const fs::path& project, const fs::path& directory)
      : OtherTree(project, fs::canonical(directory).string()), root_(fs::canonical(directory)) {
    std::vector<fs::path> relative;
    std::vector<fs::path> absolute;
    for (auto entry = fs::recursive_directory_iterator(root_);
         entry != fs::recursive_directory_iterator(); ++entry) {
      const std::string name = entry->path().filename().string();
      if (entry->is_directory() && (name == ".git" || name == ".noderig")) {
        entry.disable_recursion_pending();
      } else if (entry->is_regular_file() && name != ".git") {
        relative.push_back(fs::relative(entry->path(), root_));
        absolute.push_back(entry->path());
      }
    }
    const std::vector<std::string> hashes = git::hash_files(project_, absolute);
    for (std::size_t i = 0; i < relative.size(); ++i) {
      files_.emplace(relative[i].string(), hashes.at(i));
    }
  }

  const fs::path& root() override { return root_; }

 private:
  fs::path root_;
};

}  // namespace

SourceTree::SourceTree(fs::path project, std::string name)
    : project_(std::move(project)), name_(std::move(name)) {}

std::shared_ptr<SourceTree> SourceTree::work_tree(const fs::path& project) {
  return std::make_shared<WorkTree>(project);
}

std::shared_ptr<SourceTree> SourceTree::revision(const fs::path& project,
                                                 const std::string& revision) {
  return std::make_shared<Revision>(project, revision);
}

std::shared_ptr<SourceTree> SourceTree::copy(const fs::path& project, const fs::path& directory) {
  return std::make_shared<Copy>(project, directory);
}

}  // namespace noderig::impact
