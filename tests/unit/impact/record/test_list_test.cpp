#include "../../framework/support.h"

#include <impact/record/gtest_list.h>
#include <impact/record/test_list.h>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <set>

namespace noderig::impact {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(GtestList, HasSuitesParametersAndTypesAndNothingDisabled) {
  EXPECT_THAT(parse_gtest_list("Running main() from gtest_main.cc\n"
                               "Plain.\n"
                               "  One\n"
                               "  DISABLED_Two\n"
                               "DISABLED_Suite.\n"
                               "  Three\n"
                               "Typed/0.  # TypeParam = int\n"
                               "  Zero\n"
                               "Some/P.\n"
                               "  Positive/0  # GetParam() = 1\n"
                               "  DISABLED_Negative/0  # GetParam() = 1\n"
                               "Some/DISABLED_P.\n"
                               "  Positive/0  # GetParam() = 1\n"),
              ElementsAre("Plain.One", "Typed/0.Zero", "Some/P.Positive/0"));
}

TEST(GtestList, OfSomethingElseIsEmpty) {
  EXPECT_THAT(parse_gtest_list("usage: tool [options]\n  --help  this text.\nend.\n"), IsEmpty());
  EXPECT_THAT(parse_gtest_list("This is no suite.\n  one\n"), IsEmpty());
}

TEST(GtestList, IsOfProgramsWithGoogleTestInThem) {
  const TemporaryDirectory directory;
  EXPECT_TRUE(is_gtest_program("/proc/self/exe"));
  EXPECT_FALSE(is_gtest_program(directory.write("script", "#!/bin/sh\n# gtest_list_tests\n")));
}

// Programs have to be there: the test's own is.
const std::string kProgram = std::filesystem::read_symlink("/proc/self/exe").string();
const std::string kName = std::filesystem::path(kProgram).filename().string();

json ctest_test(const std::string& name, const std::vector<std::string>& arguments,
                const json& properties = json::object()) {
  std::vector<std::string> command = {kProgram};
  command.insert(command.end(), arguments.begin(), arguments.end());
  json list = json::array({{{"name", "WORKING_DIRECTORY"}, {"value", "/"}}});
  for (const auto& [key, value] : properties.items()) {
    list.push_back({{"name", key}, {"value", value}});
  }
  return {{"name", name}, {"command", command}, {"properties", list}};
}

TestList listed(const std::vector<json>& tests, bool is_gtest = true) {
  return list_tests({{"tests", tests}}, "/build",
                    [&](const Launch&) -> std::optional<std::vector<std::string>> {
                      if (!is_gtest) return {};
                      return std::vector<std::string>{"A.One", "A.Two"};
                    });
}

std::vector<std::string> ids(const TestList& list) {
  std::vector<std::string> ids;
  for (const Test& test : list.tests) ids.push_back(test.id.text());
  return ids;
}

TEST(TestList, TakesGtestProgramsApart) {
  const TestList list = listed({ctest_test("all", {"--mode=1"})});
  EXPECT_THAT(ids(list), ElementsAre("gtest:" + kName + "/A.One", "gtest:" + kName + "/A.Two"));
  EXPECT_THAT(list.tests[1].launch.argv, ElementsAre(kProgram, "--mode=1", "--gtest_filter=A.Two"));
  EXPECT_EQ(list.tests[1].launch.directory, "/");
}

TEST(TestList, KnowsDiscoveredCasesByTheirFilter) {
  const TestList list =
      listed({ctest_test("A.One<x>", {"--gtest_filter=A.One", "--gtest_also_run_disabled_tests"}),
              ctest_test("A.Two<x>", {"--gtest_filter=A.Two", "--gtest_also_run_disabled_tests"})});
  EXPECT_THAT(ids(list), ElementsAre("gtest:" + kName + "/A.One", "gtest:" + kName + "/A.Two"));
  EXPECT_THAT(list.tests[0].launch.argv, ElementsAre(kProgram, "--gtest_filter=A.One"));
}

TEST(TestList, AsksForTheCasesOfAFilter) {
  EXPECT_THAT(ids(listed({ctest_test("some", {"--gtest_filter=A.*"})})),
              ElementsAre("gtest:" + kName + "/A.One", "gtest:" + kName + "/A.Two"));
}

TEST(TestList, HasACaseOnceHoweverOftenItIsListed) {
  EXPECT_THAT(ids(listed({ctest_test("all", {}), ctest_test("one", {"--gtest_filter=A.One"})})),
              ElementsAre("gtest:" + kName + "/A.One", "gtest:" + kName + "/A.Two"));
}

TEST(TestList, TellsProgramsOfOneNameApart) {
  const TemporaryDirectory directory;
  std::filesystem::create_symlink(kProgram, directory.path() / kName);
  json other = ctest_test("other", {});
  other["command"] = {(directory.path() / kName).string()};
  const std::vector<std::string> all = ids(listed({ctest_test("all", {}), other}));
  EXPECT_EQ(std::set(all.begin(), all.end()).size(), 4U);
}

TEST(TestList, RunsOtherProgramsByCtest) {
  const TestList list = listed({ctest_test("a.b (c)", {})}, false);
  EXPECT_THAT(ids(list), ElementsAre("ctest:a.b (c)"));
  EXPECT_THAT(
      list.tests[0].launch.argv,
      ElementsAre("ctest", "--test-dir", "/build", "--output-on-failure", "-R", "^a\\.b \\(c\\)$"));
}

TEST(TestList, LeavesWholeWhatCtestJudges) {
  EXPECT_THAT(ids(listed({ctest_test("fails", {}, {{"WILL_FAIL", true}})})),
              ElementsAre("ctest:fails"));
}

TEST(TestList, LeavesWholeWhatRunsInTwoWays) {
  EXPECT_THAT(ids(listed({ctest_test("one", {"--mode=1"}), ctest_test("two", {"--mode=2"})})),
              ElementsAre("ctest:one", "ctest:two"));
}

TEST(TestList, LeavesOutWhatIsDisabledAndNamesWhatIsNotBuilt) {
  json missing = ctest_test("missing", {});
  missing["command"] = {"/no/such/program"};
  const TestList list = listed({ctest_test("off", {}, {{"DISABLED", true}}), missing});
  EXPECT_THAT(ids(list), IsEmpty());
  EXPECT_THAT(list.not_built, ElementsAre("missing"));
}

TEST(TestList, KnowsWhoMustBeAlone) {
  const TestList list =
      listed({ctest_test("first", {}), ctest_test("second", {}, {{"DEPENDS", {"first"}}})}, false);
  EXPECT_FALSE(list.tests[0].alone);
  EXPECT_TRUE(list.tests[1].alone);
  EXPECT_THAT(list.tests[1].needs, ElementsAre("first"));
}

TEST(TestList, KnowsWhoSharesWhatOthersUse) {
  for (const json& property : {json{{"RUN_SERIAL", true}}, json{{"RESOURCE_LOCK", {"disk"}}},
                               json{{"FIXTURES_REQUIRED", {"server"}}}}) {
    EXPECT_TRUE(listed({ctest_test("one", {}, property)}).tests[0].alone) << property;
  }
  EXPECT_FALSE(listed({ctest_test("one", {}, {{"RUN_SERIAL", false}})}).tests[0].alone);
}

TEST(TestChoice, IsByGlobsAndWithoutThoseThatBeginWithAnExclamationMark) {
  const TestId id{.kind = TestKind::Scenario, .target = {}, .name = "pruning"};
  EXPECT_TRUE(matches(id, {}));
  EXPECT_TRUE(matches(id, {"gtest:*", "scenario:prun*"}));
  EXPECT_FALSE(matches(id, {"gtest:*"}));
  EXPECT_TRUE(matches(id, {"!gtest:*"}));
  EXPECT_FALSE(matches(id, {"!scenario:pruning"}));
  EXPECT_FALSE(matches(id, {"scenario:*", "!scenario:pruning"}));
}

TEST(TestList, TakesTimeoutAndEnvironment) {
  const TestList list =
      listed({ctest_test("all", {}, {{"TIMEOUT", 1.5}, {"ENVIRONMENT", {"A=1", "B=2"}}})});
  EXPECT_EQ(list.tests[0].launch.timeout, std::chrono::milliseconds(1500));
  EXPECT_THAT(list.tests[0].launch.environment, ElementsAre("A=1", "B=2"));
}

}  // namespace
}  // namespace noderig::impact
