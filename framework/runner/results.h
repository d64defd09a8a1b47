// What came of a run: value types that travel from worker to runner and into every report, and
// their JSON, the contract of `noderig run --json`. Any thread.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace noderig {

enum class Verdict { Passed, Failed, Skipped, Interrupted };

std::string_view to_string(Verdict verdict);

struct SubtestResult {
  std::string name;
  Verdict verdict = Verdict::Passed;
  std::string reason{};  // empty when there is nothing to say
  double seconds = 0;
};

// What one daemon was started with and used.
struct NodeUsage {
  std::string name;
  std::vector<std::string> arguments;  // of its latest start, without the program
  double cpu_seconds = 0;              // of all its runs
  std::int64_t peak_rss_bytes = 0;
};

// One execution of one scenario on one daemon.
struct Execution {
  std::string scenario;
  std::string daemon;  // its name in the run: DaemonUsed::name
  Verdict verdict = Verdict::Failed;
  std::string reason{};
  std::int64_t assertions = 0;
  double wall = 0;     // seconds, from the worker's start to the end of its last process
  double rig_cpu = 0;  // seconds: worker and supervisor, and this execution's share of the runner
  std::int64_t peak_rss_bytes = 0;  // of the rig: worker and supervisor
  std::string bundle{};             // the directory a failure left; empty when none
  bool flaky = false;
  bool rig_fault = false;  // it failed because the rig could not work: no disk, for one
  std::vector<SubtestResult> subtests{};
  std::vector<NodeUsage> nodes{};

  double daemon_cpu() const;
  double busiest_daemon_cpu() const;
};

struct DaemonUsed {
  std::string name;  // in this run: the flavour, with more where that is not enough
  std::string flavour;
  std::string version;
  std::string path;
  std::vector<std::string> arguments;  // of every node, the scenario's own apart
};

struct RunResult {
  std::string run;  // its name, sortable by time
  std::uint64_t seed = 0;
  std::string revision{};  // of the git work tree one stands in; empty outside of one
  std::vector<DaemonUsed> daemons{};
  double wall = 0;
  int jobs = 1;
  std::vector<Execution> executions{};

  int count(Verdict verdict) const;
  // The least time the executions can take with that many jobs: the longest of them, or their sum
  // spread evenly.
  double bound() const;
};

void to_json(nlohmann::json& json, const SubtestResult& result);
void from_json(const nlohmann::json& json, SubtestResult& result);
void to_json(nlohmann::json& json, const NodeUsage& usage);
void from_json(const nlohmann::json& json, NodeUsage& usage);
void to_json(nlohmann::json& json, const Execution& execution);
void to_json(nlohmann::json& json, const RunResult& run);

}  // namespace noderig
