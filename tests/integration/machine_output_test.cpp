// What programs read: --json and --json-file, held to their contract.
#include "rig_test.h"

#include <map>

namespace noderig {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;

class MachineOutput : public RigTest {};

// The type of a value as the contract names it.
std::string type_of(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_string()) return "str";
  if (value.is_boolean()) return "bool";
  if (value.is_number_integer()) return "int";
  if (value.is_number()) return "num";
  return value.is_array() ? "list" : "object";
}

// The fields are there and of their types; "a|b" allows either, an int is also a num.
void expect_fields(const Json& object, const std::map<std::string, std::string>& fields) {
  for (const auto& [name, types] : fields) {
    SCOPED_TRACE(name + ": " + types);
    ASSERT_TRUE(object.contains(name)) << object.dump(1);
    const std::string type = type_of(object[name]);
    const std::string allowed = "|" + types + "|";
    const bool fits = allowed.find("|" + type + "|") != std::string::npos ||
                      (type == "int" && allowed.find("|num|") != std::string::npos);
    EXPECT_TRUE(fits) << object[name].dump();
  }
}

void expect_run_contract(const Json& run) {
  expect_fields(run, {{"schema", "int"},        {"run", "str"},           {"time", "str"},
                      {"seed", "int"},          {"revision", "str|null"}, {"modified", "bool|null"},
                      {"daemons", "list"},      {"machine", "object"},    {"jobs", "int"},
                      {"shard", "object|null"}, {"planned", "int"},       {"wall", "num"},
                      {"bound", "num"},         {"bound_cpu", "num"},     {"bound_longest", "num"},
                      {"ratio", "num|null"},    {"passed", "int"},        {"failed", "int"},
                      {"skipped", "int"},       {"scenarios", "list"}});
  EXPECT_EQ(run["schema"], 1);
  for (const Json& daemon : run["daemons"]) {
    expect_fields(daemon,
                  {{"flavour", "str"}, {"version", "str"}, {"path", "str"}, {"args", "list"}});
    EXPECT_THAT(daemon["args"].dump(), HasSubstr("-regtest"));
  }
  for (const Json& one : run["scenarios"]) {
    expect_fields(one, {{"name", "str"},
                        {"daemon", "str"},
                        {"partial", "bool"},
                        {"verdict", "str"},
                        {"reason", "str|null"},
                        {"assertions", "int"},
                        {"started", "num"},
                        {"wall", "num"},
                        {"rig_cpu", "num"},
                        {"daemon_cpu", "num"},
                        {"busiest_daemon_cpu", "num"},
                        {"peak_rss_bytes", "int"},
                        {"bundle", "str|null"},
                        {"repeat", "str|null"},
                        {"flaky", "bool"},
                        {"failed_in", "str|null"},
                        {"rig_fault", "bool"},
                        {"subtests", "list"},
                        {"steps", "list"},
                        {"rpc", "list"},
                        {"messages", "list"}});
    for (const Json& step : one["steps"]) {
      expect_fields(step, {{"text", "str"}, {"offset", "num"}, {"seconds", "num"}});
    }
    for (const Json& use : one["rpc"]) {
      expect_fields(use, {{"method", "str"},
                          {"calls", "int"},
                          {"errors", "int"},
                          {"seconds", "num"},
                          {"rig_calls", "int"}});
    }
    for (const Json& use : one["messages"]) {
      expect_fields(use, {{"command", "str"},
                          {"sent", "int"},
                          {"sent_bytes", "int"},
                          {"received", "int"},
                          {"received_bytes", "int"}});
    }
    for (const Json& subtest : one["subtests"]) {
      expect_fields(
          subtest,
          {{"name", "str"}, {"verdict", "str"}, {"reason", "str|null"}, {"seconds", "num"}});
    }
  }
}

TEST_F(MachineOutput, RunPrintsOneObjectAndProgressApart) {
  const CommandResult result = run("passes", {"--json", "--seed", "5", "--repeat", "2", "-j", "1"});
  EXPECT_EQ(result.status, kPassed);
  EXPECT_THAT(result.err, HasSubstr("2 passed, 0 failed, 0 skipped"));
  const Json json = Json::parse(result.out);
  expect_run_contract(json);
  EXPECT_EQ(json["seed"], 5);
  EXPECT_EQ(json["passed"], 2);
  ASSERT_EQ(json["scenarios"].size(), 2);
  const Json& one = json["scenarios"][0];
  EXPECT_EQ(one["name"], "passes");
  EXPECT_EQ(one["verdict"], "passed");
  EXPECT_EQ(one["reason"], nullptr);
  EXPECT_EQ(one["bundle"], nullptr);
  EXPECT_EQ(one["assertions"], 1);
  EXPECT_GT(one["daemon_cpu"], 0);
  EXPECT_GT(one["rig_cpu"], 0);
  EXPECT_GT(one["peak_rss_bytes"], 1'000'000);
  EXPECT_LE(one["wall"], json["wall"]);
  EXPECT_EQ(one["repeat"], nullptr);
  EXPECT_GE(json["scenarios"][1]["started"], one["wall"]);  // one at a time
  ASSERT_EQ(one["steps"].size(), 2);                        // its own, and the oracles'
  EXPECT_THAT(one["steps"][0]["text"].get<std::string>(), HasSubstr("drew"));
  EXPECT_LT(one["steps"][0]["offset"], one["wall"]);
}

