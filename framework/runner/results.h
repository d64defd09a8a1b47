// What came of a run: value types that travel from worker to runner and into every report, and
// their JSON, the contract of `noderig run --json`. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
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

// A step of the scenario's course, the sub-tests' among them.
struct StepTime {
  std::string text;
  double offset = 0;   // seconds, from the worker's start
  double seconds = 0;  // to the next step, or to the end
};

// What a scenario asked of its daemons by one RPC method, or "GET /rest/block" and the like.
struct RpcUse {
  std::string method;
  std::int64_t calls = 0;
  std::int64_t errors = 0;     // of them, answered with an error or not at all
  double seconds = 0;          // of all calls; several may run at one time
  std::int64_t rig_calls = 0;  // of them, made by the rig to do its own work
};

// What the rig's peers exchanged with the daemons in one type of message. What daemons say to each
// other is not in it.
struct MessageUse {
  std::string command;
  std::int64_t sent = 0;
  std::int64_t sent_bytes = 0;  // of payload
  std::int64_t received = 0;
  std::int64_t received_bytes = 0;
};

// One execution of one scenario on one daemon.
struct Execution {
  std::string scenario;
  std::string daemon;    // its name in the run: DaemonUsed::name
  bool partial = false;  // only some of its sub-tests were asked for
  std::uint64_t seed = 0;
  Verdict verdict = Verdict::Failed;
  std::string reason{};
  std::int64_t assertions = 0;
  double started = 0;  // seconds, from the run's beginning to the worker's start
  double wall = 0;     // seconds, from the worker's start to the end of its last process
  double rig_cpu = 0;  // seconds: worker and supervisor, and this execution's share of the runner
  std::int64_t peak_rss_bytes = 0;  // of the rig: worker and supervisor
  std::string bundle{};             // the directory a failure left; empty when none
  std::string repeat{};             // the command that repeats it; empty when it passed
  bool flaky = false;        // the same build failed and passed: in this run, or see failed_in
  std::string failed_in{};   // it passed; the run before in which the same build failed
  std::string quarantine{};  // why its failure does not count, and until when; empty: it does
  bool rig_fault = false;    // it failed because the rig could not work: no disk, for one
  std::vector<std::string> reasons{};        // why it was in the plan, and at that place
  std::optional<int> risk{};                 // that its passing takes away, where a plan says so
  std::optional<double> expected_seconds{};  // from earlier runs
  std::optional<double> least_seconds{};     // the quickest of those on this flavour of daemon
  double timeout = 0;                        // seconds it was given; 0 when it did not start
  std::string timeout_basis{};               // where they come from
  std::vector<SubtestResult> subtests{};
  std::vector<NodeUsage> nodes{};
  std::vector<StepTime> steps{};
  std::vector<RpcUse> rpc{};  // by method; this and the next empty when the worker was killed
  std::vector<MessageUse> messages{};  // by command
  nlohmann::json tampering{};          // a prove::Report under `noderig prove`, else null

  double daemon_cpu() const;
  double busiest_daemon_cpu() const;
};

struct DaemonUsed {
  std::string name;  // in this run: the flavour, with more where that is not enough
  std::string flavour;
  std::string version;
  std::string path;
  std::vector<std::string> arguments;  // of every node, the scenario's own apart
  std::set<std::string> rpcs{};        // the methods it offers
};

struct Machine {
  std::string host;
  std::string system;  // "Linux 6.1.0 x86_64"
  int cores = 0;       // that the run may use
  std::int64_t memory_bytes = 0;
};

// "2026-02-03T12:34:56Z", in UTC and whole seconds.
std::string rfc3339(std::chrono::system_clock::time_point time);

// What was to run and did not.
struct NotRun {
  std::string scenario;
  std::string daemon;  // its name in the run
  std::string reason{};
  std::int64_t times = 1;
  std::vector<std::string> reasons{};  // why it was in the plan
  std::optional<int> risk{};           // that stays with it
};

// The part of a run that one machine has, see shard.h. Tests as "SCENARIO on DAEMON".
struct ShardOfRun {
  int index = 1;                      // from 1
  int count = 1;                      // of shards
  std::string division{};             // its name: shards that share it fit together
  std::vector<std::string> own{};     // what this one is to run
  std::vector<std::string> others{};  // what it leaves to the others
};

struct RunResult {
  std::string run;  // its name, sortable by time
  std::chrono::system_clock::time_point begin{};
  std::uint64_t seed = 0;
  std::string revision{};          // of the git work tree one stands in; empty outside of one
  std::optional<bool> modified{};  // whether tracked files there differ from it
  std::vector<DaemonUsed> daemons{};
  Machine machine{};
  double wall = 0;
  int jobs = 1;
  std::optional<ShardOfRun> shard{};
  std::size_t planned = 0;              // executions; more than there are when the run ended early
  std::vector<Execution> executions{};  // as they started
  std::vector<NotRun> not_run{};
  bool interrupted = false;  // by the user

  // How many executions count as passed, failed (the interrupted too) and skipped. A failure in
  // quarantine counts as skipped.
  int passed() const;
  int failed() const;
  int skipped() const;
  // The least time in which the run can be done: the CPU time of all daemons spread over the cores,
  // or the longest execution, which takes as long as its quickest known run: beside others it takes
  // longer, and the more of them, the nearer the run itself would come to its bound.
  double bound() const;
  double bound_cpu() const;
  double bound_longest() const;
};

void to_json(nlohmann::json& json, const SubtestResult& result);
void from_json(const nlohmann::json& json, SubtestResult& result);
void to_json(nlohmann::json& json, const NodeUsage& usage);
void from_json(const nlohmann::json& json, NodeUsage& usage);
void to_json(nlohmann::json& json, const StepTime& step);
void to_json(nlohmann::json& json, const RpcUse& use);
void from_json(const nlohmann::json& json, RpcUse& use);
void to_json(nlohmann::json& json, const MessageUse& use);
void from_json(const nlohmann::json& json, MessageUse& use);
void to_json(nlohmann::json& json, const Execution& execution);
void to_json(nlohmann::json& json, const ShardOfRun& shard);
void from_json(const nlohmann::json& json, ShardOfRun& shard);
void to_json(nlohmann::json& json, const RunResult& run);

}  // namespace noderig
