#include "facts.h"

#include <impact/select/new_tests.h>
#include <impact/select/selection.h>
#include <impact/select/selection_html.h>
#include <impact/select/selection_json.h>
#include <impact/select/selection_plan.h>
#include <impact/select/selection_text.h>

#include <gmock/gmock.h>

namespace noderig::impact {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// 1 is f, executed by two of three tests; 2 is g, by none.
class SelectionTest : public testing::Test {
 protected:
  SelectionTest() {
    input_.recording = RecordingBuilder()
                           .test("A.wide", {1, 3, 4, 5})
                           .test("A.narrow", {1})
                           .test("A.other", {3})
                           .recording();
    input_.before = &program_;
    input_.after = &program_;
    for (const RecordedTest& test : input_.recording->tests) input_.tests.push_back(test.id);
  }

  std::vector<std::string> selected() const {
    std::vector<std::string> names;
    for (const SelectedTest& test : select(input_).selected) {
      names.push_back(test.id.name + " " + std::string(to_string(test.why)));
    }
    return names;
  }

  References program_ = ProgramBuilder().function(1).function(2).function(3).references();
  SelectionInput input_{};
};

TEST_F(SelectionTest, OfEqualVersionsIsEmpty) {
  EXPECT_THAT(selected(), IsEmpty());
  EXPECT_EQ(select(input_).unaffected.size(), 3U);
}

TEST_F(SelectionTest, HasTheTestsThatExecuteAChangeTheMostSpecificFirst) {
  input_.diff.changes = {changed("f()", {1})};
  EXPECT_THAT(selected(), ElementsAre("A.narrow change", "A.wide change"));
  const Selection selection = select(input_);
  EXPECT_EQ(selection.first_wave, 1U);
  EXPECT_EQ(selection.total_tests, 3U);
  EXPECT_THAT(selection.selected[0].changes, ElementsAre("CM f()"));
  EXPECT_THAT(selection.untested, IsEmpty());
}

TEST_F(SelectionTest, HasNewTests) {
  input_.tests.push_back(gtest("A.added"));
  EXPECT_THAT(selected(), ElementsAre("A.added new"));
}

TEST_F(SelectionTest, HasTestsWithoutAResult) {
  input_.recording->state = RecordingState::Partial;
  input_.tests.push_back(gtest("A.left_out"));
  EXPECT_THAT(selected(), ElementsAre("A.left_out unrecorded"));
}

TEST_F(SelectionTest, OfAnUnfinishedRecordingSaysSo) {
  input_.recording->snapshot.commit = "a commit";
  EXPECT_TRUE(select(input_).complete);
  input_.recording->state = RecordingState::Partial;
  EXPECT_FALSE(select(input_).complete);
  EXPECT_THAT(selection_text(select(input_), {}), HasSubstr("the recording has not all tests"));
}

TEST_F(SelectionTest, CountsNoTestThatIsGone) {
  input_.diff.changes = {changed("f()", {1})};
  input_.tests = {gtest("A.other")};
  EXPECT_THAT(select(input_).untested, ElementsAre(UntestedChange{"CM f()", Evidence::Predicted}));
}

TEST_F(SelectionTest, RunsTheUncertainBeforeOthersOfTheSecondWave) {
  input_.diff.changes = {changed("f()", {1})};
  input_.tests.push_back(gtest("A.added"));
  EXPECT_THAT(selected(), ElementsAre("A.narrow change", "A.added new", "A.wide change"));
}

TEST_F(SelectionTest, HasTestsThatFailedLast) {
  input_.last_failed = {gtest("A.other")};
  EXPECT_THAT(selected(), ElementsAre("A.other failed"));
}

TEST_F(SelectionTest, HasTestsThatWereSkipped) {
  input_.recording->tests[0].verdict = Verdict::Skipped;
  EXPECT_THAT(selected(), ElementsAre("A.narrow unrecorded"));
}

TEST_F(SelectionTest, HasTestsWithoutCountersWheneverAFileDiffers) {
  input_.recording->tests[0].executed = {};
  EXPECT_THAT(selected(), IsEmpty());
  input_.files_differ = true;
  EXPECT_THAT(selected(), ElementsAre("A.narrow unrecorded"));
}

TEST_F(SelectionTest, HasScenariosWhosePluginIsAnother) {
  input_.recording->tests[0].version = "1";
  input_.versions[gtest("A.narrow")] = "1";
  EXPECT_THAT(selected(), IsEmpty());
  input_.versions[gtest("A.narrow")] = "2";
  EXPECT_THAT(selected(), ElementsAre("A.narrow edited"));
}

TEST_F(SelectionTest, TellsEditedTestsFromOthers) {
  Change change = changed("A_other_Test::TestBody()", {3});
  change.test_code = true;
  input_.diff.changes = {change};
  EXPECT_THAT(selected(), ElementsAre("A.other edited", "A.wide change"));
}

TEST_F(SelectionTest, IsEverythingForAReason) {
  input_.diff.reasons = {{.code = "build-file", .file = "CMakeLists.txt", .text = "it changed"}};
  EXPECT_THAT(selected(), testing::UnorderedElementsAre("A.wide everything", "A.narrow everything",
                                                        "A.other everything"));
}

TEST_F(SelectionTest, IsLimitedByTheUsersChoice) {
  input_.diff.changes = {changed("f()", {1}), changed("h()", {4})};
  input_.limited_to = {"gtest:unit/A.n*", "gtest:unit/A.o*"};
  const Selection selection = select(input_);
  EXPECT_EQ(selection.total_tests, 2U);
  EXPECT_THAT(selected(), ElementsAre("A.narrow change"));
  EXPECT_THAT(selection.untested, ElementsAre(UntestedChange{"CM h()", Evidence::Predicted}));
  EXPECT_THAT(selection_text(selection, {}), HasSubstr("Limited to gtest:unit/A.n*"));
}

TEST_F(SelectionTest, ShowsFirstWhatNoTestReaches) {
  input_.diff.changes = {changed("f()", {1}), changed("g()", {2})};
  const Selection selection = select(input_);
  EXPECT_THAT(selection.untested, ElementsAre(UntestedChange{"CM g()", Evidence::Predicted}));
  EXPECT_THAT(selection_text(selection, {}),
              testing::StartsWith("1 change that no test reaches (predicted):\n  CM g()"));
  const std::string page = selection_html(selection);
  EXPECT_LT(page.find("Changes that no test reaches"), page.find("Tests to run"));
}

TEST_F(SelectionTest, KeepsToTheMachineContract) {
  input_.diff.changes = {changed("f()", {1}), changed("g()", {2})};
  const nlohmann::json written = to_json(select(input_));
  EXPECT_EQ(written.at("schema"), 1);
  EXPECT_EQ(written.at("total_tests"), 3);
  EXPECT_EQ(written.at("selected"), nlohmann::json({"gtest:unit/A.narrow", "gtest:unit/A.wide"}));
  EXPECT_EQ(written.at("affected").at(1).at("reason"), "change");
  EXPECT_EQ(written.at("affected").at(1).at("changes"), nlohmann::json({"CM f()"}));
  EXPECT_EQ(written.at("untested"),
            nlohmann::json::array({{{"change", "CM g()"}, {"evidence", "predicted"}}}));
  EXPECT_EQ(written.at("recording").at("complete"), true);
  EXPECT_EQ(written.at("recording").at("receivers"), false);
  EXPECT_EQ(written.at("everything"), false);
  EXPECT_TRUE(written.at("seconds").is_number());
}

TEST_F(SelectionTest, PlansScenariosAlone) {
  input_.recording->tests.push_back(
      {.id = {TestKind::Scenario, {}, "rest"}, .executed = input_.recording->tests[0].executed});
  input_.tests.push_back({TestKind::Scenario, {}, "rest"});
  input_.diff.changes = {changed("f()", {1})};
  const std::string plan = selection_plan(select(input_));
  EXPECT_THAT(plan, HasSubstr("scenario:rest"));
  EXPECT_THAT(plan, HasSubstr("CM f()"));
  EXPECT_THAT(plan, Not(HasSubstr("gtest")));
  const Selection selection = select(input_);
  EXPECT_THAT(selection_text(selection, {}), HasSubstr("best effort"));
  for (const auto& one : to_json(selection).at("affected")) {
    EXPECT_EQ(one.at("best_effort"), one.at("test") == "scenario:rest");
  }
}

TEST_F(SelectionTest, IsToldShortlyAndInWaves) {
  input_.diff.changes = {changed("f()", {1}), changed("g()", {2}), changed("h()", {9})};
  const std::string text = selection_text(select(input_), {.most_tests = 1, .most_changes = 1});
  EXPECT_THAT(text, HasSubstr("and 1 more changes"));
  EXPECT_THAT(text, HasSubstr("and 1 more tests"));
  EXPECT_THAT(text, Not(HasSubstr("best effort")));
  EXPECT_THAT(selection_text(select(input_), {}),
              testing::ContainsRegex("First wave:\n.*A.narrow.*\nThen:\n.*A.wide"));
  input_.diff.reasons = {{.code = "data-file", .file = "a.txt", .text = "a test may read it"}};
  EXPECT_THAT(selection_text(select(input_), {}),
              HasSubstr("Everything must run:\n  a.txt: a test may read it\n"));
  input_.diff.reasons = {{.code = "data-file", .file = "a.txt", .text = "a test may read a.txt"}};
  EXPECT_THAT(selection_text(select(input_), {}),
              HasSubstr("Everything must run:\n  a test may read a.txt\n"));
}

Change about_test(ChangeKind kind, const std::string& entity) {
  return {.id = entity, .kind = kind, .entity = entity, .file = "a_test.cpp", .test_code = true};
}

TEST(NewTests, AreToldFromTheirBodies) {
  const CompileCommand command{
      .directory = "/b",
      .file = "/p/a_test.cpp",
      .arguments = {"clang++", "-o", "tests/CMakeFiles/unit.dir/a_test.cpp.o", "-c"}};
  const Diff diff{
      .changes = {
          about_test(ChangeKind::AM, "(anonymous namespace)::A_b_Test::TestBody() [a_test.cpp]"),
          about_test(ChangeKind::AM, "ns::A_b_Test::SetUp()"),
          about_test(ChangeKind::CM, "ns::A_c_Test::TestBody()")}};
  CompileCommand other = command;
  other.file = "/p/b_test.cpp";
  other.arguments[2] = "tests/CMakeFiles/other.dir/b_test.cpp.o";
  const auto added = [](const Diff& of, const std::vector<UnitFacts>& units,
                        const std::vector<CompileCommand>& commands) {
    TargetsOfFiles targets;
    add_targets(targets, of, units, commands, "/p");
    return added_tests(of, targets);
  };
  const UnitFacts unit{.file = "a_test.cpp", .files = {"a_test.cpp", "test.h"}};
  EXPECT_THAT(added(diff, {unit}, {command, other}), ElementsAre(gtest("A.b")));
  const UnitFacts several{.file = "b_test.cpp", .files = {"a_test.cpp", "b_test.cpp"}};
  EXPECT_THAT(added(diff, {several}, {command, other}),
              ElementsAre(TestId{TestKind::Gtest, "other", "A.b"}));
  Change no_test = about_test(ChangeKind::AM, "A_d_Test::TestBody()");
  no_test.test_code = false;
  EXPECT_THAT(added({.changes = {no_test}}, {unit}, {command}), IsEmpty());
}

TEST(NewTests, KnowTheCodeOfEachKindOfCase) {
  const auto body = [](const std::string& entity) { return about_test(ChangeKind::CM, entity); };
  EXPECT_TRUE(is_own_code(body("(anonymous namespace)::A_b_Test [a_test.cpp]::x"), gtest("A.b")));
  EXPECT_TRUE(is_own_code(body("A_b_Test::TestBody()"), gtest("Some/A.b/0")));
  EXPECT_TRUE(is_own_code(body("gtest_suite_A_::b<T>::TestBody()"), gtest("A/1.b")));
  EXPECT_TRUE(is_own_code(body("gtest_suite_A_::b<T>::TestBody()"), gtest("Some/A/1.b")));
  EXPECT_FALSE(is_own_code(body("A_bc_Test::TestBody()"), gtest("A.b")));
  EXPECT_FALSE(is_own_code(body("BA_b_Test::TestBody()"), gtest("A.b")));
}

TEST(NewTests, KnowWhichAreRemoved) {
  const Diff diff{.changes = {about_test(ChangeKind::DM, "A_b_Test::TestBody()")}};
  const TargetsOfFiles unit{{"a_test.cpp", {"unit"}}};
  EXPECT_TRUE(is_removed(gtest("A.b"), diff, unit));
  EXPECT_TRUE(is_removed({TestKind::Gtest, "tests.unit", "A.b"}, diff, unit));
  EXPECT_FALSE(is_removed(gtest("A.c"), diff, unit));
  const Diff member{.changes = {about_test(ChangeKind::DM, "A_b_Test::SetUp()")}};
  EXPECT_FALSE(is_removed(gtest("A.b"), member, unit));
}

TEST(NewTests, KnowThatAnotherProgramHasOneOfThatName) {
  const Diff diff{.changes = {about_test(ChangeKind::DM, "A_b_Test::TestBody() [a_test.cpp]")}};
  EXPECT_FALSE(is_removed(gtest("A.b"), diff, {{"a_test.cpp", {"other"}}}));
  EXPECT_FALSE(is_removed(gtest("A.b"), diff, {}));
}

}  // namespace
}  // namespace noderig::impact
