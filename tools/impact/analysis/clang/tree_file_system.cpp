#include "tree_file_system.h"

namespace noderig::impact {

TreeFileSystem::TreeFileSystem(SourceTree& tree, std::filesystem::path build)
    : ProxyFileSystem(llvm::vfs::createPhysicalFileSystem()),
      tree_(tree),
      project_(tree.project().string() + "/"),
      build_(build.string() + "/") {}

TreeFileSystem::Route TreeFileSystem::route(const llvm::Twine& path) const {
  llvm::SmallString<256> name;
  path.toVector(name);
  makeAbsolute(name);
  llvm::sys::path::remove_dots(name, true);
  Route route{std::string(name), std::string(name), false};
  const llvm::StringRef text(route.name);
  if (text.startswith(build_)) {
    route.noted = true;
  } else if (text.startswith(project_)) {
    const std::string relative = text.substr(project_.size()).str();
    route.noted = true;
    if (const auto place = tree_.locate(relative)) {
      route.place = place->string();
    } else if (!llvm::sys::fs::is_directory(route.name)) {
      route.place = llvm::sys::fs::is_directory((tree_.root() / relative).string())
                        ? (tree_.root() / relative).string()
                        : "";
    }
  }
  return route;
}

llvm::ErrorOr<llvm::vfs::Status> TreeFileSystem::status(const llvm::Twine& path) {
  const Route way = route(path);
  auto found = way.place.empty() ? std::make_error_code(std::errc::no_such_file_or_directory)
                                 : ProxyFileSystem::status(way.place);
  if (!found) {
    if (way.noted) absent_.insert(way.name);
    return found;
  }
  if (found->isRegularFile()) read_.insert(way.name);
  return llvm::vfs::Status::copyWithNewName(*found, path);
}

llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> TreeFileSystem::openFileForRead(
    const llvm::Twine& path) {
  const Route way = route(path);
  if (way.place.empty()) {
    absent_.insert(way.name);
    return std::make_error_code(std::errc::no_such_file_or_directory);
  }
  auto file = ProxyFileSystem::openFileForRead(way.place);
  if (!file && way.noted) absent_.insert(way.name);
  if (file) read_.insert(way.name);
  return llvm::vfs::File::getWithPath(std::move(file), path);
}

std::error_code TreeFileSystem::getRealPath(const llvm::Twine& path,
                                            llvm::SmallVectorImpl<char>& output) const {
  const std::string name = route(path).name;
  output.assign(name.begin(), name.end());
  return {};
}

}  // namespace noderig::impact
