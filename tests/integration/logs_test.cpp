// What a failure leaves, and what can be made of it: bundles, their time lines, pauses.
#include "rig_test.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace noderig {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::SizeIs;

class Logs : public RigTest {
 protected:
  std::string logs(std::vector<std::string> words) {
    words.insert(words.begin(), "logs");
    const CommandResult result = noderig(words);
    EXPECT_EQ(result.status, kPassed) << result.err;
    return result.out;
  }
};

TEST_F(Logs, ListsWhatFailuresLeft) {
  EXPECT_THAT(logs({}), HasSubstr("no bundles in "));
  run("throws");
  EXPECT_THAT(logs({}), AllOf(HasSubstr("  throws  0 min ago, "), HasSubstr(" MB\n"),
                              HasSubstr("    failed: the door is locked\n")));
}

TEST_F(Logs, ShowsTheTimeLineOfAFailure) {
  run("throws");
  EXPECT_THAT(
      logs({"last", "thr"}),
      AllOf(HasSubstr("node0 node started, pid "), HasSubstr("node0 rpc  getblockcount [] -> 0 ("),
            HasSubstr(" ---- open the door\n"), HasSubstr("node0 log  [init] "),
            Not(HasSubstr("\033["))));
  EXPECT_THAT(logs({"last", "--kind", "step"}), MatchesRegex("[0-9:.]+ ---- open the door\n"));
  EXPECT_THAT(logs({"last", "--grep", "Done loading"}),
              MatchesRegex("[0-9:.]+ node0 log  [^\n]*Done loading\n"));
  EXPECT_THAT(logs({"last", "--limit", "3", "--node", "node0"}), MatchesRegex("([^\n]+\n){3}"));
  EXPECT_THAT(logs({"last", "--around", "door", "--kind", "rpc,node"}), HasSubstr("getblockcount"));
}

TEST_F(Logs, NamesTheNearestOfWhatIsNotThere) {
  run("throws");
  for (const auto& [words, expected] :
       {std::pair{std::vector<std::string>{"logs", "last", "throw5"}, "it has throws"},
        {{"logs", "nowhere"}, "no bundle of a run \"nowhere\""},
        {{"logs", "last", "--around", "shut the door"}, "did you mean \"open the door\""},
        {{"logs", "last", "--node", "node7"}, "\"node0\""},
        {{"logs", "last", "--kind", "rcp"}, "did you mean \"rpc\""},
        {{"logs", "last", "--grep", "("}, "--grep \"(\" is no regular expression"}}) {
    const CommandResult result = noderig(words);
    EXPECT_EQ(result.status, kUsage) << words.back();
    EXPECT_THAT(result.err, HasSubstr(expected));
  }
}

TEST_F(Logs, WritesAPageAndACapture) {
  run("peer_dropped_at_end");
  const fs::path page = directory_ / "page.html";
  const fs::path capture = directory_ / "peers.pcap";
  EXPECT_THAT(logs({"last", "--html", page.string(), "--pcap", capture.string()}), IsEmpty());
  EXPECT_THAT(read_file(page), AllOf(HasSubstr("<!DOCTYPE html>"), HasSubstr("peer_dropped_at_end"),
                                     HasSubstr("peer0@node0")));
  // The message that had the peer dropped, in a frame with regtest's magic.
  EXPECT_THAT(read_file(capture), HasSubstr("\xfa\xbf\xb5\xdaverack"));
  const CommandResult refused = noderig({"logs", "last", "--html", "/nowhere/page.html"});
  EXPECT_EQ(refused.status, kEnvironment);
  EXPECT_THAT(refused.err, HasSubstr("/nowhere/page.html"));
}

TEST_F(Logs, RefusesACaptureWithGapsOrInThePlaceOfAPage) {
  run("throws");
  const std::string file = directory_ / "peers.pcap";
  for (const auto& [option, value] : {std::pair{"--html", file.c_str()},
                                      {"--grep", "verack"},
                                      {"--around", "door"},
                                      {"--kind", "p2p"},
                                      {"--limit", "3"}}) {
    const CommandResult refused = noderig({"logs", "last", "--pcap", file, option, value});
    EXPECT_EQ(refused.status, kUsage) << option;
    EXPECT_THAT(refused.err, AllOf(HasSubstr(option), HasSubstr("--pcap")));
    EXPECT_FALSE(fs::exists(file));
  }
}

TEST_F(Logs, KilledWorkerLeavesItsTimeLine) {
  const Json one = execution("kills_its_worker");
  EXPECT_THAT(logs({"last"}),
              AllOf(HasSubstr("node0 node started, pid "), HasSubstr("getblockcount [] -> 0"),
                    HasSubstr("node0 log  [init] ")));
  const Json facts =
      Json::parse(read_file(fs::path(one["bundle"].get<std::string>()) / "bundle.json"));
  EXPECT_EQ(facts["scenario"], "kills_its_worker");
  EXPECT_EQ(facts["verdict"], "failed");
  EXPECT_THAT(facts["reason"].get<std::string>(), HasSubstr("killed by signal 9"));
  EXPECT_THAT(facts["command"].get<std::string>(),
              AllOf(HasSubstr("noderig run kills_its_worker --seed "), HasSubstr("--plugin ")));
  EXPECT_FALSE(facts["daemon"]["version"].get<std::string>().empty());
}

