// Reads translation units, as they are or with some files replaced, for a refactoring of methods of
// one name. Reading functions may be called from any thread.
#pragma once

#include "code_view.h"

#include <impact/source/compile_commands.h>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace noderig::impact {

struct ReadOptions {
  std::filesystem::path project{};                // absolute: what is below it may be edited,
  std::filesystem::path build{};                  // except what is below this
  std::set<std::string> names{};                  // of the methods to look at in detail
  std::map<std::string, std::string> replaced{};  // file -> the text to read in its place
  // Keys of methods -> one word that stands for them in what functions mean.
  std::map<std::string, std::string> same_methods{};
};

// Parses one unit after the other. What does not parse is in `errors`.
CodeView read_code(const std::vector<CompileCommand>& units, const ReadOptions& options);

}  // namespace noderig::impact
