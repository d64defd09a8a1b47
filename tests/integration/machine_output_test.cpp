// What programs read: --json, --json-file and --junit, held to their contract.
#include "rig_test.h"

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
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
  expect_fields(run, {{"schema", "int"},
                      {"run", "str"},
                      {"seed", "int"},
                      {"revision", "str|null"},
                      {"daemons", "list"},
                      {"wall", "num"},
                      {"bound", "num"},
                      {"ratio", "num|null"},
                      {"passed", "int"},
                      {"failed", "int"},
                      {"skipped", "int"},
                      {"scenarios", "list"}});
  EXPECT_EQ(run["schema"], 1);
  for (const Json& daemon : run["daemons"]) {
    expect_fields(daemon,
                  {{"flavour", "str"}, {"version", "str"}, {"path", "str"}, {"args", "list"}});
    EXPECT_THAT(daemon["args"].dump(), HasSubstr("-regtest"));
  }
  for (const Json& one : run["scenarios"]) {
    expect_fields(one, {{"name", "str"},
                        {"daemon", "str"},
                        {"verdict", "str"},
                        {"reason", "str|null"},
                        {"assertions", "int"},
                        {"wall", "num"},
                        {"rig_cpu", "num"},
                        {"daemon_cpu", "num"},
                        {"busiest_daemon_cpu", "num"},
                        {"peak_rss_bytes", "int"},
                        {"bundle", "str|null"},
                        {"flaky", "bool"},
                        {"subtests", "list"}});
    for (const Json& subtest : one["subtests"]) {
      expect_fields(
          subtest,
          {{"name", "str"}, {"verdict", "str"}, {"reason", "str|null"}, {"seconds", "num"}});
    }
  }
}

TEST_F(MachineOutput, RunPrintsOneObjectAndProgressApart) {
  const CommandResult result = run("passes", {"--json", "--seed", "5", "--repeat", "2"});
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

TEST_F(MachineOutput, JunitFileParses) {
  const auto file = directory_ / "result.xml";
  run("first_subtest_fails", {"passes", "--plugin", plugin("passes"), "--junit", file.string()});
  boost::property_tree::ptree xml;
  boost::property_tree::read_xml(file.string(), xml);
  EXPECT_EQ(xml.get<int>("testsuites.<xmlattr>.tests"), 3);
  EXPECT_EQ(xml.get<int>("testsuites.<xmlattr>.failures"), 1);
  std::map<std::string, std::string> failures;
  std::vector<std::string> cases;
  for (const auto& [element, suite] : xml.get_child("testsuites")) {
    if (element != "testsuite") continue;
    for (const auto& [inner, one] : suite) {
      if (inner != "testcase") continue;
      const auto name = one.get<std::string>("<xmlattr>.name");
      cases.push_back(name);
      if (one.count("failure") != 0) {
        failures[name] = one.get<std::string>("failure.<xmlattr>.message");
      }
    }
  }
  EXPECT_THAT(cases, testing::UnorderedElementsAre("broken", "sound", "passes"));
  ASSERT_EQ(failures.size(), 1);
  EXPECT_THAT(failures["broken"], HasSubstr("rig.node(1).height() = 0"));
}

TEST_F(MachineOutput, AFileThatCannotBeWrittenIsToldOfAndNothingIsLost) {
  const CommandResult result = run("passes", {"--junit", "/nowhere/result.xml", "--json"});
  EXPECT_EQ(result.status, kEnvironment);
  EXPECT_THAT(result.err, HasSubstr("/nowhere/result.xml"));
  expect_run_contract(Json::parse(result.out));
}

TEST_F(MachineOutput, ListIsOneObject) {
  const CommandResult result =
      noderig({"list", "--json", "--daemon", daemon_, "--plugin", plugin("first_subtest_fails"),
               "--plugin", plugin("needs_what_no_daemon_has")});
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