TEST_F(Logs, AreColouredOnATerminalAlone) {
  run("throws");
  EXPECT_THAT(noderig_on_terminal({"logs", "last"}).out, HasSubstr("\033["));
  EXPECT_THAT(logs({"last"}), Not(HasSubstr("\033[")));
}

TEST_F(Logs, ReaderThatLeavesEndsThemQuietly) {
  run("throws");
  const CommandResult result =
      run_command({"/bin/sh", "-c", "\"$0\" logs last | head -n 1", NODERIG_PROGRAM},
                  {.environment = environment_});
  EXPECT_THAT(result.err, IsEmpty());
  EXPECT_THAT(result.out, MatchesRegex("[^\n]+\n"));
}

// ------------------------------------------------------------------------------------------ Pauses

// To type into what has it as its standard input.
class Terminal {
 public:
  Terminal() : keyboard_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (keyboard_ >= 0 && ::grantpt(keyboard_) == 0 && ::unlockpt(keyboard_) == 0) {
      input_ = ::open(::ptsname(keyboard_), O_RDWR | O_NOCTTY | O_CLOEXEC);
    }
    if (input_ < 0) throw std::runtime_error("there is no terminal to be had");
  }
  ~Terminal() {
    ::close(input_);
    ::close(keyboard_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  int input() const { return input_; }
  void type(std::string_view text) const {
    EXPECT_EQ(::write(keyboard_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

 private:
  int keyboard_;
  int input_ = -1;
};

class PauseOnFailure : public RigTest {
 protected:
  static constexpr const char* kPaused = "stands still; its nodes run:";

  // The node's answer to the command that the pause has printed for it.
  static CommandResult ask_node(const std::string& output) {
    const auto end = output.find(" getblockchaininfo");
    const auto begin = output.rfind('\n', end) + 1;
    return run_command({"/bin/sh", "-c", output.substr(begin, output.find('\n', end) - begin)});
  }
};

TEST_F(PauseOnFailure, KeepsTheNodesUntilASignalWithoutATerminal) {
  RigProcess rig = start("throws", {"--pause-on-failure"});
  rig.await_output("No terminal");
  EXPECT_THAT(rig.output(), AllOf(HasSubstr(kPaused), HasSubstr("the door is locked"),
                                  HasSubstr("node0: pid "), HasSubstr("debug.log")));
  const CommandResult info = ask_node(rig.output());
  EXPECT_EQ(info.status, 0) << info.err;
  EXPECT_THAT(info.out, HasSubstr("\"chain\": \"regtest\""));
  rig.signal(SIGINT);
  const CommandResult result = rig.wait();
  EXPECT_EQ(result.status, kFailed);
  EXPECT_THAT(result.out, HasSubstr("failed throws"));
  EXPECT_EQ(last_line(result.out), "0 passed, 1 failed, 0 skipped");
  EXPECT_THAT(processes_with(directory_.string()), IsEmpty());
}

TEST_F(PauseOnFailure, GoesOnWithTheNextAtEnter) {
  const Terminal terminal;
  RigProcess rig = start("throws", {"--pause-on-failure", "passes", "--plugin", plugin("passes")},
                         terminal.input());
  rig.await_output("Press Enter");
  EXPECT_THAT(processes_with("-datadir=" + directory_.string()), SizeIs(1));
  terminal.type("\n");
  const CommandResult result = rig.wait();
  EXPECT_EQ(result.status, kFailed);
  EXPECT_EQ(last_line(result.out), "1 passed, 1 failed, 0 skipped");
}

TEST_F(PauseOnFailure, GoesOnWithTheNextSubtestAtEnter) {
  const Terminal terminal;
  RigProcess rig = start("first_subtest_fails", {"--pause-on-failure"}, terminal.input());
  rig.await_output("Press Enter");
  terminal.type("\n");
  const CommandResult result = rig.wait();
  EXPECT_EQ(result.status, kFailed);
  EXPECT_THAT(result.out, HasSubstr("passed sound"));
}

TEST_F(PauseOnFailure, StandsStillWhereASubtestFailed) {
  RigProcess rig = start("first_subtest_fails", {"--pause-on-failure"});
  rig.await_output("No terminal");
  EXPECT_THAT(rig.output(), HasSubstr(kPaused));
  rig.signal(SIGTERM);
  const CommandResult result = rig.wait();
  EXPECT_EQ(result.status, kFailed);
  EXPECT_THAT(result.out, AllOf(HasSubstr("failed first_subtest_fails"), HasSubstr("12345"),
                                HasSubstr("skipped sound (0.00 s): not reached")));
}

TEST_F(PauseOnFailure, ComesOnceWhenASignalEndsIt) {
  RigProcess rig = start("two_subtests_fail", {"--pause-on-failure"});
  rig.await_output("No terminal");
  rig.signal(SIGINT);
  const CommandResult result = rig.wait();
  EXPECT_EQ(result.status, kFailed);
  EXPECT_THAT(result.out, AllOf(HasSubstr("failed two_subtests_fail"), HasSubstr("12345"),
                                Not(HasSubstr("54321")), HasSubstr("kept: ")));
}

TEST_F(PauseOnFailure, TakesOneScenarioAtATime) {
  const CommandResult result = run("throws", {"--pause-on-failure", "-j", "2"});
  EXPECT_EQ(result.status, kUsage);
  EXPECT_THAT(result.err, HasSubstr("-j 1"));
}

}  // namespace
}  // namespace noderig
