// The case study from beginning to end: DiamondShape::calculateArea is pulled up into
// Parallelogram, first with one test, then with one for Rectangle as well.
#include "impact_fixture.h"

#include <signal.h>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace noderig {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::UnorderedElementsAre;

const std::vector<std::string> kPullUp = {"pull-up-method", "--method",
                                          "drawtool::DiamondShape::calculateArea", "--to",
                                          "drawtool::Parallelogram"};

std::vector<std::string> pull_up(std::vector<std::string> more) {
  std::vector<std::string> words = kPullUp;
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

// "RECEIVER SLOT" of a dispatch, the name of what else changed.
std::vector<std::string> shown(const json& changes) {
  std::vector<std::string> names;
  for (const json& change : changes) {
    names.push_back(change.at("receiver").is_null()
                        ? change.at("entity").get<std::string>()
                        : change.at("receiver").get<std::string>() + " " +
                              change.at("slot").get<std::string>());
  }
  return names;
}

constexpr const char* kPulledUp = "drawtool::Parallelogram::calculateArea() const";
constexpr const char* kDiamond = "drawtool::DiamondShape drawtool::Figure::calculateArea() const";
constexpr const char* kRectangle = "drawtool::Rectangle drawtool::Figure::calculateArea() const";

// What `refactor` leaves alone unless it applies: the work tree, and scratch space.
class CaseStudy : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    project_ = new ImpactProject("case_study");
    scratch_ = project_->directory().parent_path() / "scratch";
    std::filesystem::create_directory(scratch_);
    ::setenv("TMPDIR", scratch_.c_str(), 1);
  }
  static void TearDownTestSuite() {
    ::unsetenv("TMPDIR");
    delete project_;
    project_ = nullptr;
  }
  void TearDown() override {
    project_->restore();
    EXPECT_EQ(status(), "");
    EXPECT_THAT(scratch_directories(), IsEmpty());
  }

  static std::string status() {
    return project_->git({"status", "--porcelain", "--", ".", ":(exclude)build"});
  }

  static std::vector<std::string> scratch_directories() {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(scratch_)) {
      found.push_back(entry.path().filename());
    }
    return found;
  }

  // Until there is one that has an owner: what begins with "new." has none yet, and is left for an
  // hour to whoever makes it.
  static bool has_owned_scratch_directory() {
    for (const std::string& users : scratch_directories()) {
      for (const auto& entry : std::filesystem::directory_iterator(scratch_ / users)) {
        if (!entry.path().filename().string().starts_with("new.")) return true;
      }
    }
    return false;
  }

  static void wait_for_scratch_directory() {
    while (!has_owned_scratch_directory()) std::this_thread::yield();
  }

  static json refactor(std::vector<std::string> more) {
    return project_->json_of("refactor", pull_up(std::move(more)));
  }

  static inline ImpactProject* project_ = nullptr;
  static inline std::filesystem::path scratch_{};
};

TEST_F(CaseStudy, PreviewShowsTheEdit) {
  const json result = refactor({"--preview"});
  EXPECT_EQ(result.at("accepted"), true) << result.at("refusals");
  EXPECT_EQ(result.at("applied"), false);
  EXPECT_THAT(
      result.at("diff").get<std::string>(),
      testing::AllOf(HasSubstr("--- a/parallelogram.h\n+++ b/parallelogram.h\n"),
                     HasSubstr("\n+  int calculateArea() const override { return base * "
                               "height; }\n"),
                     HasSubstr("--- a/diamond_shape.h\n"), HasSubstr("--- a/rectangle.h\n")));
  EXPECT_EQ(status(), "");
}

TEST_F(CaseStudy, WithoutATestOfRectangleItIsRefusedUnlessThatIsAllowedByName) {
  const CommandResult run = project_->run("refactor", pull_up({"--apply", "--json"}));
  EXPECT_EQ(run.status, 1) << run.err;
  const json result = json::parse(run.out);
  EXPECT_THAT(result.at("affected"),
              ElementsAre("gtest:figure_test/DiamondShapeTest.CalculateArea"));
  EXPECT_THAT(shown(result.at("covered")), IsSupersetOf({kDiamond, kPulledUp}));
  EXPECT_THAT(shown(result.at("untested")), ElementsAre(kRectangle));
  EXPECT_EQ(result.at("untested").at(0).at("evidence"), "recorded");
  EXPECT_EQ(result.at("tests"),
            json::parse(R"([{"id":"gtest:figure_test/DiamondShapeTest.CalculateArea",
                             "before":"passed","after":"passed"}])"));
  EXPECT_EQ(result.at("refusals").at(0).at("code"), "untested");
  EXPECT_EQ(result.at("accepted"), false);
  EXPECT_EQ(result.at("applied"), false);
  EXPECT_EQ(status(), "");

  const std::string id = result.at("untested").at(0).at("change");
  const json allowed = refactor({"--allow-untested", id});
  EXPECT_EQ(allowed.at("accepted"), true) << allowed.at("refusals");
  EXPECT_EQ(allowed.at("applied"), false);
}

