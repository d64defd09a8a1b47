// Recording and selection from beginning to end, on the Price example.
#include "impact_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace noderig {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::vector<std::string> kAll = {"PriceTest.Base", "PriceTest.Regular",
                                       "PriceTest.Unrelated"};

// The change of the seed's figure.
void override_charge(const ImpactProject& project, const std::string& body) {
  project.edit("price.h", "class RegularPrice : public Price {};",
               "class RegularPrice : public Price {\n public:\n"
               "  int getCharge(int days) const override { " +
                   body + " }\n};");
}

class ImpactSelection : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    project_ = new ImpactProject("price");
    first_ = project_->json_of({"select"});
    recorded_ = project_->impact({"record"});
  }
  static void TearDownTestSuite() {
    delete project_;
    project_ = nullptr;
  }
  void SetUp() override { ASSERT_EQ(recorded_.status, 0) << recorded_.out << recorded_.err; }
  void TearDown() override { project_->restore(); }

  static inline ImpactProject* project_ = nullptr;
  static inline json first_{};  // the selection before anything was recorded
  static inline CommandResult recorded_{};
};

TEST_F(ImpactSelection, OfTheFirstRevisionIsEverything) {
  EXPECT_EQ(first_.at("everything"), true);
  EXPECT_EQ(first_.at("reasons").at(0).at("code"), "no-recording");
  EXPECT_EQ(selected_in(first_), kAll);
}

TEST_F(ImpactSelection, OfIdenticalRevisionsIsNothing) {
  const json selection = project_->json_of({"select"});
  EXPECT_EQ(selection.at("everything"), false) << selection.at("reasons");
  EXPECT_THAT(selected_in(selection), IsEmpty());
  EXPECT_EQ(selection.at("total_tests"), 3);
  EXPECT_EQ(selection.at("recording").at("complete"), true);
}

TEST_F(ImpactSelection, LeavesTheWorkTreeAlone) {
  EXPECT_EQ(project_->git({"status", "--porcelain", "--", ".", ":(exclude)build"}), "");
}

TEST_F(ImpactSelection, OfANewOverriderIsTheTestThatCallsItsReceiver) {
  override_charge(*project_, "return days;");
  const json selection = project_->json_of({"select"});
  EXPECT_EQ(selection.at("everything"), false) << selection.at("reasons");
  EXPECT_THAT(selected_in(selection), ElementsAre("PriceTest.Regular"));
  EXPECT_THAT(changes_in(selection),
              AllOf(Contains(AllOf(HasSubstr("AM"), HasSubstr("RegularPrice::getCharge"))),
                    Contains(AllOf(HasSubstr("LC"), HasSubstr("RegularPrice")))));
  EXPECT_THAT(untested_in(selection), IsEmpty());
}

TEST_F(ImpactSelection, OfAChangedBodyIsWhoeverExecutesIt) {
  project_->edit("price.cpp", "3 * days", "days + days + days");
  EXPECT_THAT(selected_in(project_->json_of({"select"})),
              ElementsAre("PriceTest.Base", "PriceTest.Regular"));
}

TEST_F(ImpactSelection, NamesWhatNoTestReaches) {
  project_->edit("price.cpp", "charge / 2", "charge / 4");
  const json selection = project_->json_of({"select"});
  EXPECT_THAT(selected_in(selection), IsEmpty());
  EXPECT_THAT(untested_in(selection), ElementsAre(HasSubstr("discount")));
}

TEST_F(ImpactSelection, TellsNewAndEditedTests) {
  project_->edit("price_test.cpp", "EXPECT_EQ(1 + 1, 2);\n}\n",
                 "EXPECT_EQ(1 + 2, 3);\n}\n\nTEST(PriceTest, Added) {}\n");
  const json selection = project_->json_of({"select"});
  EXPECT_THAT(selected_in(selection), ElementsAre("PriceTest.Added", "PriceTest.Unrelated"));
  for (const json& one : selection.at("affected")) {
    const bool added = one.at("test") == "gtest:price_test/PriceTest.Added";
    EXPECT_EQ(one.at("reason"), added ? "new" : "edited");
  }
}

TEST_F(ImpactSelection, IsNothingForALineThatMovesATest) {
  project_->edit("price_test.cpp", "TEST(PriceTest, Base)", "\nTEST(PriceTest, Base)");
  EXPECT_THAT(selected_in(project_->json_of({"select"})), IsEmpty());
}

