// What noderig answers to the words it is given: exit codes, and messages that say what to do.
#include "rig_test.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

namespace noderig {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class CommandLine : public RigTest {};

TEST_F(CommandLine, NamesTheNearestScenario) {
  const CommandResult result = noderig({"run", "assumvalid", "--daemon", daemon_});
  EXPECT_EQ(result.status, kUsage);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("\"assumvalid\""), HasSubstr("did you mean \"assumevalid\"")));
  EXPECT_THAT(result.out, IsEmpty());
}

TEST_F(CommandLine, NamesNoScenarioWhenNoneIsNear) {
  const CommandResult result = noderig({"run", "zzzzzzzzz", "--daemon", daemon_});
  EXPECT_EQ(result.status, kUsage);
  EXPECT_THAT(result.err, AllOf(HasSubstr("\"zzzzzzzzz\""), Not(HasSubstr("did you mean"))));
}

TEST_F(CommandLine, SaysHowToRunWhatATestsIdStandsFor) {
  for (const char* id : {"preciousblock/orders", "scenario:preciousblock/orders"}) {
    const CommandResult result = noderig({"run", id, "--daemon", daemon_});
    EXPECT_EQ(result.status, kUsage) << id;
    EXPECT_THAT(result.err, HasSubstr("run by `preciousblock --subtest orders`")) << id;
  }
}

TEST_F(CommandLine, NamesTheNearestSubtest) {
  const CommandResult result = run("first_subtest_fails", {"--subtest", "sond"});
  EXPECT_EQ(result.status, kUsage);
  EXPECT_THAT(result.err, AllOf(HasSubstr("\"sond\""), HasSubstr("did you mean \"sound\"")));
}

TEST_F(CommandLine, NamesTheNearestTag) {
  const CommandResult result = run("passes", {"--tag", "exampel"});
  EXPECT_EQ(result.status, kUsage);
  EXPECT_THAT(result.err, AllOf(HasSubstr("no scenario has the tag \"exampel\""),
                                HasSubstr("did you mean \"example\"")));
  EXPECT_EQ(noderig({"list", "--tag", "exampel"}).status, kUsage);
}

TEST_F(CommandLine, NamesTheNearestOfAGlobThatMatchesNothing) {
  for (const std::string command : {"run", "list"}) {
    for (const std::string option : {"", "--exclude"}) {
      std::vector<std::string> words = {command, "assumval*", "--daemon", daemon_};
      if (!option.empty()) words.insert(words.begin() + 1, option);
      const CommandResult result = noderig(words);
      EXPECT_EQ(result.status, kUsage) << command << option;
      EXPECT_THAT(result.err,
                  AllOf(HasSubstr("\"assumval*\""), HasSubstr("did you mean \"assumevalid\"")));
    }
  }
}

TEST_F(CommandLine, ListIsChosenFromLikeARun) {
  const auto listed = [this](std::vector<std::string> words) {
    words.insert(words.begin(), {"list", "--json", "--without-daemon", "--plugin", plugin("passes"),
                                 "--plugin", plugin("throws")});
    std::vector<std::string> names;
    const auto list = nlohmann::json::parse(noderig(words).out);
    for (const auto& one : list.at("scenarios")) {
      EXPECT_EQ(one.at("skip"), nullptr);
      names.push_back(one.at("name"));
    }
    return names;
  };
  EXPECT_THAT(listed({"pass*", "throws"}), ElementsAre("passes", "throws"));
  EXPECT_THAT(listed({"--tag", "example"}), ElementsAre("passes"));
  EXPECT_THAT(listed({"--tag", "example", "--tag", "validation", "assume*", "passes"}),
              ElementsAre("assumevalid", "passes"));
  EXPECT_THAT(listed({"pass*", "throws", "--exclude", "t*"}), ElementsAre("passes"));
}

TEST_F(CommandLine, ChoosingNothingIsAMistake) {
  for (const auto& option : {std::vector<std::string>{"--exclude", "pass*"}, {"--tag", "p2p"}}) {
    const CommandResult result = run("passes", option);
    EXPECT_EQ(result.status, kUsage);
    EXPECT_THAT(result.err, HasSubstr("no scenario is left"));
  }
}