TEST_F(MachineOutput, RunCountsMessagesOfPeersAndCalls) {
  const Json one = execution("every_message");
  std::map<std::string, Json> messages;
  for (const Json& use : one["messages"]) messages[use["command"]] = use;
  EXPECT_EQ(messages["version"]["sent"], 3);
  EXPECT_EQ(messages["version"]["received"], 3);
  EXPECT_GT(messages["version"]["sent_bytes"], 80);
  std::map<std::string, Json> calls;
  for (const Json& use : one["rpc"]) calls[use["method"]] = use;
  EXPECT_EQ(calls["sendrawtransaction"]["calls"], 1);
  EXPECT_EQ(calls["sendrawtransaction"]["rig_calls"], 0);
  EXPECT_EQ(calls["stop"]["rig_calls"], calls["stop"]["calls"]);
}

TEST_F(MachineOutput, RunTellsOfFailuresAndSubtests) {
  const auto file = directory_ / "result.json";
  const CommandResult result = run("first_subtest_fails", {"--json-file", file.string()});
  EXPECT_EQ(result.status, kFailed);
  EXPECT_EQ(last_line(result.out), "0 passed, 1 failed, 0 skipped");
  const Json json = Json::parse(read_file(file));
  expect_run_contract(json);
  const Json& one = json["scenarios"][0];
  EXPECT_EQ(one["verdict"], "failed");
  ASSERT_EQ(one["subtests"].size(), 2);
  EXPECT_EQ(one["subtests"][0]["verdict"], "failed");
  EXPECT_THAT(one["subtests"][0]["reason"].get<std::string>(), HasSubstr("12345"));
  EXPECT_EQ(one["subtests"][1]["verdict"], "passed");
  EXPECT_EQ(one["subtests"][1]["reason"], nullptr);
}

TEST_F(MachineOutput, ListIsOneObject) {
  const CommandResult result = noderig(
      {"list", "--json", "--daemon", daemon_, "--plugin", plugin("first_subtest_fails"), "--plugin",
       plugin("needs_what_no_daemon_has"), "--plugin", plugin("without_verifychain")});
  EXPECT_EQ(result.status, kPassed);
  EXPECT_THAT(result.err, IsEmpty());
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["schema"], 1);
  std::map<std::string, Json> scenarios;
  for (const Json& one : json["scenarios"]) {
    expect_fields(one, {{"name", "str"},
                        {"summary", "str"},
                        {"tags", "list"},
                        {"nodes", "int"},
                        {"subtests", "list"},
                        {"expected_seconds", "num|null"},
                        {"skip", "str|null"}});
    scenarios[one["name"]] = one;
  }
  EXPECT_TRUE(scenarios.contains("assumevalid"));
  EXPECT_EQ(scenarios["first_subtest_fails"]["subtests"], Json({"broken", "sound"}));
  EXPECT_EQ(scenarios["first_subtest_fails"]["skip"], nullptr);
  EXPECT_EQ(scenarios["first_subtest_fails"]["without"], Json::array());
  const Json off = scenarios["without_verifychain"]["without"].at(0);
  EXPECT_EQ(off["oracle"], "verifychain");
  EXPECT_THAT(off["reason"].get<std::string>(), Not(IsEmpty()));
  EXPECT_THAT(scenarios["needs_what_no_daemon_has"]["skip"].get<std::string>(),
              HasSubstr("lacks rpc:nosuchmethod"));
}

TEST_F(MachineOutput, ListWorksWithoutADaemon) {
  const CommandResult result = noderig({"list", "--json"});
  EXPECT_EQ(result.status, kPassed);
  const Json json = Json::parse(result.out);
  ASSERT_FALSE(json["scenarios"].empty());
  EXPECT_THAT(json["scenarios"][0]["skip"].get<std::string>(), HasSubstr("daemon get knots"));
}

}  // namespace
}  // namespace noderig
