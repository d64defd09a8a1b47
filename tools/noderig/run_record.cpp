#include "run_record.h"

#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/framework/home.h>
#include <noderig/framework/node/command.h>
#include <noderig/framework/runner/machine.h>
#include <fstream>

namespace noderig {
namespace {

// What git prints; nothing outside of a work tree, or when it fails or is not there: results count
// for more than where they come from.
std::optional<std::string> ask_git(std::vector<std::string> words) {
  if (work_tree_root().empty()) return {};
  words.insert(words.begin(), "git");
  try {
    const CommandResult result = run_command(words);
    return result.ok() ? std::optional(result.out) : std::nullopt;
  } catch (const EnvironmentError&) {
    return {};
  }
}

std::string own_command_line() {
  std::ifstream in("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> words;
  for (std::string word; std::getline(in, word, '\0');) words.push_back(word);
  return quote_command(words);
}

}  // namespace

RecordedRun run_record(const std::string& name, std::uint64_t seed,
                       const std::vector<DaemonUsed>& daemons) {
  return {.name = name,
          .origin = "noderig",
          .time = now(),
          .machine = this_machine(),
          .command = own_command_line(),
          .seed = seed,
          .revision = source_revision(),
          .daemons = daemons};
}

std::string source_revision() {
  const std::string head = ask_git({"rev-parse", "HEAD"}).value_or("");
  return head.substr(0, head.find('\n'));
}

std::optional<bool> source_modified() {
  const auto status = ask_git({"status", "--porcelain", "--untracked-files=no"});
  return status ? std::optional(!status->empty()) : std::nullopt;
}

}  // namespace noderig
