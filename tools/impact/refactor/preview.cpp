#include "preview.h"

#include "write_text.h"

#include <noderig/framework/errors.h>
#include <noderig/framework/node/command.h>
#include <noderig/framework/runner/workspace.h>

namespace noderig::impact {

std::string unified_diff(const std::map<std::string, std::string>& before,
                         const std::map<std::string, std::string>& after,
                         const std::filesystem::path& project) {
  const ScratchDirectory scratch("preview");
  for (const auto& [file, text] : after) {
    const std::string relative = std::filesystem::path(file).lexically_relative(project).string();
    write_text(scratch.path() / "a" / relative, before.at(file));
    write_text(scratch.path() / "b" / relative, text);
  }
  // With the directories' names for git's own prefixes, it prints what patch and git apply take.
  const CommandResult git =
      run_command({"git", "-C", scratch.path().string(), "diff", "--no-index", "--no-prefix",
                   "--no-color", "--no-ext-diff", "--", "a", "b"});
  if (git.status > 1) throw EnvironmentError("git diff failed: " + git.err);
  return git.out;
}

}  // namespace noderig::impact
