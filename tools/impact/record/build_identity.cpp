#include <impact/record/build_identity.h>

#include <fmt/format.h>
#include <impact/model/facts.h>
#include <impact/source/compile_commands.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/framework/node/command.h>
#include <algorithm>
#include <set>

namespace noderig::impact {
namespace {

namespace fs = std::filesystem;

std::string digest_of(const std::string& text) {
  return fmt::format("{:016x}", symbol_id(text));
}

// The compilers' own words, with where they are: another one at the same place is another.
std::string toolchain_of(const std::set<std::string>& compilers) {
  std::string text;
  for (const std::string& compiler : compilers) {
    const CommandResult version = run_command({compiler, "--version"});
    text += fmt::format("{}: {}\n", compiler, version.out);
  }
  return text;
}

bool is_source_or_header(const fs::path& file) {
  static const std::set<std::string> kEndings = {".c",   ".cc",  ".cpp", ".cxx", ".h",
                                                 ".hh",  ".hpp", ".hxx", ".inc", ".inl",
                                                 ".ipp", ".def", ".tcc"};
  return kEndings.contains(file.extension().string());
}

// CMake's probes of the compiler are no part of any program.
bool is_probe(const fs::path& directory) {
  return directory.filename() == "CMakeFiles";
}

std::map<std::string, std::string> generated_files(const fs::path& build) {
  std::map<std::string, std::string> files;
  auto entry = fs::recursive_directory_iterator(build);
  for (; entry != fs::recursive_directory_iterator(); ++entry) {
    if (entry->is_directory() && is_probe(entry->path())) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file() && is_source_or_header(entry->path())) {
      files[entry->path().lexically_relative(build).string()] = digest_of(read_file(entry->path()));
    }
  }
  return files;
}

// What differs among the names that both have.
std::vector<std::string> changed_in_both(const std::map<std::string, std::string>& a,
                                         const std::map<std::string, std::string>& b) {
  std::vector<std::string> names;
  for (const auto& [name, digest] : a) {
    const auto other = b.find(name);
    if (other != b.end() && other->second != digest) names.push_back(name);
  }
  return names;
}

}  // namespace

BuildIdentity identity_of(const fs::path& project, const fs::path& build) {
  BuildIdentity identity;
  std::map<std::string, std::vector<std::string>> commands;
  std::set<std::string> compilers;
  for (const CompileCommand& command : read_compile_commands(build)) {
    std::string text = command.directory.string();
    for (const std::string& word : command.arguments) text += '\n' + word;
    commands[command.file.lexically_proximate(project).string()].push_back(digest_of(text));
    if (!command.arguments.empty()) compilers.insert(command.arguments.front());
  }
  for (auto& [file, digests] : commands) {
    std::ranges::sort(digests);  // a file may be compiled several times
    std::string text;
    for (const std::string& digest : digests) text += digest;
    identity.commands[file] = digest_of(text);
  }
  identity.toolchain = toolchain_of(compilers);
  identity.generated = generated_files(build);
  return identity;
}

std::vector<Reason> differences(const BuildIdentity& recorded, const BuildIdentity& now) {
  std::vector<Reason> reasons;
  if (recorded.toolchain != now.toolchain) {
    reasons.push_back({.code = "toolchain",
                       .text = "the recording was made with another compiler than the build "
                               "directory has now"});
  }
  for (const std::string& file : changed_in_both(recorded.commands, now.commands)) {
    reasons.push_back({.code = "compile-commands",
                       .file = file,
                       .text = "it is compiled with other flags than when it was recorded"});
  }
  for (const std::string& file : changed_in_both(recorded.generated, now.generated)) {
    reasons.push_back({.code = "generated-file",
                       .file = file,
                       .text = "the build made another one than when it was recorded"});
  }
  return reasons;
}

}  // namespace noderig::impact
