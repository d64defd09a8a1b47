#include "diff.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <impact/source/git.h>
#include <algorithm>
#include <filesystem>
#include <set>

namespace noderig::impact {
namespace {

namespace fs = std::filesystem;

bool is_build_file(const fs::path& file) {
  const std::string name = file.filename().string();
  return name == "CMakeLists.txt" || file.extension() == ".cmake" ||
         name.starts_with("CMakePresets") || name.ends_with(".cmake.in") || name == "Makefile";
}

bool has_extension(const fs::path& file, std::initializer_list<const char*> extensions) {
  return std::ranges::find(extensions, file.extension().string()) != extensions.end();
}

bool matches(const std::string& file, const std::vector<std::string>& globs) {
  const std::string name = fs::path(file).filename().string();
  return std::ranges::any_of(globs, [&](const std::string& glob) {
    return ::fnmatch(glob.c_str(), file.c_str(), 0) == 0 ||
           ::fnmatch(glob.c_str(), name.c_str(), 0) == 0;
  });
}

void add_files(const Program& program, std::set<std::string>& files) {
  for (const UnitFacts& unit : program.units) files.insert(unit.files.begin(), unit.files.end());
}

}  // namespace

std::vector<std::string> changed_files(const SourceTree& before, const SourceTree& after,
                                       const std::vector<std::string>& ignored) {
  std::set<std::string> changed;
  const auto differ = [&](const auto& files, const auto& others) {
    for (const auto& [file, hash] : files) {
      const auto other = others.find(file);
      if (other != others.end() && other->second == hash) continue;
      if (matches(file, ignored)) continue;
      const bool submodule =
          git::is_submodule(hash) || (other != others.end() && git::is_submodule(other->second));
      changed.insert(submodule ? file + "/" : file);
    }
  };
  differ(before.files(), after.files());
  differ(after.files(), before.files());
  return {changed.begin(), changed.end()};
}

std::vector<Reason> file_reasons(const std::vector<std::string>& changed, const Program& before,
                                 const Program& after) {
  std::set<std::string> compiled;
  add_files(before, compiled);
  add_files(after, compiled);
  // What does not parse has a reason of its own.
  for (const auto& program : {&before, &after}) {
    for (const Reason& reason : program->reasons) compiled.insert(reason.file);
  }
  std::vector<Reason> reasons;
  for (const std::string& file : changed) {
    if (compiled.contains(file)) continue;
    if (file.ends_with('/')) {
      const std::string name = file.substr(0, file.size() - 1);
      reasons.push_back({"submodule", name,
                         fmt::format("{} is a submodule, whose files are not compared", name)});
    } else if (is_build_file(file)) {
      reasons.push_back({"build-file", file, fmt::format("{} decides how files are built", file)});
    } else if (has_extension(file, {".c", ".cc", ".cp", ".cpp", ".cxx", ".C", ".c++"})) {
      reasons.push_back(
          {"uncompiled-source", file,
           fmt::format("the build directory has no command for {}: configure it again", file)});
    } else if (!has_extension(file, {".h", ".hh", ".hpp", ".hxx", ".H", ".h++"})) {
      // A header that no unit includes, or looked for, is read by nothing.
      reasons.push_back({"data-file", file,
                         fmt::format("a test may read {}: --ignore says that none does", file)});
    }
  }
  return reasons;
}

}  // namespace noderig::impact
