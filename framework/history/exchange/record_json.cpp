#include <noderig/framework/history/exchange/record_json.h>
#include <stdexcept>

namespace noderig {
namespace {

using Json = nlohmann::json;

template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json();
}

TimePoint time_at(const Json& json, const char* name) {
  const auto text = json.at(name).get<std::string>();
  const auto time = parse_time(text);
  if (!time) throw std::invalid_argument("\"" + text + "\" is no time");
  return *time;
}

Verdict verdict_at(const Json& json) {
  const auto name = json.at("verdict").get<std::string>();
  const auto verdict = verdict_of_name(name);
  if (!verdict) throw std::invalid_argument("\"" + name + "\" is no verdict");
  return *verdict;
}

Json json_of(const RecordedSubtest& subtest) {
  return {{"test", subtest.test},
          {"verdict", to_string(subtest.verdict)},
          {"seconds", subtest.seconds},
          {"reason", subtest.reason}};
}

RecordedSubtest subtest_of(const Json& json) {
  return {.test = json.at("test"),
          .verdict = verdict_at(json),
          .seconds = json.at("seconds"),
          .reason = json.at("reason")};
}

Json json_of(const RecordedExecution& one) {
  Json subtests = Json::array();
  for (const RecordedSubtest& subtest : one.subtests) subtests.push_back(json_of(subtest));
  Json defects = Json::array();
  for (const Defect& defect : one.defects) {
    defects.push_back({{"id", defect.id}, {"weight", defect.weight}});
  }
  return {{"position", one.position},
          {"test", one.test},
          {"daemon", one.daemon},
          {"time", to_rfc3339(one.time)},
          {"partial", one.partial},
          {"verdict", to_string(one.verdict)},
          {"seconds", one.seconds},
          {"rig_cpu", one.rig_cpu},
          {"daemon_cpu", one.daemon_cpu},
          {"busiest_daemon_cpu", one.busiest_daemon_cpu},
          {"peak_rss_bytes", one.peak_rss_bytes},
          {"assertions", one.assertions},
          {"failure", to_string(one.failure)},
          {"reason", one.reason},
          {"flaky", one.flaky},
          {"bundle", one.bundle},
          {"subtests", std::move(subtests)},
          {"defects", std::move(defects)}};
}

RecordedExecution recorded_execution(const Json& json) {
  RecordedExecution one{.position = json.at("position"),
                        .test = json.at("test"),
                        .daemon = json.at("daemon"),
                        .time = time_at(json, "time"),
                        .partial = json.at("partial"),
                        .verdict = verdict_at(json),
                        .seconds = json.at("seconds"),
                        .rig_cpu = json.at("rig_cpu"),
                        .daemon_cpu = json.at("daemon_cpu"),
                        .busiest_daemon_cpu = json.at("busiest_daemon_cpu"),
                        .peak_rss_bytes = json.at("peak_rss_bytes"),
                        .assertions = json.at("assertions"),
                        .reason = json.at("reason"),
                        .flaky = json.at("flaky"),
                        .bundle = json.at("bundle")};
  const auto failure = json.at("failure").get<std::string>();
  const auto known = failure_class_named(failure);
  if (!known) throw std::invalid_argument("\"" + failure + "\" is no class of failure");
  one.failure = *known;
  for (const Json& subtest : json.at("subtests")) one.subtests.push_back(subtest_of(subtest));
  for (const Json& defect : json.at("defects")) {
    one.defects.push_back({defect.at("id"), defect.at("weight")});
  }
  return one;
}

}  // namespace

Json export_header() {
  return {{"schema", 1}, {"kind", "noderig history"}};
}

bool is_export_header(const Json& json) {
  return json.is_object() && json.contains("kind") && json["kind"] == "noderig history";
}

void get_machine(const Json& json, Machine& machine) {
  json.at("host").get_to(machine.host);
  json.at("system").get_to(machine.system);
  json.at("cores").get_to(machine.cores);
  json.at("memory_bytes").get_to(machine.memory_bytes);
}

void to_json(Json& json, const RecordedRun& run) {
  Json daemons = Json::array();
  for (const DaemonUsed& daemon : run.daemons) {
    daemons.push_back({{"name", daemon.name},
                       {"flavour", daemon.flavour},
                       {"version", daemon.version},
                       {"path", daemon.path}});
  }
  Json executions = Json::array();
  for (const RecordedExecution& one : run.executions) executions.push_back(json_of(one));
  json = {{"run", run.name},
          {"origin", run.origin},
          {"time", to_rfc3339(run.time)},
          {"machine",
           {{"host", run.machine.host},
            {"system", run.machine.system},
            {"cores", run.machine.cores},
            {"memory_bytes", run.machine.memory_bytes}}},
          {"command", run.command},
          {"seed", or_null(run.seed)},
          {"revision", run.revision},
          {"modified", or_null(run.modified)},
          {"wall", or_null(run.wall)},
          {"daemons", std::move(daemons)},
          {"executions", std::move(executions)}};
}

void from_json(const Json& json, RecordedRun& run) {
  json.at("run").get_to(run.name);
  json.at("origin").get_to(run.origin);
  run.time = time_at(json, "time");
  get_machine(json.at("machine"), run.machine);
  json.at("command").get_to(run.command);
  get_optional(json, "seed", run.seed);
  json.at("revision").get_to(run.revision);
  get_optional(json, "modified", run.modified);
  get_optional(json, "wall", run.wall);
  for (const Json& daemon : json.at("daemons")) {
    run.daemons.push_back({.name = daemon.at("name"),
                           .flavour = daemon.at("flavour"),
                           .version = daemon.at("version"),
                           .path = daemon.at("path"),
                           .arguments = {}});
  }
  for (const Json& one : json.at("executions")) run.executions.push_back(recorded_execution(one));
}

}  // namespace noderig
