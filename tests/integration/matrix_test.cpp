// One run on several daemons: the table, its machine output, and which daemons it refuses.
#include "rig_test.h"

#include <fstream>

namespace noderig {
namespace {

using Json = nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// The daemon under test, and a wrapper of it whose nodes do not start; the probe's does.
class Matrix : public RigTest {
 protected:
  void SetUp() override {
    RigTest::SetUp();
    broken_ =
        wrapped_daemon(R"(case "$*" in */probe*) ;; *) echo 'no such luck' >&2; exit 1 ;; esac)");
  }

  std::string broken_;
};

TEST_F(Matrix, PrintsATableOfScenariosAndDaemons) {
  const CommandResult result = run("passes", {"--daemon", broken_});
  EXPECT_EQ(result.status, kFailed);
  EXPECT_THAT(result.out, HasSubstr("\nscenario  "));
  EXPECT_THAT(result.out, testing::ContainsRegex("\npasses +passed [0-9.]+ s +failed [0-9.]+ s\n"));
  EXPECT_THAT(result.out, HasSubstr("passes on " + broken_ + ": failed: "));
  EXPECT_THAT(result.out, HasSubstr("passes on " + broken_ + ": started\n"));
  EXPECT_EQ(last_line(result.out), "1 passed, 1 failed, 0 skipped");
  EXPECT_THAT(result.out, HasSubstr("--daemon " + broken_));  // in what repeats the failure
}

TEST_F(Matrix, SkipsByCapabilityOnEachDaemon) {
  const CommandResult result = run("needs_what_no_daemon_has", {"--daemon", broken_});
  EXPECT_EQ(result.status, kSkipped);
  EXPECT_THAT(result.out, testing::ContainsRegex("skipped +skipped\n"));
}

TEST_F(Matrix, HasOneEntryAnExecutionForPrograms) {
  const auto file = directory_ / "run.json";
  const auto junit = directory_ / "run.xml";
  const CommandResult result = run("passes", {"--daemon", broken_, "--json", "--json-file",
                                              file.string(), "--junit", junit.string()});
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json, Json::parse(read_file(file)));
  ASSERT_EQ(json["daemons"].size(), 2u);
  ASSERT_EQ(json["scenarios"].size(), 2u);
  for (const int i : {0, 1}) {
    EXPECT_EQ(json["scenarios"][i]["daemon"], json["daemons"][i]["name"]);
    EXPECT_THAT(read_file(junit),
                HasSubstr("passes@" + json["daemons"][i]["name"].get<std::string>()));
  }
  EXPECT_EQ(json["daemons"][1]["path"], broken_);
  EXPECT_EQ(json["scenarios"][0]["verdict"], "passed");
  EXPECT_EQ(json["scenarios"][1]["verdict"], "failed");
  EXPECT_THAT(result.err, HasSubstr("\nscenario  "));
}

TEST_F(Matrix, OfOneDaemonIsNoTable) {
  const CommandResult result = run("passes");
  EXPECT_EQ(result.status, kPassed);
  EXPECT_THAT(result.out, Not(HasSubstr("scenario  ")));
}

TEST_F(Matrix, RefusesOneDaemonTwice) {
  const auto link = directory_ / "link";
  std::filesystem::create_symlink(std::filesystem::absolute(daemon_), link);
  const CommandResult result = run("passes", {"--daemon", link.string()});
  EXPECT_EQ(result.status, kUsage);
  EXPECT_THAT(result.err, AllOf(HasSubstr("--daemon " + link.string()), HasSubstr("one program")));
}

TEST_F(Matrix, NamesTheNearestDaemon) {
  const CommandResult result = run("passes", {"--daemon", "bcion"});
  EXPECT_EQ(result.status, kUsage);
  EXPECT_THAT(result.err, AllOf(HasSubstr("\"bcion\""), HasSubstr("did you mean \"bcoin\"")));
}

TEST_F(Matrix, SaysHowADaemonIsFetched) {
  const CommandResult result = run("passes", {"--daemon", "bcoin"});
  EXPECT_EQ(result.status, kEnvironment);
  EXPECT_THAT(result.err, HasSubstr("noderig daemon get bcoin"));
}

}  // namespace
}  // namespace noderig
