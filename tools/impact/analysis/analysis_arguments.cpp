#include "unit_analysis.h"

#include <algorithm>
#include <string_view>

namespace noderig::impact {
namespace {

constexpr std::string_view kWithValue[] = {"-o", "-MF", "-MT", "-MQ", "-include-pch"};
constexpr std::string_view kAlone[] = {"-c",
                                       "-S",
                                       "-E",
                                       "-M",
                                       "-MM",
                                       "-MD",
                                       "-MMD",
                                       "-MP",
                                       "-MG",
                                       "-fpch-preprocess",
                                       "-Winvalid-pch",
                                       "-fcoverage-mapping",
                                       "-fpch-instantiate-templates",
                                       "-save-temps"};

bool contains(const auto& list, std::string_view word) {
  return std::ranges::find(list, word) != std::end(list);
}

bool is_debug_option(std::string_view word) {
  return word.starts_with("-g") && !word.starts_with("-gcc") && !word.starts_with("-gnu");
}

bool is_cxx(const std::filesystem::path& file) {
  const std::string extension = file.extension().string();
  return extension != ".c";
}

}  // namespace

std::vector<std::string> analysis_arguments(const CompileCommand& command) {
  std::vector<std::string> arguments{
      NODERIG_CLANG_PROGRAM, is_cxx(command.file) ? "--driver-mode=g++" : "--driver-mode=gcc",
      "-resource-dir", NODERIG_CLANG_RESOURCES};
  const auto& given = command.arguments;
  for (std::size_t i = 1; i < given.size(); ++i) {
    const std::string& word = given[i];
    if (word == "-Xclang" && i + 1 < given.size()) {
      // Options of precompiled headers come as -Xclang -include-pch -Xclang FILE.
      if (given[i + 1] == "-include-pch" || given[i + 1] == "-emit-pch") {
        i += given[i + 1] == "-include-pch" ? 3 : 1;
        continue;
      }
      if (given[i + 1] == "-fno-pch-timestamp") {
        ++i;
        continue;
      }
    }
    if (word == "-mllvm" && i + 1 < given.size()) {  // nothing that the front end looks at
      ++i;
      continue;
    }
    if (contains(kWithValue, word)) {
      ++i;
      continue;
    }
    if (contains(kAlone, word) || is_debug_option(word) || word.starts_with("-fprofile-") ||
        word.starts_with("-Werror") || word.starts_with("-fdiagnostics-") ||
        word.starts_with("-fmodules-ts") || word.starts_with("-fmodule-mapper")) {
      continue;
    }
    arguments.push_back(word);
  }
  arguments.insert(arguments.end(),
                   {"-c", "-w", "-fprofile-instr-generate", "-fno-caret-diagnostics"});
  return arguments;
}

}  // namespace noderig::impact
