#include "run_summary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/home.h>
#include <noderig/framework/node/command.h>
#include <noderig/framework/runner/matrix.h>
#include <algorithm>
#include <filesystem>
#include <map>

namespace noderig {
namespace {

// The command that repeats a failed execution.
void print_not_run(std::FILE* out, const RunResult& result) {
  std::vector<std::string> reasons;
  std::map<std::string, std::vector<std::string>> names;  // by reason
  for (const NotRun& one : result.not_run) {
    auto& its_names = names[one.reason];
    if (its_names.empty()) reasons.push_back(one.reason);
    its_names.push_back(fmt::format("{} on {}", one.scenario, one.daemon) +
                        (one.times > 1 ? fmt::format(" ({} times)", one.times) : ""));
  }
  for (const std::string& reason : reasons) {
    fmt::print(out, "Not run, {}: {}\n", reason, fmt::join(names[reason], ", "));
  }
}

}  // namespace

std::string repeat_command(const std::string& scenario, const std::string& daemon,
                           const RunCommandOptions& options, std::uint64_t seed) {
  std::string command = fmt::format("noderig run {} --seed {}", scenario, seed);
  if (!options.daemons.empty()) command += " --daemon " + quote_command({daemon});
  for (const std::string& one : options.subtests) command += " --subtest " + quote_command({one});
  for (const std::string& one : options.selection.plugins)
    command += " --plugin " + quote_command({one});
  return command;
}

void complete(RunResult& result, const RunCommandOptions& options) {
  const std::filesystem::path root = work_tree_root();
  for (Execution& execution : result.executions) {
    if (execution.verdict == Verdict::Failed || execution.verdict == Verdict::Interrupted) {
      const auto used = std::ranges::find(result.daemons, execution.daemon, &DaemonUsed::name);
      execution.repeat = repeat_command(execution.scenario, used->path, options, result.seed);
    }
    if (!root.empty() && execution.bundle.starts_with(root.string() + "/")) {
      execution.bundle = std::filesystem::path(execution.bundle).lexically_relative(root);
    }
  }
}

void print_summary(std::FILE* out, const RunResult& result) {
  for (const Execution& execution : result.executions) {
    if (execution.verdict == Verdict::Failed) fmt::print(out, "Repeat: {}\n", execution.repeat);
  }
  print_not_run(out, result);
  if (result.daemons.size() > 1) fmt::print(out, "\n{}\n", matrix_table(result));
}

void write_reports(const RunResult& result, const RunCommandOptions& options) {
  options.json.write(result);
  options.reports.write(result);
}

int exit_code(const RunResult& result) {
  if (std::ranges::any_of(result.executions, &Execution::rig_fault)) return kExitEnvironment;
  if (result.failed() > 0 || result.interrupted) return kExitFailed;
  return result.passed() > 0 ? kExitPassed : kExitSkipped;
}

}  // namespace noderig
