// From a recorded node to a run: which scenarios a change of the node's source can affect, and in
// which order. The node is a front of a real one.
#include "impact_fixture.h"

#include <noderig/framework/node/daemon_fetch.h>
#include <cstdlib>
#include <map>

namespace noderig {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

std::string real_node() {
  if (const char* chosen = std::getenv("NODERIG_DAEMON"); chosen != nullptr && *chosen != '\0') {
    return chosen;
  }
  const auto fetched =
      find_fetched(std::filesystem::path(NODERIG_SOURCE_ROOT) / ".noderig" / "daemons", "knots");
  return fetched ? fetched->executable.string() : "";
}

TEST(ImpactScenarios, RunByRiskGoesByWhatAChangeOfTheNodeTouches) {
  const std::string node = real_node();
  ASSERT_NE(node, "") << "run `tools/rig setup`, which fetches a daemon, or set NODERIG_DAEMON";
  ::setenv("FRONT_OF", std::filesystem::absolute(node).c_str(), 1);
  const ImpactProject project("front");
  const std::string front = (project.directory() / "build" / "bitcoind").string();
  ::setenv("NODERIG_HOME", (project.directory() / ".noderig").c_str(), 1);
  const CommandResult recorded =
      project.impact({"record", "--daemon", front, "--tests", "scenario:preciousblock", "--tests",
                      "scenario:rest", "--tests", "scenario:zmq_notifications"});
  ASSERT_EQ(recorded.status, 0) << recorded.out << recorded.err;

  project.edit("src/rest.cpp", "return 2", "return 20");
  project.edit("src/zmq.cpp", "return 3", "return more_zmq()");
  project.edit("src/zmq.cpp", "int start_zmq",
               "int more_zmq() {\n  return 30;\n}\n\nint start_zmq");
  project.edit("src/zmq.cpp", "return 4", "return 40");
  project.edit("notes.txt", "should", "need not");
  ASSERT_EQ(
      run_command({NODERIG_CMAKE, "--build", (project.directory() / "build").string()}).status, 0);
  const CommandResult run =
      run_command({"env", "-C", project.directory().string(), NODERIG_RUN_PROGRAM, "run",
                   "--changed-since", "HEAD", "--ignore", "*.txt", "--order", "risk", "--daemon",
                   front, "-j", "1", "--json", "preciousblock", "rest", "zmq_notifications"},
                  {.timeout = std::chrono::minutes(2)});
  ASSERT_EQ(run.status, 0) << run.out << run.err;
  std::map<std::string, std::vector<std::string>> reasons;
  std::vector<std::string> order;
  const json result = json::parse(run.out);
  for (const json& scenario : result.at("scenarios")) {
    order.push_back(scenario.at("name"));
    reasons[order.back()] = scenario.at("reasons");
  }
  EXPECT_THAT(order, ElementsAre("rest", "zmq_notifications"));
  EXPECT_THAT(reasons["zmq_notifications"],
              Contains("coverage 144: executes modified, new functions"));
  EXPECT_THAT(reasons["rest"], AllOf(Contains("coverage 89: executes modified functions"),
                                     Contains(HasSubstr("scope 144: what it tests is changed"))));
  EXPECT_THAT(run.err, HasSubstr("is executed by no test: 610"));
}

}  // namespace
}  // namespace noderig
