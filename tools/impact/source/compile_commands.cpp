#include "compile_commands.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <algorithm>
#include <nlohmann/json.hpp>

namespace noderig::impact {
namespace {

namespace fs = std::filesystem;

// The words of a command line as a POSIX shell takes them apart.
std::vector<std::string> words_of(const std::string& command) {
  std::vector<std::string> words;
  std::string word;
  bool open = false;
  char quote = 0;
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    if (c == '\\' && quote != '\'' && i + 1 < command.size()) {
      word += command[++i];
      open = true;
    } else if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word += c;
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
      open = true;
    } else if (c == ' ' || c == '\t' || c == '\n') {
      if (open) words.push_back(word);
      word.clear();
      open = false;
    } else {
      word += c;
      open = true;
    }
  }
  if (open) words.push_back(word);
  return words;
}

bool is_compiler(const std::string& word) {
  const std::string name = fs::path(word).filename().string();
  for (const char* known : {"clang", "gcc", "g++", "c++", "cc"}) {
    if (name.find(known) != name.npos)
      return !name.starts_with("ccache") && !name.starts_with("sccache");
  }
  return false;
}

bool is_source(const fs::path& file) {
  static const std::vector<std::string> kExtensions = {".c",   ".cc", ".cp",  ".cpp",
                                                       ".cxx", ".C",  ".c++", ".CPP"};
  return std::ranges::find(kExtensions, file.extension().string()) != kExtensions.end();
}

[[noreturn]] void refuse(const fs::path& file, const std::string& why) {
  throw EnvironmentError(
      fmt::format("{}: {}. CMake writes it when the build directory is configured with\n"
                  "  cmake -S PROJECT -B {} -DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
                  file.string(), why, file.parent_path().string()));
}

}  // namespace

std::vector<CompileCommand> read_compile_commands(const fs::path& build) {
  const fs::path file = build / "compile_commands.json";
  if (!fs::exists(file)) refuse(file, "not there");
  const auto json = nlohmann::json::parse(read_file(file), nullptr, false);
  if (!json.is_array()) refuse(file, "no list of compile commands");
  std::vector<CompileCommand> commands;
  for (const auto& entry : json) {
    if (!entry.is_object() || !entry.contains("file") || !entry.contains("directory")) {
      refuse(file, "an entry has no file or no directory");
    }
    CompileCommand command;
    command.directory = entry.at("directory").get<std::string>();
    command.file = (command.directory / entry.at("file").get<std::string>()).lexically_normal();
    if (entry.contains("arguments")) {
      command.arguments = entry.at("arguments").get<std::vector<std::string>>();
    } else {
      command.arguments = words_of(entry.value("command", ""));
    }
    // Without what comes before the compiler: ccache, `cmake -E env NAME=VALUE` and their like.
    const auto compiler = std::ranges::find_if(command.arguments, is_compiler);
    if (compiler != command.arguments.end()) {
      command.arguments.erase(command.arguments.begin(), compiler);
    }
    if (is_source(command.file) && command.arguments.size() > 1) {
      commands.push_back(std::move(command));
    }
  }
  if (commands.empty()) refuse(file, "no C++ file in it");
  return commands;
}

}  // namespace noderig::impact
