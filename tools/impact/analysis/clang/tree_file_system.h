// The file system that the compiler sees: files of the project come from a source tree, under the
// names they have in the project, so that all versions are compiled with equal paths. It notes what
// was read and what was looked for in vain. Belongs to one thread.
#pragma once

#include <impact/source/source_tree.h>
#include <llvm/Support/VirtualFileSystem.h>
#include <filesystem>
#include <set>
#include <string>

namespace noderig::impact {

class TreeFileSystem : public llvm::vfs::ProxyFileSystem {
 public:
  TreeFileSystem(SourceTree& tree, std::filesystem::path build);

  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine& path) override;
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> openFileForRead(const llvm::Twine& path) override;
  std::error_code getRealPath(const llvm::Twine& path,
                              llvm::SmallVectorImpl<char>& output) const override;

  const std::set<std::string>& read() const { return read_; }
  const std::set<std::string>& absent() const { return absent_; }

 private:
  // Where a path leads: `place` is what to open; empty when this version has no such file.
  struct Route {
    std::string name;  // absolute, without . and ..
    std::string place;
    bool noted;  // whether its absence is worth a note
  };
  Route route(const llvm::Twine& path) const;

  SourceTree& tree_;
  std::string project_;  // with a slash at the end, both
  std::string build_;
  std::set<std::string> read_{};
  std::set<std::string> absent_{};
};

}  // namespace noderig::impact
