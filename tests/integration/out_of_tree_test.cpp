// What a user does who has noderig installed: a project of their own with a scenario in it, built,
// run and tested, from nothing but the installation.
#include "rig_test.h"

#include <fmt/format.h>
#include <map>
#include <stdexcept>

namespace noderig {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using testing::HasSubstr;
using testing::IsSupersetOf;

class OutOfTree : public RigTest {
 protected:
  // A command of the user's, that must succeed; what it printed.
  std::string succeed(const std::vector<std::string>& words) {
    const CommandResult result =
        run_command(words, {.environment = environment_, .timeout = std::chrono::minutes(8)});
    if (!result.ok()) {
      throw std::runtime_error(fmt::format("{}: status {}\n{}\n{}", quote_command(words),
                                           result.status, result.out, result.err));
    }
    return result.out;
  }

  // The properties of a test as CTest knows them.
  std::map<std::string, Json> test_properties(const fs::path& build, const std::string& test) {
    const Json known =
        Json::parse(succeed({NODERIG_CTEST, "--test-dir", build, "--show-only=json-v1"}));
    std::map<std::string, Json> properties;
    for (const Json& one : known.at("tests")) {
      if (one.at("name") != test) continue;
      for (const Json& property : one.at("properties")) {
        properties[property.at("name")] = property.at("value");
      }
    }
    return properties;
  }
};

TEST_F(OutOfTree, AScenarioIsBuiltRunAndTestedFromAnInstallation) {
  const fs::path prefix = directory_ / "prefix";
  const fs::path project = directory_ / "project";
  const fs::path build = project / "build";
  const std::string noderig = prefix / "bin" / "noderig";
  succeed({NODERIG_CMAKE, "--install", NODERIG_BUILD_ROOT, "--prefix", prefix});
  environment_.insert(environment_.begin(), "NODERIG_DAEMON=" + daemon_);
  EXPECT_THAT(succeed({noderig, "list", "assumevalid"}), HasSubstr("assumevalid"));

  succeed({noderig, "new", "my_scenario", "--directory", project});
  succeed({NODERIG_CMAKE, "-S", project, "-B", build, "-G", NODERIG_GENERATOR,
           "-Dnoderig_ROOT=" + prefix.string(), "-DCMAKE_CXX_COMPILER=" NODERIG_COMPILER,
           "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic -Werror"});
  // Before it is built, its test fails and says what is missing.
  const CommandResult too_early = run_command(
      {NODERIG_CTEST, "--test-dir", build, "--output-on-failure"}, {.environment = environment_});
  EXPECT_NE(too_early.status, 0);
  EXPECT_THAT(too_early.out,
              HasSubstr("there is no plugin " + (build / "my_scenario.so").string()));

  succeed({NODERIG_CMAKE, "--build", build});

  // Its timeout as long as it never ran; from then on the history counts.
  EXPECT_EQ(test_properties(build, "my_scenario")["COST"], 60);
  const std::string plugin = build / "my_scenario.so";
  EXPECT_EQ(last_line(succeed({noderig, "run", "--plugin", plugin, "my_scenario"})),
            "1 passed, 0 failed, 0 skipped");
  environment_.insert(environment_.begin(), "NODERIG_PLUGINS=" + build.string());
  EXPECT_EQ(last_line(succeed({noderig, "run", "my_scenario"})), "1 passed, 0 failed, 0 skipped");
  environment_.erase(environment_.begin());

  auto properties = test_properties(build, "my_scenario");
  EXPECT_EQ(properties["SKIP_RETURN_CODE"], 77);
  EXPECT_FALSE(properties.contains("PROCESSORS"));  // so many it takes by default: 1
  // When noderig has ended it on the slowest and most crowded machine: 10 times 75 s and 15 s.
  EXPECT_EQ(properties["TIMEOUT"], 900 + 120);
  EXPECT_LT(properties["COST"], 60);
  EXPECT_THAT(properties["LABELS"].get<std::vector<std::string>>(),
              IsSupersetOf({"functional", "p2p"}));
  EXPECT_THAT(succeed({NODERIG_CTEST, "--test-dir", build, "-L", "functional"}),
              HasSubstr("100% tests passed, 0 tests failed out of 1"));
}

// In the project's own tree: pruning has six nodes.
TEST_F(OutOfTree, ATestThatNeedsSeveralProcessorsBeginsBeforeTheOthers) {
  auto pruning = test_properties(NODERIG_BUILD_ROOT, "pruning");
  auto other = test_properties(NODERIG_BUILD_ROOT, "pruning_quick");
  EXPECT_EQ(pruning["PROCESSORS"], 2);
  EXPECT_FALSE(other.contains("PROCESSORS"));
  EXPECT_GT(pruning["COST"], 100'000);
  EXPECT_LT(other["COST"], 100'000);
}

}  // namespace
}  // namespace noderig
