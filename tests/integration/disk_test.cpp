// A disk that is full, or that cannot be written: the rig says so with a status of its own, blames
// no scenario, and leaves nothing behind. Each test mounts a small file system that only its
// processes see and that goes with them.
#include "rig_test.h"

#include <unistd.h>

namespace noderig {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;

class Disk : public RigTest {
 protected:
  void SetUp() override {
    RigTest::SetUp();
    if (!in_namespace({"mount", "-t", "tmpfs", "none", directory_ / "tmp"}).ok()) {
      GTEST_SKIP() << "mounting takes root, or user namespaces";
    }
  }

  // `noderig run SCENARIO` with a file system of these options as `mount_point`. What it leaves
  // there comes last on its standard output, after "left:".
  CommandResult run_on(const std::string& options, const fs::path& mount_point,
                       const std::string& scenario) {
    return in_namespace({"sh", "-c",
                         "mount -t tmpfs -o \"$1\" none \"$2\" || exit 99; cd \"$2\"; shift 2; "
                         "\"$@\"; status=$?; echo left:; find . -type f; exit $status",
                         "sh", options, mount_point, NODERIG_PROGRAM, "run", scenario, "--plugin",
                         plugin(scenario), "--daemon", daemon_});
  }

  CommandResult in_namespace(std::vector<std::string> words) {
    std::vector<std::string> argv = {"unshare", "--mount"};
    if (::geteuid() != 0) argv.push_back("--map-root-user");
    argv.insert(argv.end(), words.begin(), words.end());
    return run_command(argv, {.environment = environment_, .timeout = kLongest});
  }
};

TEST_F(Disk, ScratchSpaceThatIsTooSmallForANode) {
  const fs::path tmp = directory_ / "tmp";
  // Not quite 3 MB, of which ThreadSanitizer takes half a MB.
  const CommandResult result = run_on("size=2600k", tmp, "passes");
  EXPECT_EQ(result.status, kEnvironment);
  EXPECT_THAT(result.err, HasSubstr("a node needs 100 MB of disk in " + tmp.string() +
                                    ", which has 2 MB (TMPDIR chooses another place)"));
  EXPECT_EQ(result.out, "left:\n");
}

TEST_F(Disk, ScratchSpaceThatCannotBeWritten) {
  const fs::path tmp = directory_ / "tmp";
  const CommandResult result = run_on("ro", tmp, "passes");
  EXPECT_EQ(result.status, kEnvironment);
  EXPECT_THAT(result.err, AllOf(HasSubstr("no scratch directory can be made in " + tmp.string()),
                                HasSubstr("TMPDIR")));
  EXPECT_EQ(result.out, "left:\n");
}

TEST_F(Disk, HomeThatCannotBeWritten) {
  const fs::path home = directory_ / "home";
  const CommandResult result = run_on("ro", home, "passes");
  EXPECT_EQ(result.status, kEnvironment);
  EXPECT_THAT(result.err, AllOf(HasSubstr("cannot be written to " + home.string()),
                                HasSubstr("Read-only file system"), HasSubstr("NODERIG_HOME")));
  EXPECT_EQ(result.out, "left:\n");
  EXPECT_THAT(scratch_directories(), IsEmpty());
}

TEST_F(Disk, HomeThatCannotBeWrittenCanBeRead) {
  const std::string home = directory_ / "home";
  const auto read = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"sh", "-c",
                                 "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\" || "
                                 "exit 99; shift; exec \"$@\"",
                                 "sh", home, NODERIG_PROGRAM});
    CommandResult result = in_namespace(words);
    EXPECT_EQ(result.status, kPassed) << result.err;
    return result.out;
  };
  EXPECT_EQ(read({"history", "show"}), "There are no past runs yet.\n");
  const std::vector<std::string> list = {"list",           "passes",   "--plugin",
                                         plugin("passes"), "--daemon", daemon_};
  EXPECT_THAT(read(list), HasSubstr("a sound scenario"));
  EXPECT_EQ(run("passes").status, kPassed);
  EXPECT_THAT(read({"history", "show"}), HasSubstr("passes "));
  EXPECT_THAT(read({"history", "export"}), HasSubstr("scenario:passes"));
  EXPECT_THAT(read(list), HasSubstr("a sound scenario"));
}

TEST_F(Disk, HomeThatIsFull) {
  const fs::path home = directory_ / "home";
  const CommandResult result = run_on("size=1m", home, "passes");
  EXPECT_EQ(result.status, kEnvironment);
  EXPECT_THAT(result.err, AllOf(HasSubstr("of disk in " + home.string() + ", which has 1 MB"),
                                HasSubstr("NODERIG_HOME")));
  EXPECT_EQ(result.out, "left:\n");
}

TEST_F(Disk, FillingUpDuringARunIsNoFaultOfTheScenario) {
  const CommandResult result = run_on("size=200m", directory_ / "tmp", "fills_its_disk");
  EXPECT_EQ(result.status, kEnvironment) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("the disk is full: a node needs 100 MB of disk in "));
  EXPECT_THAT(result.out, EndsWith("0 passed, 1 failed, 0 skipped\nleft:\n"));
  EXPECT_FALSE(fs::exists(directory_ / "home" / "bundles" / "fills_its_disk"));
}

TEST_F(Disk, ABundleWithoutAPlaceIsToldOfWithTheFailure) {
  // The node's directory alone is larger.
  const CommandResult result = run_on("size=10m", directory_ / "home", "throws");
  EXPECT_EQ(result.status, kEnvironment) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("nothing can be kept in " +
                                          (directory_ / "home" / "bundles").string()),
                                HasSubstr("the door is locked"), Not(HasSubstr("kept: "))));
  // What the daemon and the machine can do is remembered, and that it failed; its files are gone.
  EXPECT_THAT(result.out.substr(result.out.find("left:")),
              MatchesRegex("left:\n(\\./(profiles/[0-9a-f]+\\.json|machine\\.json|"
                           "history\\.(sqlite|lock)|history\\.sqlite-new\\.lock)\n)+"));
  EXPECT_THAT(scratch_directories(), IsEmpty());
}

}  // namespace
}  // namespace noderig
