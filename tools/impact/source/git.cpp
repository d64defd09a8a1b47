#include "git.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/command.h>
#include <algorithm>
#include <chrono>
#include <string_view>

namespace noderig::impact::git {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSubmodule = "submodule ";

std::string run(const fs::path& project, std::vector<std::string> arguments) {
  std::vector<std::string> command{"git", "-C", project.string(), "-c", "core.quotePath=false"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const CommandResult result = run_command(command, {.timeout = std::chrono::minutes(5)});
  if (!result.ok()) {
    throw EnvironmentError(
        fmt::format("{} failed: {}", quote_command(command), last_lines(result.err, 3)));
  }
  return result.out;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// What stands for a file's content; git's lines begin with its mode.
std::string content_of(const std::string& line, const std::string& hash) {
  return line.starts_with("160000") ? std::string(kSubmodule) + hash : hash;
}

}  // namespace

bool is_submodule(const std::string& content) {
  return content.starts_with(kSubmodule);
}

std::string commit(const fs::path& project, const std::string& revision) {
  const CommandResult result = run_command(
      {"git", "-C", project.string(), "rev-parse", "--verify", "--quiet", revision + "^{commit}"});
  if (!result.ok() || revision.starts_with('-')) {
    throw UsageError(fmt::format("{} has no revision \"{}\"", project.string(), revision));
  }
  return std::string(last_lines(result.out, 1));
}

std::map<std::string, std::string> files(const fs::path& project, const std::string& commit) {
  std::map<std::string, std::string> files;
  const std::string listing = run(project, {"ls-tree", "-r", "-z", "--full-tree", commit});
  for (const std::string& line : split(listing, '\0')) {
    // MODE TYPE HASH<tab>PATH
    const auto tab = line.find('\t');
    const auto hash = line.rfind(' ', tab);
    if (tab == line.npos || hash == line.npos) continue;
    files.emplace(line.substr(tab + 1), content_of(line, line.substr(hash + 1, tab - hash - 1)));
  }
  return files;
}

std::map<std::string, std::string> work_tree_files(const fs::path& project) {
  std::map<std::string, std::string> files;
  const std::string index = run(project, {"ls-files", "-s", "-z"});
  for (const std::string& line : split(index, '\0')) {
    // MODE HASH STAGE<tab>PATH
    const auto tab = line.find('\t');
    const auto hash = line.find(' ');
    if (tab == line.npos || hash == line.npos) continue;
    files.insert_or_assign(line.substr(tab + 1), content_of(line, line.substr(hash + 1, 40)));
  }
  // What differs from the index, and what git does not know yet.
  std::vector<fs::path> changed;
  const std::string differing =
      run(project, {"diff-files", "--ignore-submodules=none", "--name-only", "-z"});
  for (const std::string& name : split(differing, '\0')) changed.emplace_back(name);
  const std::string others = run(project, {"ls-files", "--others", "--exclude-standard", "-z"});
  for (const std::string& name : split(others, '\0')) changed.emplace_back(name);
  std::erase_if(changed, [&](const fs::path& name) {
    const fs::path place = project / name;
    if (name.string().starts_with(".noderig/")) return true;
    if (fs::is_regular_file(place)) return false;
    files.erase(name.string());
    if (fs::is_directory(place))
      files.emplace(name.string(), std::string(kSubmodule) + "with changes");
    return true;
  });
  const std::vector<std::string> hashes = hash_files(project, changed);
  for (std::size_t i = 0; i < changed.size(); ++i) files[changed[i].string()] = hashes.at(i);
  return files;
}

void extract(const fs::path& project, const std::string& commit, const fs::path& directory) {
  const fs::path archive = directory / ".archive.tar";
  run(project, {"archive", "--format=tar", "-o", archive.string(), commit});
  const CommandResult tar = run_command({"tar", "-xf", archive.string(), "-C", directory.string()},
                                        {.timeout = std::chrono::minutes(5)});
  fs::remove(archive);
  if (!tar.ok()) {
    throw EnvironmentError(
        fmt::format("cannot unpack revision {}: {}", commit, last_lines(tar.err, 3)));
  }
}

std::vector<std::string> hash_files(const fs::path& project, const std::vector<fs::path>& files) {
  std::vector<std::string> hashes;
  constexpr std::size_t kBatch = 500;  // so that command lines do not get too long
  for (std::size_t first = 0; first < files.size(); first += kBatch) {
    std::vector<std::string> arguments{"hash-object", "--no-filters", "--"};
    for (std::size_t i = first; i < std::min(first + kBatch, files.size()); ++i) {
      arguments.push_back((project / files[i]).string());
    }
    for (const std::string& hash : split(run(project, arguments), '\n')) {
      hashes.push_back(hash);
    }
  }
  return hashes;
}

}  // namespace noderig::impact::git
