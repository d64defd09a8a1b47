#include "run_summary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/home.h>
#include <noderig/framework/node/command.h>
#include <noderig/framework/plugin.h>
#include <noderig/framework/runner/matrix.h>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string_view>

namespace noderig {
namespace fs = std::filesystem;
namespace {

// The pattern that matches this name alone.
std::string as_glob(const std::string& name) {
  std::string glob;
  for (const char c : name) {
    if (std::string_view("*?[\\").find(c) != std::string_view::npos) glob += '\\';
    glob += c;
  }
  return glob;
}

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

std::string repeat_command(const PlannedExecution& planned, const RunCommandOptions& options,
                           std::uint64_t seed) {
  std::vector<std::string> words = {"noderig", "run", planned.scenario.name(), "--seed",
                                    std::to_string(seed)};
  const auto add = [&](const char* option, const std::string& value) {
    words.emplace_back(option);
    words.push_back(value);
  };
  const char* variable = std::getenv("NODERIG_DAEMON");
  if (!options.daemons.empty() || (variable != nullptr && *variable != '\0')) {
    add("--daemon", planned.daemon.executable.string());
  }
  for (const std::string& name : planned.subtests) add("--subtest", as_glob(name));
  const fs::path plugin = fs::absolute(planned.scenario.plugin);
  std::error_code unknown;
  if (!fs::equivalent(plugin.parent_path(), plugin_directories().front(), unknown)) {
    add("--plugin", plugin.string());
  }
  return quote_command(words);
}

void complete(RunResult& result) {
  const fs::path root = work_tree_root();
  for (Execution& execution : result.executions) {
    if (!root.empty() && execution.bundle.starts_with(root.string() + "/")) {
      execution.bundle = fs::path(execution.bundle).lexically_relative(root);
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

std::string write_reports(const RunResult& result, const RunCommandOptions& options) {
  std::string problems;
  const auto attempt = [&](const auto& output) {
    try {
      output.write(result);
    } catch (const EnvironmentError& error) {
      problems += (problems.empty() ? "" : "\n") + std::string(error.what());
    }
  };
  attempt(options.json);
  attempt(options.reports);
  return problems;
}

int exit_code(const RunResult& result) {
  if (std::ranges::any_of(result.executions, &Execution::rig_fault)) return kExitEnvironment;
  if (result.failed() > 0 || result.interrupted) return kExitFailed;
  return result.passed() > 0 ? kExitPassed : kExitSkipped;
}

}  // namespace noderig
