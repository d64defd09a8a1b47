// `noderig new`: what it writes, where, and what it refuses.
#include "rig_test.h"

#include <fstream>

namespace noderig {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class NewScenario : public RigTest {
 protected:
  CommandResult make(const std::string& name, const fs::path& directory) {
    return noderig({"new", name, "--directory", directory.string()});
  }

  std::vector<std::string> files_in(const fs::path& directory) {
    std::vector<std::string> names;
    if (!fs::exists(directory)) return names;
    for (const auto& entry : fs::directory_iterator(directory)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  const fs::path& project() const { return project_; }

 private:
  void SetUp() override {
    RigTest::SetUp();
    project_ = directory_ / "project";
  }

  fs::path project_;
};

TEST_F(NewScenario, IsWrittenWithWhatBuildsIt) {
  const CommandResult result = make("fee_bump", project());
  EXPECT_EQ(result.status, kPassed) << result.err;
  EXPECT_THAT(files_in(project()), testing::UnorderedElementsAre("fee_bump.cpp", "CMakeLists.txt"));
  EXPECT_THAT(read_file(project() / "fee_bump.cpp"),
              AllOf(HasSubstr("NODERIG_SCENARIO(fee_bump,"), Not(HasSubstr("my_scenario"))));
  EXPECT_THAT(read_file(project() / "CMakeLists.txt"),
              HasSubstr("noderig_add_scenario(fee_bump fee_bump.cpp)"));
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("cmake --build"), HasSubstr("/bin/noderig run --plugin ")));
}

TEST_F(NewScenario, LeavesACMakeListsAsItIsAndSaysWhatToAdd) {
  fs::create_directory(project());
  std::ofstream(project() / "CMakeLists.txt") << "# mine\n";
  const CommandResult result = make("fee_bump", project());
  EXPECT_EQ(result.status, kPassed) << result.err;
  EXPECT_EQ(read_file(project() / "CMakeLists.txt"), "# mine\n");
  EXPECT_THAT(result.out, HasSubstr("noderig_add_scenario(fee_bump fee_bump.cpp)"));
}

TEST_F(NewScenario, NeedsNoCMakeListsAmongNoderigsOwn) {
  fs::create_directory(project());
  std::ofstream(project() / "noderig_add_scenario.cmake") << "\n";
  const CommandResult result = make("fee_bump", project());
  EXPECT_EQ(result.status, kPassed) << result.err;
  EXPECT_FALSE(fs::exists(project() / "CMakeLists.txt"));
  EXPECT_THAT(result.out, HasSubstr("tools/rig run fee_bump"));
}

TEST_F(NewScenario, RefusesBadNamesAndOffersABetterOne) {
  for (const auto& [bad, better] : std::vector<std::pair<std::string, std::string>>{
           {"Fee-Bump", "fee_bump"}, {"2nd", "my_2nd"}, {"../x", "my____x"}, {"", "my_scenario"}}) {
    const CommandResult result = make(bad, project());
    EXPECT_EQ(result.status, kUsage) << bad;
    EXPECT_THAT(result.err, AllOf(HasSubstr("\"" + bad + "\" is no name for a scenario"),
                                  HasSubstr("\"" + better + "\" would be one")));
  }
  EXPECT_THAT(files_in(project()), IsEmpty());
}

TEST_F(NewScenario, RefusesAFileThatIsThere) {
  fs::create_directory(project());
  std::ofstream(project() / "fee_bump.cpp") << "// mine\n";
  const CommandResult result = make("fee_bump", project());
  EXPECT_EQ(result.status, kUsage);
  EXPECT_THAT(result.err, HasSubstr((project() / "fee_bump.cpp").string() + " is there already"));
  EXPECT_EQ(read_file(project() / "fee_bump.cpp"), "// mine\n");
}

TEST_F(NewScenario, RefusesTheNameOfAScenarioThatIsKnown) {
  const CommandResult result = make("assumevalid", project());
  EXPECT_EQ(result.status, kUsage);
  EXPECT_THAT(result.err, AllOf(HasSubstr("a scenario is named \"assumevalid\" already"),
                                HasSubstr("assumevalid.cpp")));
  EXPECT_THAT(files_in(project()), IsEmpty());
}

TEST_F(NewScenario, SaysWhereItCannotBeWritten) {
  const CommandResult result = make("fee_bump", "/proc/nowhere");
  EXPECT_EQ(result.status, kEnvironment);
  EXPECT_THAT(result.err, HasSubstr("/proc/nowhere"));
}

}  // namespace
}  // namespace noderig
