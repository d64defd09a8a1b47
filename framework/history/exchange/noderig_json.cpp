// noderig's own results: what `history export` and `run --json` write.
#include <fmt/format.h>
#include <noderig/framework/history/exchange/formats.h>
#include <noderig/framework/history/exchange/record_json.h>
#include <sstream>
#include <stdexcept>

namespace noderig {

using Json = nlohmann::json;

std::vector<RecordedRun> read_history_export(const ResultFile& file) {
  std::vector<RecordedRun> found;
  std::istringstream lines(file.text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.empty()) continue;
    try {
      const Json json = Json::parse(line);
      if (is_export_header(json)) {
        if (json.value("schema", 0) == 1) continue;
        fail_import(file, number, "it was written by a newer noderig");
      }
      found.push_back(json.get<RecordedRun>());
    } catch (const Json::parse_error&) {
      fail_import(file, number, "the line is no JSON object");
    } catch (const Json::exception& error) {
      fail_import(file, number, fmt::format("it is no run: {}", error.what()));
    } catch (const std::invalid_argument& error) {
      fail_import(file, number, error.what());
    }
  }
  return found;
}

namespace {

// What was added to the format later is not in every file.
template <class Value>
void get_added(const Json& json, const char* name, Value& value) {
  if (const auto field = json.find(name); field != json.end()) field->get_to(value);
}
template <class Value>
void get_added(const Json& json, const char* name, std::optional<Value>& value) {
  if (json.contains(name)) get_optional(json, name, value);
}

RecordedExecution noderig_execution(const Json& json) {
  Execution execution{.scenario = json.at("name"), .daemon = json.at("daemon")};
  get_added(json, "partial", execution.partial);
  get_added(json, "rig_fault", execution.rig_fault);
  const auto verdict = verdict_of_name(json.at("verdict").get<std::string>());
  if (!verdict) throw std::invalid_argument("there is no such verdict");
  execution.verdict = *verdict;
  if (!json.at("reason").is_null()) execution.reason = json["reason"];
  execution.assertions = json.at("assertions");
  execution.wall = json.at("wall");
  execution.rig_cpu = json.at("rig_cpu");
  execution.peak_rss_bytes = json.at("peak_rss_bytes");
  if (!json.at("bundle").is_null()) execution.bundle = json["bundle"];
  execution.flaky = json.at("flaky");
  json.at("subtests").get_to(execution.subtests);
  RecordedExecution record = recorded(execution, 0, {});
  record.daemon_cpu = json.at("daemon_cpu");
  record.busiest_daemon_cpu = json.at("busiest_daemon_cpu");
  return record;
}

// When the run began: its field, or the beginning of its name.
std::optional<TimePoint> begin_of(const Json& run, const std::string& name) {
  if (const auto time = run.find("time"); time != run.end()) {
    return parse_time(time->get<std::string>());
  }
  if (name.size() < 15) return {};
  return parse_time(fmt::format("{}-{}-{}T{}:{}:{}Z", name.substr(0, 4), name.substr(4, 2),
                                name.substr(6, 2), name.substr(9, 2), name.substr(11, 2),
                                name.substr(13, 2)));
}

}  // namespace

std::vector<RecordedRun> read_run_json(const ResultFile& file) {
  const LinedJson json = parse_json(file, "scenarios", 1);
  RecordedRun run{.name = {}, .origin = "noderig", .revision = file.revision};
  try {
    json.root.at("run").get_to(run.name);
    run.time = begin_of(json.root, run.name).value_or(file.written);
    run.seed = json.root.at("seed").get<std::uint64_t>();
    run.wall = json.root.at("wall").get<double>();
    if (!json.root.at("revision").is_null()) json.root["revision"].get_to(run.revision);
    get_added(json.root, "modified", run.modified);
    get_added(json.root, "shard", run.shard);
    if (json.root.contains("machine")) get_machine(json.root["machine"], run.machine);
    for (const Json& daemon : json.root.at("daemons")) {
      const std::string flavour = daemon.at("flavour");
      run.daemons.push_back({.name = daemon.value("name", flavour),
                             .flavour = flavour,
                             .version = daemon.at("version"),
                             .path = daemon.at("path"),
                             .arguments = {}});
    }
  } catch (const Json::exception& error) {
    fail_import(file, 1, fmt::format("it is no run: {}", error.what()));
  }
  for (const Json& one : json.root.at("scenarios")) {
    const std::size_t position = run.executions.size();
    try {
      run.executions.push_back(noderig_execution(one));
    } catch (const std::exception& error) {
      fail_import(file, json.element_lines.at(position),
                  fmt::format("scenarios[{}] is no execution: {}", position, error.what()));
    }
    run.executions.back().position = position;
    run.executions.back().time = run.time;
  }
  return {run};
}

}  // namespace noderig
