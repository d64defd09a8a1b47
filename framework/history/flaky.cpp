#include <noderig/framework/history/past.h>
#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace noderig {
namespace {

// A daemon, wherever it lies on a machine.
using DaemonKey = std::pair<std::string_view, std::string_view>;

DaemonKey key_of(const PastDaemon* daemon) {
  return daemon == nullptr ? DaemonKey() : DaemonKey(daemon->flavour, daemon->version);
}

// A build from changed sources has the revision of another one.
bool is_known(const std::string& revision, const std::optional<bool>& modified) {
  return !revision.empty() && !modified.value_or(true);
}

// Nodes say "dirty" in the versions of such builds of their own.
bool is_dirty(const std::string& version) {
  return version.find("dirty") != std::string::npos;
}

// Whether the sources and daemon of an execution can be told.
bool has_known_build(const PastExecution& one) {
  return is_known(one.run->revision, one.run->modified) &&
         (one.daemon == nullptr || !is_dirty(one.daemon->version));
}

}  // namespace

void mark_flaky(PastTest& test) {
  const auto failed = [](const PastExecution& one) {
    return one.verdict == Verdict::Failed && one.failure != FailureClass::RigFault && !one.partial;
  };
  // Only what stands beside failures is looked up: most tests have none.
  std::unordered_set<const PastRun*> failing_runs;
  std::unordered_set<std::string_view> failing_revisions;
  for (const PastExecution& one : test.executions) {
    if (!failed(one)) continue;
    failing_runs.insert(one.run);
    if (has_known_build(one)) failing_revisions.insert(one.run->revision);
  }
  if (failing_runs.empty()) return;

  std::set<std::pair<const PastRun*, DaemonKey>> passed_in_run;
  std::map<std::pair<std::string_view, DaemonKey>, const PastExecution*> last_pass_of_build;
  for (const PastExecution& one : test.executions) {
    if (one.verdict != Verdict::Passed || one.partial) continue;
    const DaemonKey daemon = key_of(one.daemon);
    if (failing_runs.contains(one.run)) passed_in_run.emplace(one.run, daemon);
    if (failing_revisions.contains(one.run->revision) && has_known_build(one)) {
      last_pass_of_build[{one.run->revision, daemon}] = &one;
    }
  }
  for (PastExecution& one : test.executions) {
    if (!failed(one)) continue;
    const DaemonKey daemon = key_of(one.daemon);
    const auto pass = has_known_build(one) ? last_pass_of_build.find({one.run->revision, daemon})
                                           : last_pass_of_build.end();
    // The executions lie in their order of time.
    const bool passed_later = pass != last_pass_of_build.end() && pass->second > &one;
    if (passed_later || passed_in_run.contains({one.run, daemon})) one.flaky = true;
  }
}

void mark_flaky(std::vector<Execution>& executions) {
  std::set<std::pair<std::string, std::string>> passed;
  for (const Execution& one : executions) {
    if (one.verdict == Verdict::Passed) passed.emplace(one.scenario, one.daemon);
  }
  for (Execution& one : executions) {
    if (one.verdict == Verdict::Failed && !one.rig_fault &&
        passed.contains({one.scenario, one.daemon})) {
      one.flaky = true;
    }
  }
}

void mark_failed_before(RunResult& run, const std::vector<PastFailure>& failures) {
  if (!is_known(run.revision, run.modified)) return;
  for (Execution& one : run.executions) {
    if (one.verdict != Verdict::Passed || one.partial) continue;
    const auto daemon = std::ranges::find(run.daemons, one.daemon, &DaemonUsed::name);
    if (daemon == run.daemons.end() || is_dirty(daemon->version)) continue;
    for (const PastFailure& failure : failures) {
      if (failure.run == run.run || failure.scenario != one.scenario ||
          failure.daemon.flavour != daemon->flavour || failure.daemon.version != daemon->version) {
        continue;
      }
      one.flaky = true;
      one.failed_in = failure.run;
    }
  }
}

}  // namespace noderig