TEST_F(ImpactSelection, ExplainsBothWays) {
  project_->edit("price.cpp", "3 * days", "4 * days");
  const json test = project_->json_of({"explain", "--test", "gtest:price_test/PriceTest.Base"});
  EXPECT_EQ(test.at("selected"), true);
  EXPECT_THAT(test.at("causes").at(0).at("via").dump(), HasSubstr("Price::getCharge"));
  const json change = project_->json_of({"explain", "--change", "getCharge"});
  EXPECT_EQ(change.at("causes").size(), 2U);
  const CommandResult unknown =
      project_->impact({"explain", "--test", "gtest:price_test/PriceTest.Bass"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("PriceTest.Base"));
}

TEST_F(ImpactSelection, SaysWhatTestsItWasLimitedTo) {
  project_->edit("price.cpp", "3 * days", "4 * days");
  const CommandResult result = project_->impact({"select", "--tests", "*Base"});
  EXPECT_THAT(result.out, HasSubstr("Limited to *Base"));
  EXPECT_THAT(result.out, Not(HasSubstr("PriceTest.Regular")));
}

TEST_F(ImpactSelection, RefusesARevisionThatIsNotThere) {
  const CommandResult result = project_->impact({"select", "--before", "nonsense"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("nonsense"));
}

TEST_F(ImpactSelection, RefusesABuildWithoutInstrumentation) {
  const auto plain = project_->directory().parent_path() / "plain";
  const CommandResult configured =
      run_command({NODERIG_CMAKE, "-S", project_->directory().string(), "-B", plain.string(), "-G",
                   NODERIG_GENERATOR, "-DCMAKE_CXX_COMPILER=clang++-16"});
  ASSERT_TRUE(configured.ok()) << configured.err;
  const CommandResult result = project_->impact({"record", "--build", plain.string()});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.err, HasSubstr("-fprofile-instr-generate"));
}

TEST_F(ImpactSelection, IsEverythingWhenARecordingWasKilled) {
  const auto pipe = project_->directory().parent_path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto database = (project_->directory().parent_path() / "killed.sqlite").string();
  std::vector<std::string> words =
      project_->command({"record", "--no-build", "-j", "1", "--db", database});
  words.insert(words.begin(), {"env", "PRICE_TEST_PIPE=" + pipe.string()});
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t pid = -1;
  ASSERT_EQ(::posix_spawnp(&pid, argv[0], nullptr, nullptr, argv.data(), environ), 0);
  // Opens when the last test waits at the other end, behind two that have been recorded.
  const int writer = ::open(pipe.c_str(), O_WRONLY);
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  ::close(writer);

  const json selection = project_->json_of({"select", "--db", database});
  EXPECT_EQ(selection.at("everything"), true);
  EXPECT_EQ(selection.at("reasons").at(0).at("code"), "interrupted-recording");
  EXPECT_EQ(selected_in(selection), kAll);
}

TEST_F(ImpactSelection, RunsFindsAsManyFailuresAsEverythingAndRemembersThem) {
  override_charge(*project_, "return days;");
  const json run = project_->json_of({"run"});
  EXPECT_EQ(run.at("failed"), 1);
  EXPECT_EQ(run.at("tests").size(), 1U);
  EXPECT_EQ(run.at("recording").at("complete"), true);
  EXPECT_THAT(untested_in(run), IsEmpty());

  const json everything = project_->json_of(
      {"record", "--db", (project_->directory().parent_path() / "all.sqlite").string()});
  EXPECT_EQ(everything.at("failed"), run.at("failed"));

  const json again = project_->json_of({"select"});
  EXPECT_THAT(selected_in(again), ElementsAre("PriceTest.Regular"));
  EXPECT_EQ(again.at("affected").at(0).at("reason"), "failed");
}

// The last one: the build directory has one more test from here on.
TEST_F(ImpactSelection, HasScriptsWheneverAFileDiffers) {
  project_->edit("CMakeLists.txt", "COMMAND price_test)",
                 "COMMAND price_test)\nadd_test(NAME script "
                 "COMMAND grep -q Price ${CMAKE_CURRENT_SOURCE_DIR}/price.cpp)");
  const auto database = (project_->directory().parent_path() / "script.sqlite").string();
  project_->impact({"record", "--db", database});
  EXPECT_THAT(selected_in(project_->json_of({"select", "--db", database})), IsEmpty());
  project_->edit("price.cpp", "3 * days", "3 * /* a comment */ days");
  const json selection = project_->json_of({"select", "--db", database});
  EXPECT_THAT(selected_in(selection), ElementsAre("ctest:script"));
  EXPECT_EQ(selection.at("affected").at(0).at("reason"), "unrecorded");
  EXPECT_THAT(selected_in(project_->json_of({"select", "--db", database, "--ignore", "*.cpp"})),
              IsEmpty());
}

}  // namespace
}  // namespace noderig
