// Runs beside each other, and runs that are ended from outside.
#include "rig_test.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace noderig {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Process : public RigTest {};

constexpr const char* kWaiting = "wait for what never comes";

// Waits until nobody holds the lock: the kernel drops a dead process's locks one by one with its
// other files.
void wait_until_abandoned(const std::filesystem::path& file) {
  const int lock = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(lock, 0);
  EXPECT_EQ(::flock(lock, LOCK_EX), 0);
  ::close(lock);
}

TEST_F(Process, RunsSideBySideDoNotMeet) {
  // With one seed, and so with the same first choice of everything.
  RigProcess first = start("nodes", {"--seed", "1"});
  RigProcess second = start("nodes", {"--seed", "1", "-j", "2", "--repeat", "2"});
  const CommandResult one = first.wait();
  const CommandResult two = second.wait();
  EXPECT_EQ(one.status, kPassed) << one.out << one.err;
  EXPECT_EQ(last_line(one.out), "1 passed, 0 failed, 0 skipped");
  EXPECT_EQ(two.status, kPassed) << two.out << two.err;
  EXPECT_EQ(last_line(two.out), "2 passed, 0 failed, 0 skipped");
}

TEST_F(Process, InterruptEndsTheRunInOrder) {
  RigProcess rig = start("waits_forever", {"--repeat", "2", "-j", "1"});
  rig.await_output(kWaiting);
  rig.signal(SIGINT);
  const CommandResult result = rig.wait();
  EXPECT_EQ(result.status, kFailed);
  EXPECT_THAT(result.out, AllOf(HasSubstr("interrupted waits_forever"),
                                HasSubstr("interrupted by the user"), HasSubstr(kWaiting)));
  EXPECT_EQ(last_line(result.out), "0 passed, 1 failed, 0 skipped");
  EXPECT_THAT(processes_with(directory_.string()), IsEmpty());
  EXPECT_THAT(scratch_directories(), IsEmpty());
}

// The worker may not listen to signals yet.
TEST_F(Process, InterruptAtTheBeginningIsTheUsers) {
  EXPECT_EQ(run("passes").status, kPassed);  // what the daemon can do is known
  RigProcess rig = start("waits_forever");
  rig.await_output("waits_forever on ");
  rig.signal(SIGINT);
  const CommandResult result = rig.wait();
  EXPECT_EQ(result.status, kFailed);
  EXPECT_THAT(result.out, AllOf(HasSubstr("interrupted waits_forever on"),
                                HasSubstr("interrupted by the user"), Not(HasSubstr("killed"))));
}

TEST_F(Process, InterruptEndsTheStartOfNodesAndTheBuildingOfAChain) {
  daemon_ = daemon_that_will_hang();
  EXPECT_EQ(run("passes").status, kPassed);  // what it can do is known
  const std::string started = hang();
  for (const char* scenario : {"passes", "mature_chain"}) {
    RigProcess rig = start(scenario);
    EXPECT_EQ(read_file(started), "\n");
    rig.signal(SIGINT);
    const CommandResult result = rig.wait();
    EXPECT_EQ(result.status, kFailed);
    EXPECT_THAT(result.out, AllOf(HasSubstr(fmt::format("interrupted {} on", scenario)),
                                  HasSubstr("interrupted by the user")));
    EXPECT_THAT(processes_with(directory_.string()), IsEmpty());
  }
}

TEST_F(Process, NodeThatNeverAnswersFailsWithHowItWasStarted) {
  daemon_ = daemon_that_will_hang();
  EXPECT_EQ(run("passes").status, kPassed);
  hang();
  const CommandResult result = run("passes", {"--timeout-factor", "0.01"});
  EXPECT_EQ(result.status, kFailed);
  EXPECT_THAT(result.out, AllOf(HasSubstr("node0 was not ready after"), HasSubstr("command: ")));
  EXPECT_THAT(processes_with(directory_.string()), IsEmpty());
}

