#include <noderig/framework/node/command.h>

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>
#include <chrono>
#include <csignal>
#include <cstdlib>

namespace noderig {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(RunCommand, ReturnsBothOutputsAndTheStatus) {
  const CommandResult result = run_command({"sh", "-c", "echo out; echo err >&2; exit 7"});
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
  EXPECT_EQ(result.status, 7);
  EXPECT_FALSE(result.ok());
}

TEST(RunCommand, CountsASignalAsShellsDo) {
  EXPECT_EQ(run_command({"sh", "-c", "kill -9 $$"}).status, 128 + 9);
}

TEST(RunCommand, TakesMoreOutputThanAPipeHolds) {
  const CommandResult result = run_command({"sh", "-c", "head -c 1000000 /dev/zero >&2; echo end"});
  EXPECT_EQ(result.err.size(), 1000000);
  EXPECT_EQ(result.out, "end\n");
}

TEST(RunCommand, PassesWordsUntouchedByAnyShell) {
  EXPECT_EQ(run_command({"printf", "%s|", "a b", "$HOME", "*"}).out, "a b|$HOME|*|");
}

TEST(RunCommand, PutsItsEnvironmentOverTheCallers) {
  ASSERT_EQ(setenv("NODERIG_COMMAND_TEST", "caller", 1), 0);
  const auto print = [](std::vector<std::string> environment) {
    return run_command({"sh", "-c", "echo $NODERIG_COMMAND_TEST"},
                       {.environment = std::move(environment)})
        .out;
  };
  EXPECT_EQ(print({}), "caller\n");
  EXPECT_EQ(print({"NODERIG_COMMAND_TEST=own"}), "own\n");
  EXPECT_EQ(print({"NODERIG_COMMAND=other"}), "caller\n");
}

TEST(RunCommand, HasNoStandardInput) {
  EXPECT_EQ(run_command({"cat"}).out, "");
}

TEST(RunCommand, NamesAProgramThatCannotBeStarted) {
  EXPECT_THAT(
      [] { run_command({"/no/such/program"}); },
      ThrowsMessage<EnvironmentError>(HasSubstr("cannot run /no/such/program: No such file")));
}

TEST(RunCommand, KillsWhatOutlivesItsTimeout) {
  EXPECT_THAT(
      [] {
        run_command({"sleep", "600"}, {.timeout = 20ms});
      },
      ThrowsMessage<EnvironmentError>(HasSubstr("sleep 600 did not end within 20ms")));
}

// Otherwise this test would end by the timeout, with an exception.
TEST(RunCommand, DoesNotWaitForAGrandchildThatKeepsThePipe) {
  const CommandResult result = run_command({"sh", "-c", "sleep 600 & echo $!"}, {.timeout = 1min});
  EXPECT_TRUE(result.ok());
  kill(std::stoi(result.out), SIGKILL);
}

TEST(QuoteCommand, QuotesOnlyWhatAShellWouldChange) {
  EXPECT_EQ(quote_command({"a", "-b=c", "d e", "it's", ""}), R"(a -b=c 'd e' 'it'\''s' '')");
}

TEST(LastLines, CountsFromTheEndWithoutEmptyOnes) {
  EXPECT_EQ(last_lines("a\nb\nc\n\n", 2), "b\nc");
  EXPECT_EQ(last_lines("a\nb", 5), "a\nb");
  EXPECT_EQ(last_lines("\na", 1), "a");
  EXPECT_EQ(last_lines("\n", 3), "");
  EXPECT_EQ(last_lines("a", 0), "");
}

}  // namespace
}  // namespace noderig