TEST_F(CommandLine, ListShowsNodesTagsAndSubtests) {
  const CommandResult result =
      noderig({"list", "first_subtest_fails", "passes", "--plugin", plugin("first_subtest_fails"),
               "--plugin", plugin("passes"), "--daemon", daemon_});
  EXPECT_EQ(result.status, kPassed);
  EXPECT_THAT(result.out, AllOf(HasSubstr("passes: a sound scenario\n    1 node; tags: example\n"),
                                HasSubstr("    - broken\n    - sound\n")));
}

TEST_F(CommandLine, NamesTheUnknownOption) {
  const CommandResult result = noderig({"run", "--timeout-facto", "2"});
  EXPECT_EQ(result.status, kUsage);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("--timeout-facto"), HasSubstr("did you mean \"--timeout-factor\"")));
}

TEST_F(CommandLine, NamesTheNearestSubcommand) {
  const CommandResult result = noderig({"rum"});
  EXPECT_EQ(result.status, kUsage);
  EXPECT_THAT(result.err, AllOf(HasSubstr("rum"), HasSubstr("did you mean \"run\"")));
}

TEST_F(CommandLine, RefusesValuesOutOfRange) {
  for (const auto& words : {std::vector<std::string>{"run", "-j", "0"},
                            {"run", "--repeat", "many"},
                            {"run", "--timeout-factor", "-1"},
                            {"run", "--timeout-factor", "1e9"},
                            {"run", "--seed"}}) {
    const CommandResult result = noderig(words);
    EXPECT_EQ(result.status, kUsage) << words[1];
    EXPECT_THAT(result.err, HasSubstr(words[1].substr(1))) << words[1];
  }
}

// A seed that is taken for another one would repeat nothing.
TEST_F(CommandLine, RefusesNumbersThatWouldBeTakenForOthers) {
  const std::vector<std::vector<std::string>> lines = {{"run", "--seed", "-1"},
                                                       {"run", "--seed", "010"},
                                                       {"run", "--seed", "18446744073709551616"},
                                                       {"prove", "--seed", "1e3"},
                                                       {"logs", "--limit", "0"},
                                                       {"logs", "--limit", "-1"},
                                                       {"history", "show", "--last", "-1"},
                                                       {"run", "--budget", "0s"},
                                                       {"run", "--timeout-factor", "0"}};
  for (const auto& line : lines) {
    const CommandResult result = noderig(line);
    EXPECT_EQ(result.status, kUsage) << quote_command(line);
    EXPECT_THAT(result.err, AllOf(HasSubstr(line[line.size() - 2]), HasSubstr("is no ")))
        << quote_command(line);
  }
}

TEST_F(CommandLine, SaysSoWhenStandardOutputHasNoPlace) {
  for (const char* words : {"history show", "daemon list", "logs", "--version"}) {
    const CommandResult result = shell(fmt::format("{} {} > /dev/full", NODERIG_PROGRAM, words));
    EXPECT_EQ(result.status, kEnvironment) << words;
    EXPECT_THAT(result.err, HasSubstr("cannot print the results: "));
  }
}

TEST_F(CommandLine, HelpIsAnsweredOnStandardOutput) {
  for (const std::string command : {"run", "list", "daemon"}) {
    const CommandResult result = noderig({command, "--help"});
    EXPECT_EQ(result.status, kPassed);
    EXPECT_THAT(result.out, HasSubstr(command));
    EXPECT_THAT(result.err, IsEmpty());
  }
}

TEST_F(CommandLine, RefusesAProgramThatIsNoDaemon) {
  const CommandResult result = noderig({"run", "assumevalid", "--daemon", "/bin/false"});
  EXPECT_EQ(result.status, kEnvironment);
  EXPECT_THAT(result.err, HasSubstr("/bin/false is not a daemon that noderig can drive"));
}

TEST_F(CommandLine, RefusesAPathWithoutADaemon) {
  const CommandResult result = noderig({"run", "assumevalid", "--daemon", "/nowhere/bitcoind"});
  EXPECT_EQ(result.status, kEnvironment);
  EXPECT_THAT(result.err, HasSubstr("there is no daemon at /nowhere/bitcoind"));
}

TEST_F(CommandLine, TakesTheDaemonFromTheEnvironment) {
  environment_.insert(environment_.begin(), "NODERIG_DAEMON=/nowhere/else");
  const CommandResult result = noderig({"run", "assumevalid"});
  EXPECT_EQ(result.status, kEnvironment);
  EXPECT_THAT(result.err, HasSubstr("there is no daemon at /nowhere/else"));
}