TEST_F(Process, WhoseOutputNobodyReadsWritesItsReports) {
  const std::string report = (directory_ / "report.xml").string();
  const std::string command =
      fmt::format("{} | true; exit ${{PIPESTATUS[0]}}",
                  quote_command({NODERIG_PROGRAM, "run", "passes", "--plugin", plugin("passes"),
                                 "--daemon", daemon_, "--junit", report}));
  const CommandResult result =
      run_command({"bash", "-c", command}, {.environment = environment_, .timeout = kLongest});
  EXPECT_EQ(result.status, kPassed) << result.err;
  EXPECT_THAT(read_file(report), HasSubstr("passes"));
}

TEST_F(Process, WhoseOutputHasNoPlaceSaysSo) {
  const CommandResult result =
      run_command({"bash", "-c",
                   quote_command({NODERIG_PROGRAM, "run", "passes", "--plugin", plugin("passes"),
                                  "--daemon", daemon_}) +
                       " > /dev/full"},
                  {.environment = environment_, .timeout = kLongest});
  EXPECT_EQ(result.status, kEnvironment);
  EXPECT_THAT(result.err, HasSubstr("cannot print the results: No space left on device"));
}

TEST_F(Process, TakesADirectoryForTemporaryFilesAsItIsNamed) {
  environment_.push_back("TMPDIR=near");
  std::filesystem::create_directory(directory_ / "near");
  std::vector<std::string> words = {NODERIG_PROGRAM, "run", "passes", "--plugin", plugin("passes")};
  words.insert(words.end(), {"--daemon", std::filesystem::absolute(daemon_)});
  const CommandResult result = shell(quote_command(words));
  EXPECT_EQ(result.status, kPassed) << result.out << result.err;
  EXPECT_TRUE(std::filesystem::is_empty(directory_ / "near"));
}

TEST_F(Process, LeavesAloneTheChildrenThatItWasBornWith) {
  // The child of a shell that becomes noderig.
  const CommandResult result = run_command(
      {"bash", "-c",
       fmt::format("sleep 1000 & echo $! > {}; exec {}", quote_command({directory_ / "child"}),
                   quote_command({NODERIG_PROGRAM, "run", "passes", "--plugin", plugin("passes"),
                                  "--daemon", daemon_}))},
      {.environment = environment_, .timeout = kLongest});
  EXPECT_EQ(result.status, kPassed) << result.err;
  const pid_t child = std::stoi(read_file(directory_ / "child"));
  pollfd ended{static_cast<int>(::syscall(SYS_pidfd_open, child, 0)), POLLIN, 0};
  ASSERT_GE(ended.fd, 0) << "it was killed: " << std::strerror(errno);
  EXPECT_EQ(::kill(child, SIGKILL), 0);
  EXPECT_EQ(::poll(&ended, 1, std::chrono::milliseconds(kLongest).count()), 1) << "it lives on";
  ::close(ended.fd);
}

TEST_F(Process, SecondInterruptKills) {
  RigProcess rig = start("never_returns");
  rig.await_output("turn in circles");
  rig.signal(SIGINT);
  rig.await_output("once more kills it");
  rig.signal(SIGINT);
  const CommandResult result = rig.wait();
  EXPECT_EQ(result.status, kFailed);
  EXPECT_EQ(last_line(result.out), "0 passed, 1 failed, 0 skipped");
  EXPECT_THAT(processes_with(directory_.string()), IsEmpty());
}

TEST_F(Process, KilledRunnerLeavesNoProcessAndItsScratchIsSwept) {
  RigProcess rig = start("waits_forever");
  rig.await_output(kWaiting);
  EXPECT_THAT(processes_with(directory_.string()), SizeIs(testing::Ge(4)));
  rig.signal(SIGKILL);
  EXPECT_EQ(rig.wait().status, 128 + SIGKILL);
  EXPECT_TRUE(rig.wait_for_descendants(20s));
  EXPECT_THAT(processes_with(directory_.string()), IsEmpty());

  ASSERT_THAT(scratch_directories(), SizeIs(1));
  wait_until_abandoned(scratch_directories().front() / ".lock");
  EXPECT_EQ(run("passes").status, kPassed);
  EXPECT_THAT(scratch_directories(), IsEmpty());
}

