#include <fmt/chrono.h>
#include <noderig/framework/runner/results.h>
#include <algorithm>
#include <stdexcept>

namespace noderig {
namespace {

using Json = nlohmann::json;

constexpr std::pair<Verdict, std::string_view> kVerdicts[] = {
    {Verdict::Passed, "passed"},
    {Verdict::Failed, "failed"},
    {Verdict::Skipped, "skipped"},
    {Verdict::Interrupted, "interrupted"},
};

// Undefined is null.
Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

std::string text_of(const Json& json) {
  return json.is_null() ? "" : json.get<std::string>();
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  for (const auto& [value, name] : kVerdicts) {
    if (value == verdict) return name;
  }
  return "";
}

std::string rfc3339(std::chrono::system_clock::time_point time) {
  const auto seconds = std::chrono::system_clock::to_time_t(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(seconds));
}

static Verdict verdict_named(std::string_view text) {
  for (const auto& [value, name] : kVerdicts) {
    if (name == text) return value;
  }
  throw std::invalid_argument("no verdict is named " + std::string(text));
}

double Execution::daemon_cpu() const {
  double sum = 0;
  for (const NodeUsage& node : nodes) sum += node.cpu_seconds;
  return sum;
}

double Execution::busiest_daemon_cpu() const {
  double most = 0;
  for (const NodeUsage& node : nodes) most = std::max(most, node.cpu_seconds);
  return most;
}

int RunResult::passed() const {
  return static_cast<int>(std::ranges::count(executions, Verdict::Passed, &Execution::verdict));
}

int RunResult::failed() const {
  return static_cast<int>(executions.size()) - passed() - skipped();
}

int RunResult::skipped() const {
  return static_cast<int>(std::ranges::count_if(executions, [](const Execution& one) {
    return one.verdict == Verdict::Skipped ||
           (one.verdict == Verdict::Failed && !one.quarantine.empty());
  }));
}

double RunResult::bound_cpu() const {
  double daemons_cpu = 0;
  for (const Execution& execution : executions) daemons_cpu += execution.daemon_cpu();
  return daemons_cpu / std::max(machine.cores, 1);
}

double RunResult::bound_longest() const {
  double longest = 0;
  for (const Execution& execution : executions) {
    const double least = execution.least_seconds.value_or(execution.wall);
    longest = std::max(longest, std::min(execution.wall, least));
  }
  return longest;
}

double RunResult::bound() const {
  return std::max(bound_cpu(), bound_longest());
}

void to_json(Json& json, const SubtestResult& result) {
  json = {{"name", result.name},
          {"verdict", to_string(result.verdict)},
          {"reason", text_or_null(result.reason)},
          {"seconds", result.seconds}};
}

void from_json(const Json& json, SubtestResult& result) {
  json.at("name").get_to(result.name);
  result.verdict = verdict_named(json.at("verdict").get<std::string>());
  result.reason = text_of(json.at("reason"));
  json.at("seconds").get_to(result.seconds);
}

void to_json(Json& json, const NodeUsage& usage) {
  json = {{"name", usage.name},
          {"args", usage.arguments},
          {"cpu", usage.cpu_seconds},
          {"peak_rss_bytes", usage.peak_rss_bytes}};
}

void from_json(const Json& json, NodeUsage& usage) {
  json.at("name").get_to(usage.name);
  json.at("args").get_to(usage.arguments);
  json.at("cpu").get_to(usage.cpu_seconds);
  json.at("peak_rss_bytes").get_to(usage.peak_rss_bytes);
}

void to_json(Json& json, const StepTime& step) {
  json = {{"text", step.text}, {"offset", step.offset}, {"seconds", step.seconds}};
}

void to_json(Json& json, const RpcUse& use) {
  json = {{"method", use.method},
          {"calls", use.calls},
          {"errors", use.errors},
          {"seconds", use.seconds},
          {"rig_calls", use.rig_calls}};
}

void from_json(const Json& json, RpcUse& use) {
  json.at("method").get_to(use.method);
  json.at("calls").get_to(use.calls);
  json.at("errors").get_to(use.errors);
  json.at("seconds").get_to(use.seconds);
  json.at("rig_calls").get_to(use.rig_calls);
}

void to_json(Json& json, const MessageUse& use) {
  json = {{"command", use.command},
          {"sent", use.sent},
          {"sent_bytes", use.sent_bytes},
          {"received", use.received},
          {"received_bytes", use.received_bytes}};
}

void from_json(const Json& json, MessageUse& use) {
  json.at("command").get_to(use.command);
  json.at("sent").get_to(use.sent);
  json.at("sent_bytes").get_to(use.sent_bytes);
  json.at("received").get_to(use.received);
  json.at("received_bytes").get_to(use.received_bytes);
}

void to_json(Json& json, const Execution& execution) {
  json = {
      {"name", execution.scenario},
      {"daemon", execution.daemon},
      {"partial", execution.partial},
      {"seed", execution.seed},
      {"verdict", to_string(execution.verdict)},
      {"reason", text_or_null(execution.reason)},
      {"assertions", execution.assertions},
      {"started", execution.started},
      {"wall", execution.wall},
      {"rig_cpu", execution.rig_cpu},
      {"daemon_cpu", execution.daemon_cpu()},
      {"busiest_daemon_cpu", execution.busiest_daemon_cpu()},
      {"peak_rss_bytes", execution.peak_rss_bytes},
      {"bundle", text_or_null(execution.bundle)},
      {"repeat", text_or_null(execution.repeat)},
      {"flaky", execution.flaky},
      {"failed_in", text_or_null(execution.failed_in)},
      {"rig_fault", execution.rig_fault},
      {"reasons", execution.reasons},
      {"risk", execution.risk ? Json(*execution.risk) : Json()},
      {"expected_seconds", execution.expected_seconds ? Json(*execution.expected_seconds) : Json()},
      {"least_seconds", execution.least_seconds ? Json(*execution.least_seconds) : Json()},
      {"timeout", execution.timeout > 0 ? Json(execution.timeout) : Json()},
      {"timeout_basis", text_or_null(execution.timeout_basis)},
      {"subtests", execution.subtests},
      {"nodes", execution.nodes},
      {"steps", execution.steps},
      {"rpc", execution.rpc},
      {"messages", execution.messages}};
}

void to_json(Json& json, const ShardOfRun& shard) {
  json = {{"index", shard.index},
          {"count", shard.count},
          {"division", shard.division},
          {"own", shard.own},
          {"others", shard.others}};
}

void from_json(const Json& json, ShardOfRun& shard) {
  json.at("index").get_to(shard.index);
  json.at("count").get_to(shard.count);
  json.at("division").get_to(shard.division);
  json.at("own").get_to(shard.own);
  json.at("others").get_to(shard.others);
}

void to_json(Json& json, const RunResult& run) {
  Json daemons = Json::array();
  for (const DaemonUsed& daemon : run.daemons) {
    daemons.push_back({{"name", daemon.name},
                       {"flavour", daemon.flavour},
                       {"version", daemon.version},
                       {"path", daemon.path},
                       {"args", daemon.arguments}});
  }
  Json not_run = Json::array();
  for (const NotRun& one : run.not_run) {
    not_run.push_back({{"name", one.scenario},
                       {"daemon", one.daemon},
                       {"reason", one.reason},
                       {"times", one.times},
                       {"reasons", one.reasons},
                       {"risk", one.risk ? Json(*one.risk) : Json()}});
  }
  const double bound = run.bound();
  json = {{"schema", 1},
          {"run", run.run},
          {"time", rfc3339(run.begin)},
          {"seed", run.seed},
          {"revision", text_or_null(run.revision)},
          {"modified", run.modified ? Json(*run.modified) : Json()},
          {"daemons", daemons},
          {"machine",
           {{"host", run.machine.host},
            {"system", run.machine.system},
            {"cores", run.machine.cores},
            {"memory_bytes", run.machine.memory_bytes}}},
          {"jobs", run.jobs},
          {"shard", run.shard ? Json(*run.shard) : Json()},
          {"wall", run.wall},
          {"bound", bound},
          {"bound_cpu", run.bound_cpu()},
          {"bound_longest", run.bound_longest()},
          {"ratio", bound > 0 ? Json(run.wall / bound) : Json()},
          {"planned", run.planned},
          {"passed", run.passed()},
          {"failed", run.failed()},
          {"skipped", run.skipped()},
          {"interrupted", run.interrupted},
          {"not_run", not_run},
          {"scenarios", run.executions}};
}

}  // namespace noderig