TEST_F(CommandLine, PrefersTheOptionToTheEnvironment) {
  environment_.insert(environment_.begin(), "NODERIG_DAEMON=/nowhere/else");
  EXPECT_EQ(run("passes").status, kPassed);
}

TEST_F(CommandLine, SaysHowToGetADaemonWhenThereIsNone) {
  const CommandResult result = noderig({"run", "assumevalid"});
  EXPECT_EQ(result.status, kEnvironment);
  EXPECT_THAT(result.err, HasSubstr("noderig daemon get knots"));
}

TEST_F(CommandLine, NamesTheNearestDaemon) {
  const CommandResult result = noderig({"run", "assumevalid", "--daemon", "knot"});
  EXPECT_EQ(result.status, kUsage);
  EXPECT_THAT(result.err, AllOf(HasSubstr("\"knot\""), HasSubstr("did you mean \"knots\"")));
}

TEST_F(CommandLine, PassingEndsWithTheSummary) {
  const CommandResult result = run("passes");
  EXPECT_EQ(result.status, kPassed);
  EXPECT_EQ(last_line(result.out), "1 passed, 0 failed, 0 skipped");
  EXPECT_THAT(result.err, IsEmpty());
  EXPECT_THAT(scratch_directories(), IsEmpty());
}

TEST_F(CommandLine, ShowsABarAndColoursOnATerminalAlone) {
  const CommandResult shown =
      noderig_on_terminal({"run", "passes", "--plugin", plugin("passes"), "--daemon", daemon_});
  EXPECT_EQ(shown.status, kPassed) << shown.out;
  EXPECT_THAT(shown.out, AllOf(HasSubstr("passes on "), HasSubstr("[####"), HasSubstr("] 1/1"),
                               HasSubstr("\033[32mpassed\033[0m passes"),
                               HasSubstr("1 passed, 0 failed, 0 skipped")));
  EXPECT_THAT(run("passes").out, Not(AnyOf(HasSubstr("\033"), HasSubstr("[####"))));
}

TEST_F(CommandLine, ListSaysWhatAScenarioTookBefore) {
  const auto listed = [this] {
    return noderig({"list", "passes", "--plugin", plugin("passes"), "--daemon", daemon_}).out;
  };
  EXPECT_THAT(listed(), HasSubstr("    1 node; tags: example\n"));
  run("passes");
  EXPECT_THAT(listed(), ContainsRegex("    1 node; [0-9]+\\.[0-9] s; tags: example\n"));
}

TEST_F(CommandLine, SkippingAllHasAStatusOfItsOwn) {
  const CommandResult result = run("needs_what_no_daemon_has");
  EXPECT_EQ(result.status, kSkipped);
  EXPECT_THAT(result.out, HasSubstr("lacks rpc:nosuchmethod"));
  EXPECT_EQ(last_line(result.out), "0 passed, 0 failed, 1 skipped");
}

TEST_F(CommandLine, SkippingBesidePassingPasses) {
  const CommandResult result =
      run("passes", {"needs_what_no_daemon_has", "--plugin", plugin("needs_what_no_daemon_has")});
  EXPECT_EQ(result.status, kPassed);
  EXPECT_EQ(last_line(result.out), "1 passed, 0 failed, 1 skipped");
}

TEST_F(CommandLine, SeedDecidesTheRandomNumbersAndEachRepetitionHasItsOwn) {
  const auto drawn = [this](const std::vector<std::string>& options) {
    std::vector<std::string> lines;
    std::istringstream out(run("passes", options).out);
    for (std::string line; std::getline(out, line);) {
      if (const auto at = line.find("drew "); at != line.npos) lines.push_back(line.substr(at));
    }
    return lines;
  };
  const auto seven = drawn({"--seed", "7"});
  const auto eight = drawn({"--seed", "8"});
  ASSERT_THAT(seven, SizeIs(1));
  ASSERT_THAT(eight, SizeIs(1));
  EXPECT_NE(seven, eight);
  EXPECT_THAT(drawn({"--seed", "7", "--repeat", "2", "-j", "1"}),
              ElementsAre(seven.front(), eight.front()));
}

}  // namespace
}  // namespace noderig
