#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/first_line.h>
#include <noderig/framework/runner/matrix.h>
#include <algorithm>
#include <map>

namespace noderig {
namespace {

using Executions = std::vector<const Execution*>;

// The executions of one scenario on one daemon.
Executions cell_of(const RunResult& run, const std::string& scenario, const std::string& daemon) {
  Executions found;
  for (const Execution& one : run.executions) {
    if (one.scenario == scenario && one.daemon == daemon) found.push_back(&one);
  }
  return found;
}

// The verdict that stands for all: a single failure counts, a skip only when nothing else happened.
Verdict verdict_of(const Executions& executions) {
  for (const Verdict verdict : {Verdict::Failed, Verdict::Interrupted, Verdict::Passed}) {
    const auto has = [&](const Execution* one) { return one->verdict == verdict; };
    if (std::ranges::any_of(executions, has)) return verdict;
  }
  return Verdict::Skipped;
}

std::string text_of(const Executions& executions) {
  if (executions.empty()) return "-";  // the run ended before
  const auto passed = [](const auto& all, const auto& verdict) {
    return std::ranges::count(all, Verdict::Passed, verdict);
  };
  const Verdict verdict = verdict_of(executions);
  std::string text(to_string(verdict));
  if (verdict == Verdict::Skipped) return text;
  const auto& subtests = executions.front()->subtests;
  if (executions.size() > 1) {
    const auto count = passed(executions, [](const Execution* one) { return one->verdict; });
    text += fmt::format(" {}/{}", count, executions.size());
  } else if (!subtests.empty()) {
    const auto count = passed(subtests, &SubtestResult::verdict);
    if (static_cast<std::size_t>(count) < subtests.size()) {
      text += fmt::format(" {}/{}", count, subtests.size());
    }
  }
  double seconds = 0;
  for (const Execution* one : executions) seconds += one->wall;
  return fmt::format("{} {:.1f} s", text, seconds / static_cast<double>(executions.size()));
}

// What there is to explain in a cell, a line each, every reason once with the sub-tests it has.
std::vector<std::string> reasons_of(const Executions& executions) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<std::string>> subtests;  // by verdict and reason
  const auto note = [&](Verdict verdict, const std::string& reason, const std::string& subtest) {
    const std::string text = fmt::format("{}: {}", to_string(verdict), first_line(reason));
    auto& names = subtests[text];
    if (std::ranges::find(order, text) == order.end()) order.push_back(text);
    if (!subtest.empty() && std::ranges::find(names, subtest) == names.end()) {
      names.push_back(subtest);
    }
  };
  for (const Execution* one : executions) {
    bool told = false;
    for (const SubtestResult& subtest : one->subtests) {
      if (subtest.verdict == Verdict::Passed) continue;
      note(subtest.verdict, subtest.reason, subtest.name);
      told = told || subtest.verdict == one->verdict;
    }
    if (one->verdict != Verdict::Passed && !told) note(one->verdict, one->reason, "");
  }
  std::vector<std::string> lines;
  for (const std::string& text : order) {
    const auto& names = subtests[text];
    lines.push_back(names.empty() ? text : fmt::format("{} {}", fmt::join(names, ", "), text));
  }
  return lines;
}

std::string row(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    line += fmt::format("{:<{}}", cells[i], i + 1 < cells.size() ? widths[i] + 2 : 0);
  }
  return line + "\n";
}

}  // namespace

std::vector<std::string> names_in_run(const std::vector<DaemonProfile>& daemons) {
  const auto only = [&](const DaemonProfile& daemon, const auto& name) {
    return std::ranges::count(daemons, name(daemon), name) == 1;
  };
  const auto flavour = [](const DaemonProfile& daemon) { return daemon.flavour; };
  const auto version = [](const DaemonProfile& daemon) { return daemon.to_string(); };
  std::vector<std::string> names;
  for (const DaemonProfile& daemon : daemons) {
    names.push_back(only(daemon, flavour)   ? flavour(daemon)
                    : only(daemon, version) ? version(daemon)
                                            : daemon.executable.string());
  }
  return names;
}

std::string matrix_table(const RunResult& run) {
  std::vector<std::string> scenarios;
  for (const Execution& one : run.executions) {
    if (std::ranges::find(scenarios, one.scenario) == scenarios.end()) {
      scenarios.push_back(one.scenario);
    }
  }
  std::vector<std::vector<std::string>> rows = {{"scenario"}};
  for (const DaemonUsed& daemon : run.daemons) rows.front().push_back(daemon.name);
  std::string explained;
  for (const std::string& scenario : scenarios) {
    rows.push_back({scenario});
    for (const DaemonUsed& daemon : run.daemons) {
      const Executions executions = cell_of(run, scenario, daemon.name);
      rows.back().push_back(text_of(executions));
      for (const std::string& reason : reasons_of(executions)) {
        explained += fmt::format("{} on {}: {}\n", scenario, daemon.name, reason);
      }
    }
  }
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& cells : rows) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
  }
  std::string table;
  for (const auto& cells : rows) table += row(cells, widths);
  return explained.empty() ? table : table + "\n" + explained;
}

}  // namespace noderig
