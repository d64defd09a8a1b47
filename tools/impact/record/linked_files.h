// Which source files the programs and libraries of a build directory are made of, as CMake's file
// API tells: by it, functions of one name in several programs are told apart. Any thread.
#pragma once

#include <impact/record/profile.h>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace noderig::impact {

// Configures a build directory of CMake's again, once, so that it tells. Without an answer nothing
// is known of any program.
void ask_what_is_linked(const std::filesystem::path& build);

class LinkedFiles {
 public:
  // Of what is built; paths are named as UnitFacts::file.
  LinkedFiles(const std::filesystem::path& project, const std::filesystem::path& build);

  // All that these may be made of, with the libraries and whatever else their targets need; nothing
  // when one of them is none of the build directory's.
  std::optional<std::set<std::string>> of(const std::set<ImageId>& images) const;

 private:
  std::map<ImageId, std::set<std::string>> files_{};
};

}  // namespace noderig::impact