TEST_F(CaseStudy, WhatIsAllowedByNameMustBeUntested) {
  const CommandResult unknown =
      project_->run("refactor", pull_up({"--allow-untested", "LC of something else"}));
  EXPECT_EQ(unknown.status, 2) << unknown.err;
}

TEST_F(CaseStudy, OverlappingUncommittedEditsAreRefused) {
  project_->edit("rectangle.h", "{ return base * height; }", "{ return height * base; }");
  const json differs = refactor({"--preview"});
  EXPECT_EQ(differs.at("refusals").at(0).at("code"), "sibling-differs");
  project_->restore();
  project_->edit("rectangle.h", "  int calculateArea", "  // New.\n  int calculateArea");
  const json overlapping = refactor({"--preview"});
  EXPECT_EQ(overlapping.at("refusals").at(0).at("code"), "uncommitted-edits");
  EXPECT_EQ(overlapping.at("refusals").at(0).at("file"), "rectangle.h");
}

TEST_F(CaseStudy, CtrlCLeavesNothingBehind) {
  const pid_t pid = project_->start("refactor", pull_up({"--apply"}));
  wait_for_scratch_directory();
  ::kill(pid, SIGINT);
  EXPECT_NE(wait_for(pid), 0);
  EXPECT_EQ(status(), "");
}

TEST_F(CaseStudy, WhatAKilledOneLeavesIsGoneWithTheNext) {
  const pid_t pid = project_->start("refactor", pull_up({"--apply"}));
  wait_for_scratch_directory();
  ::kill(pid, SIGKILL);
  EXPECT_EQ(wait_for(pid), 128 + SIGKILL);
  EXPECT_THAT(scratch_directories(), Not(IsEmpty()));
  // A program that it started holds the lock of the directory for as long as it runs.
  for (int i = 0; i < 1000 && !scratch_directories().empty(); ++i) {
    project_->impact({"diff", "--before", "HEAD"});
  }
}

TEST_F(CaseStudy, ATestThatDoesNotDoAsBeforeIsRefused) {
  const std::string line = "  EXPECT_EQ(figure.calculateArea(), 12);\n";
  project_->edit("diamond_shape_test.cpp", line,
                 line +
                     "  EXPECT_EQ(std::string(__FILE__).find(\"/refactor-\"), "
                     "std::string::npos);\n");
  const json result = refactor({"--apply"});
  EXPECT_EQ(result.at("refusals").at(0).at("code"), "test-differs") << result.at("refusals");
  EXPECT_EQ(result.at("tests").at(0).at("before"), "passed");
  EXPECT_EQ(result.at("tests").at(0).at("after"), "failed");
  // The edit was in the copy, and is in the work tree as before.
  EXPECT_EQ(status(), " M diamond_shape_test.cpp\n");
}

TEST_F(CaseStudy, ACopyThatDoesNotBuildIsRefused) {
  project_->edit("CMakeLists.txt", "enable_testing()",
                 "enable_testing()\nadd_compile_options(-Werror)");
  project_->edit("figure.h", " public:\n", " public:\n  virtual int sides() const { return 0; }\n");
  // A warning as soon as another method of the class has `override`.
  project_->edit("parallelogram.h", " protected:\n",
                 " public:\n  int sides() const { return 4; }\n\n protected:\n");
  project_->commit();
  const json result = refactor({"--apply"});
  project_->git({"reset", "-q", "--hard", "HEAD~1"});
  EXPECT_EQ(result.at("refusals").at(0).at("code"), "does-not-build") << result.at("refusals");
  EXPECT_THAT(result.at("refusals").at(0).at("text").get<std::string>(),
              HasSubstr("inconsistent-missing-override"));
}

TEST_F(CaseStudy, WithATestOfRectangleItIsApplied) {
  std::ofstream(project_->directory() / "rectangle_test.cpp") << R"(#include "rectangle.h"

#include <gtest/gtest.h>

TEST(RectangleTest, CalculateArea) {
  const drawtool::Rectangle rectangle(2, 5);
  const drawtool::Figure& figure = rectangle;
  EXPECT_EQ(figure.calculateArea(), 10);
}
)";
  project_->commit();
  const json result = refactor({"--apply"});
  EXPECT_EQ(result.at("accepted"), true) << result.at("refusals");
  EXPECT_EQ(result.at("applied"), true);
  EXPECT_THAT(shown(result.at("covered")), IsSupersetOf({kDiamond, kRectangle, kPulledUp}));
  EXPECT_THAT(result.at("untested"), IsEmpty());
  EXPECT_THAT(result.at("affected"),
              UnorderedElementsAre("gtest:figure_test/DiamondShapeTest.CalculateArea",
                                   "gtest:figure_test/RectangleTest.CalculateArea"));
  // What was previewed is what is in the work tree now.
  EXPECT_EQ(project_->git({"diff", "--no-color", "--no-prefix", "--stat"}),
            " diamond_shape.h | 2 --\n parallelogram.h | 3 +++\n rectangle.h     | 2 --\n"
            " 3 files changed, 3 insertions(+), 4 deletions(-)\n");
}

}  // namespace
}  // namespace noderig
