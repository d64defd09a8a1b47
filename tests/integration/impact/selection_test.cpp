// Recording and selection from beginning to end, on the Price example.
#include "impact_fixture.h"

#include <fcntl.h>
#include <noderig/framework/files.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>
#include <fstream>

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

// A recording that stands still before its last test, behind two that have been recorded.
class PausedRecording {
 public:
  PausedRecording(const ImpactProject& project, const std::string& name)
      : database_(project.directory().parent_path() / (name + ".sqlite")) {
    const std::string pipe = (project.directory().parent_path() / (name + ".pipe")).string();
    EXPECT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    pid_ = project.start("impact", {"record", "--no-build", "-j", "1", "--db", database()},
                         {"PRICE_TEST_PIPE=" + pipe});
    writer_ = ::open(pipe.c_str(), O_WRONLY);  // opens when the test waits at the other end
  }
  // Its exit status, once the test has gone on.
  int end() const {
    ::close(writer_);
    return wait_for(pid_);
  }
  pid_t pid() const { return pid_; }
  std::string database() const { return database_.string(); }

 private:
  std::filesystem::path database_;
  pid_t pid_ = -1;
  int writer_ = -1;
};

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

  // Everything is selected, for a reason of this code; returns the reason.
  static json expect_everything(std::vector<std::string> words, const std::string& code) {
    words.insert(words.begin(), "select");
    const json selection = project_->json_of(words);
    EXPECT_EQ(selection.at("everything"), true);
    EXPECT_EQ(selected_in(selection), kAll);
    for (const json& reason : selection.at("reasons")) {
      if (reason.at("code") == code) return reason;
    }
    ADD_FAILURE() << "no " << code << " in " << selection.at("reasons");
    return {};
  }

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
  PausedRecording recording(*project_, "killed");
  ::kill(recording.pid(), SIGKILL);
  EXPECT_EQ(recording.end(), 128 + SIGKILL);
  expect_everything({"--db", recording.database()}, "interrupted-recording");
}

TEST_F(ImpactSelection, IsEverythingWhenTheSourceWasEditedWhileItWasRecorded) {
  PausedRecording recording(*project_, "edited");
  project_->edit("price.cpp", "3 * days", "4 * days");
  EXPECT_EQ(recording.end(), 3);
  expect_everything({"--db", recording.database()}, "interrupted-recording");
}

TEST_F(ImpactSelection, IsEverythingForAFileThatDoesNotParse) {
  project_->edit("price.cpp", "3 * days", "3 *");
  const json reason = expect_everything({}, "unparsable");
  EXPECT_EQ(reason.at("file"), "price.cpp");
  EXPECT_THAT(reason.at("text").get<std::string>(), HasSubstr("price.cpp:4"));
}

TEST_F(ImpactSelection, IsEverythingForOtherFlagsAndForAnotherCompiler) {
  const auto file = project_->directory() / "build" / "compile_commands.json";
  const std::string commands = read_file(file);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string edited = commands;
    for (auto at = edited.find(from); at != edited.npos; at = edited.find(from, at + to.size())) {
      edited.replace(at, from.size(), to);
    }
    EXPECT_NE(edited, commands);
    std::ofstream(file) << edited;
  };
  with("-O0", "-O1");
  expect_everything({}, "compile-commands");
  with("clang++-16 ", "g++ ");
  expect_everything({}, "toolchain");
  std::ofstream(file) << commands;
}

TEST_F(ImpactSelection, IsEverythingOfARevisionThatIsNotRecorded) {
  project_->edit("price.cpp", "3 * days", "days * 3");
  project_->commit();
  expect_everything({"--before", "HEAD"}, "no-recording");
  project_->git({"reset", "-q", "--hard", "HEAD~1"});
}

TEST_F(ImpactSelection, IsEverythingWhenGitHasTheRecordedVersionNoMore) {
  const std::string database = (project_->directory().parent_path() / "pruned.sqlite").string();
  project_->edit("price.cpp", "charge / 2", "charge / 3");
  EXPECT_EQ(project_->impact({"record", "--db", database}).status, 0);
  project_->git({"prune", "--expire=now"});
  expect_everything({"--db", database}, "missing-revision");
}

TEST_F(ImpactSelection, NeedsCompileCommands) {
  const auto empty = project_->directory().parent_path() / "empty";
  std::filesystem::create_directory(empty);
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"record"}, {"select"}, {"diff", "--before", "HEAD"}, {"run"}}) {
    std::vector<std::string> command = words;
    command.insert(command.end(), {"--build", empty.string()});
    const CommandResult result = project_->impact(command);
    EXPECT_EQ(result.status, 3) << words[0];
    EXPECT_THAT(result.err, HasSubstr("compile_commands.json")) << words[0];
    EXPECT_THAT(result.err, HasSubstr("cmake -S")) << words[0];
  }
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
