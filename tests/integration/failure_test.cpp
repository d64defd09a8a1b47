// Scenarios that go wrong: each one fails, says why and where, and leaves no process.
#include "rig_test.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <filesystem>
#include <fstream>

namespace noderig {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class Failure : public RigTest {
 protected:
  // The reason for which the scenario failed. Its bundle must have been kept, with the node's log.
  std::string reason_of(const std::string& scenario, const std::vector<std::string>& options = {}) {
    const Json one = execution(scenario, options);
    EXPECT_EQ(one["status"], kFailed);
    EXPECT_EQ(one["verdict"], "failed");
    EXPECT_TRUE(one["bundle"].is_string());
    if (one["bundle"].is_string()) {
      bundle_ = one["bundle"].get<std::string>();
      EXPECT_TRUE(fs::exists(bundle_ / "node0" / "regtest" / "debug.log") ||
                  fs::exists(bundle_ / "node0" / "stderr.txt"))
          << bundle_;
    }
    EXPECT_THAT(scratch_directories(), testing::IsEmpty());
    return one["reason"];
  }

  fs::path bundle_;
};

// ---------------------------------------------------------------------------- The scenario's doing

TEST_F(Failure, ExceptionThatLeavesTheBody) {
  EXPECT_THAT(reason_of("throws"),
              AllOf(HasSubstr("the door is locked"), HasSubstr("at: open the door")));
  EXPECT_TRUE(fs::exists(bundle_ / "timeline.jsonl"));
  EXPECT_THAT(read_file(bundle_ / "timeline.jsonl"), HasSubstr("open the door"));
}

TEST_F(Failure, PrintsTheCommandThatRepeatsIt) {
  const CommandResult result = run("throws", {"--seed", "99"});
  EXPECT_EQ(result.status, kFailed);
  EXPECT_THAT(result.out, HasSubstr("Repeat: noderig run throws --seed 99 --daemon " + daemon_));
  EXPECT_EQ(last_line(result.out), "0 passed, 1 failed, 0 skipped");
}

TEST_F(Failure, ExceptionThatLeavesAnotherThread) {
  EXPECT_THAT(reason_of("throws_on_thread"), HasSubstr("the thread is torn"));
}

TEST_F(Failure, NoAssertion) {
  EXPECT_THAT(reason_of("asserts_nothing"), HasSubstr("no assertion ran"));
}

TEST_F(Failure, UndeclaredSubtest) {
  EXPECT_THAT(reason_of("undeclared_subtest"), HasSubstr("sub-test \"stowaway\" is not declared"));
}

TEST_F(Failure, DeclaredSubtestThatIsNotReached) {
  EXPECT_THAT(reason_of("unreached_subtest"), HasSubstr("sub-test left_out is declared"));
}

// ----------------------------------------------------------------------------------------- Hanging

TEST_F(Failure, WaitThatNeverEnds) {
  const std::string reason = reason_of("waits_forever", {"--timeout-factor", "0.05"});
  EXPECT_THAT(reason, AllOf(ContainsRegex("longer than its [0-9]+ s"),
                            HasSubstr("hung at: wait for what never comes")));
  // It had its time to tell more than the runner knows.
  EXPECT_THAT(reason, HasSubstr("its time is up"));
  EXPECT_THAT(reason, HasSubstr("the main thread: peer0@node0: waits for merkleblock at "
                                "scenarios/waits_forever.cpp:8 (since "));
  EXPECT_TRUE(fs::exists(bundle_ / "timeline.jsonl"));
  EXPECT_THAT(read_file(bundle_ / "hang.txt"),
              AllOf(HasSubstr("wait for what never comes"), HasSubstr("waits for merkleblock"),
                    HasSubstr("peer0@node0 p2p: <- verack"), HasSubstr("getblockcount [] -> 0"),
                    HasSubstr("The end of node0's log:")));
}

TEST_F(Failure, LoopThatNeverEnds) {
  const std::string reason = reason_of("never_returns", {"--timeout-factor", "0.05"});
  EXPECT_THAT(reason, AllOf(ContainsRegex("longer than its [0-9]+ s"),
                            HasSubstr("hung at: turn in circles"), HasSubstr("killed by signal 9"),
                            HasSubstr("its main thread was still running")));
  EXPECT_THAT(read_file(bundle_ / "hang.txt"),
              HasSubstr("the main thread waits for nothing that the rig knows of and is running"));
}

// ------------------------------------------------------------------------------------------ Deaths

TEST_F(Failure, KilledWorker) {
  EXPECT_THAT(reason_of("kills_its_worker"), HasSubstr("its worker was killed by signal 9"));
}

TEST_F(Failure, KilledSupervisorTakesTheDaemonsAndEndsTheWaitAtOnce) {
  EXPECT_THAT(reason_of("kills_its_supervisor"),
              AllOf(HasSubstr("node0 was killed by signal 9"),
                    HasSubstr("at: wait for what never comes"), Not(HasSubstr("hung"))));
}

TEST_F(Failure, KilledDaemonEndsTheWaitAtOnce) {
  EXPECT_THAT(reason_of("daemon_killed"),
              AllOf(HasSubstr("node1 was killed by signal 9"),
                    HasSubstr("at: wait for what never comes"), Not(HasSubstr("hung"))));
}

TEST_F(Failure, DaemonThatDoesNotStart) {
  EXPECT_THAT(reason_of("bad_argument"), AllOf(HasSubstr("node0 exited with status 1"),
                                               HasSubstr("Invalid parameter -nosuchoption")));
}

TEST_F(Failure, RefusalThatDoesNotCome) {
  EXPECT_THAT(reason_of("start_not_refused"),
              AllOf(HasSubstr("node0 started with -maxconnections=8"),
                    HasSubstr("a refusal with \"Invalid parameter\" was expected")));
}

// ---------------------------------------------------------------------------------- Daemons' noise

TEST_F(Failure, DaemonThatWritesToItsStandardError) {
  daemon_ = wrapped_daemon("echo noise from below >&2");
  EXPECT_THAT(reason_of("passes"),
              HasSubstr("node0 wrote to its standard error: noise from below"));
}

TEST_F(Failure, DaemonThatEndsBadly) {
  // The wrapper stays, and turns a clean end into another one.
  daemon_ = wrapped_daemon(quote_command({fs::absolute(daemon_).string()}) +
                           " \"$@\" & trap \"kill $!\" TERM; wait; wait; exit 3");
  EXPECT_THAT(reason_of("passes"), HasSubstr("node0 exited with status 3"));
}

TEST_F(Failure, WrapperThatDiesAndLeavesItsDaemon) {
  daemon_ =
      wrapped_daemon(quote_command({fs::absolute(daemon_).string()}) + " \"$@\" & wait; exit");
  EXPECT_THAT(reason_of("passes"), HasSubstr("node0 was killed by signal 15"));
}

TEST_F(Failure, DaemonThatLogsAFailedAssertionOrASanitizersReport) {
  const std::vector<std::string> lines = {
      "net.cpp:1: Assertion `sound` failed.",
      "Internal bug detected: sound",
      "==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010",
      "net.cpp:2:3: runtime error: signed integer overflow",
      "WARNING: ThreadSanitizer: data race (pid=1)",
  };
  std::ofstream(directory_ / "faults") << fmt::format("{}\n", fmt::join(lines, "\n"));
  daemon_ =
      wrapped_daemon(fmt::format("for a; do case $a in -datadir=*) mkdir -p \"${{a#*=}}/regtest\"; "
                                 "cat '{}' >> \"${{a#*=}}/regtest/debug.log\";; esac; done",
                                 (directory_ / "faults").string()));
  const std::string reason = reason_of("passes");
  for (const std::string& line : lines) EXPECT_THAT(reason, HasSubstr("node0 logged: " + line));
}

// ------------------------------------------------------------------------------------------- Peers

TEST_F(Failure, PeerThatIsDroppedUnexpectedly) {
  const Json one = execution("peer_dropped");
  EXPECT_EQ(one["status"], kFailed);
  ASSERT_EQ(one["subtests"].size(), 2) << one["reason"];
  EXPECT_EQ(one["subtests"][0]["verdict"], "passed") << one["subtests"][0]["reason"];
  EXPECT_EQ(one["subtests"][1]["verdict"], "failed");
  EXPECT_THAT(one["subtests"][1]["reason"].get<std::string>(),
              HasSubstr("was dropped by the node, which no step expected"));

  for (const auto* scenario : {"peer_dropped_at_end", "peer_dropped_for_last_message"}) {
    EXPECT_THAT(reason_of(scenario),
                HasSubstr("peer0@node0 was dropped by the node, which no step expected"));
  }
}

}  // namespace
}  // namespace noderig