TEST_F(Process, LogOfAKilledRunIsSweptAndThatOfALivingOneIsNot) {
  RigProcess rig = start("waits_forever");
  rig.await_output(kWaiting);
  std::filesystem::path log;
  for (const auto& run : std::filesystem::directory_iterator(directory_ / "home" / "bundles")) {
    log = run.path() / "waits_forever.log";
  }
  ASSERT_TRUE(std::filesystem::exists(log));
  const auto age = [&] {
    std::filesystem::last_write_time(
        log, std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  };
  age();
  EXPECT_EQ(run("passes").status, kPassed);
  EXPECT_TRUE(std::filesystem::exists(log));
  rig.signal(SIGKILL);
  rig.wait();
  EXPECT_TRUE(rig.wait_for_descendants(20s));
  wait_until_abandoned(log);
  age();
  EXPECT_EQ(run("passes").status, kPassed);
  EXPECT_FALSE(std::filesystem::exists(log.parent_path()));
}

TEST_F(Process, KilledTogetherRunnerAndWorkerLeaveNothingThatADaemonDetached) {
  daemon_ = wrapped_daemon("setsid sleep 600 &");
  RigProcess rig = start("waits_forever");
  rig.await_output(kWaiting);
  std::vector<pid_t> workers;
  std::vector<std::string> detached;
  for (const std::string& process : processes_with(directory_.string())) {
    // The supervisor has the worker's command line and a name of its own.
    const pid_t pid = std::stoi(process);
    const bool supervisor = read_file(fmt::format("/proc/{}/comm", pid)) == "noderig-sup\n";
    if (process.find("noderig worker") != std::string::npos && !supervisor) workers.push_back(pid);
    if (process.find("sleep 600") != std::string::npos) detached.push_back(process);
  }
  EXPECT_THAT(detached, SizeIs(1));
  ASSERT_THAT(workers, SizeIs(1));
  ::kill(workers.front(), SIGKILL);
  rig.signal(SIGKILL);
  rig.wait();
  EXPECT_TRUE(rig.wait_for_descendants(20s));
  EXPECT_THAT(processes_with(directory_.string()), IsEmpty());
}

TEST_F(Process, VerdictWaitsForADaemonThatTakesItsTimeToEnd) {
  const std::filesystem::path late = directory_ / "late";
  daemon_ = wrapped_daemon(quote_command({std::filesystem::absolute(daemon_).string()}) +
                           " \"$@\" & trap \"kill $!\" TERM; wait; wait; sleep 1; touch " +
                           quote_command({late.string()}) + "; exit 0");
  const CommandResult result = run("passes");
  EXPECT_EQ(result.status, kPassed) << result.out << result.err;
  EXPECT_TRUE(std::filesystem::exists(late));
}

TEST_F(Process, ClosedTerminalEndsTheRunInOrderUnlessItIsToGoOn) {
  RigProcess rig = start("waits_forever");
  rig.await_output(kWaiting);
  rig.signal(SIGHUP);
  const CommandResult result = rig.wait();
  EXPECT_EQ(result.status, kFailed);
  EXPECT_THAT(result.out, HasSubstr("0 passed, 1 failed, 0 skipped"));
  EXPECT_THAT(processes_with(directory_.string()), IsEmpty());

  const std::string line = quote_command(
      {NODERIG_PROGRAM, "run", "passes", "--plugin", plugin("passes"), "--daemon", daemon_});
  EXPECT_EQ(shell("trap '' HUP; { sleep 0.3; kill -HUP $$; } & exec " + line).status, kPassed);
}

TEST_F(Process, RunInProgressIsNotSwept) {
  RigProcess rig = start("waits_forever");
  rig.await_output(kWaiting);
  EXPECT_THAT(scratch_directories(), SizeIs(1));
  EXPECT_EQ(run("passes").status, kPassed);
  EXPECT_THAT(scratch_directories(), SizeIs(1));
  rig.signal(SIGTERM);
  EXPECT_EQ(rig.wait().status, kFailed);
}

}  // namespace
}  // namespace noderig
