// The git commands that the analysis needs. Each throws EnvironmentError with git's own words when
// it fails, unless it says otherwise. Any thread.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace noderig::impact::git {

// The full hash of a revision. Throws UsageError when there is none of that name.
std::string commit(const std::filesystem::path& project, const std::string& revision);

// The files of a commit with the hashes of their contents. A submodule is a file, too: of its files
// nothing is known but whether they are those of a commit.
std::map<std::string, std::string> files(const std::filesystem::path& project,
                                         const std::string& commit);

bool is_submodule(const std::string& content);

// The files of the work tree that git does not ignore, as they are now.
std::map<std::string, std::string> work_tree_files(const std::filesystem::path& project);

// Writes the files of a commit into a directory, which is there.
void extract(const std::filesystem::path& project, const std::string& commit,
             const std::filesystem::path& directory);

// The hashes of the contents of files, relative to the project, in the same order.
std::vector<std::string> hash_files(const std::filesystem::path& project,
                                    const std::vector<std::filesystem::path>& files);

}  // namespace noderig::impact::git
