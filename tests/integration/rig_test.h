// What the integration tests share: the noderig program with a home and a temporary directory of
// its own for each test, and a program that runs while the test goes on. A test that leaves a
// process behind fails. One thread.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <noderig/framework/node/command.h>
#include <sys/types.h>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

// The exit codes that the program promises.
inline constexpr int kPassed = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;
inline constexpr int kEnvironment = 3;
inline constexpr int kSkipped = 77;

// No run of these tests takes this long on a machine that has other things to do as well; a program
// that hangs fails the test with what it printed.
inline constexpr std::chrono::seconds kLongest{270};

// Processes that live, zombies apart, and have `text` on their command line or in their
// environment.
std::vector<std::string> processes_with(const std::string& text);

std::string read_file(const std::filesystem::path& file);

// The last line of what a program printed.
std::string last_line(const std::string& text);

// A noderig that runs beside the test. Killed and reaped at the latest when it goes out of scope.
class RigProcess {
 public:
  // `input` becomes its standard input; -1: nothing to read.
  RigProcess(std::vector<std::string> argv, std::vector<std::string> environment,
             const std::filesystem::path& stderr_file, int input = -1);
  ~RigProcess();
  RigProcess(const RigProcess&) = delete;
  RigProcess& operator=(const RigProcess&) = delete;

  // Reads its output until `text` is there. Throws std::runtime_error when it ends before, or after
  // a minute.
  void await_output(std::string_view text);

  // What was read of it so far.
  const std::string& output() const { return text_; }

  void signal(int number) const;

  // Waits for its end: its exit status (128 + N for signal N) and standard output.
  CommandResult wait();

  // Waits until the last of its descendants has ended, whoever adopted it; false when that takes
  // longer than `timeout`.
  bool wait_for_descendants(std::chrono::seconds timeout);

 private:
  bool read_some(int timeout_ms);

  pid_t pid_ = -1;
  int output_ = -1;
  int lifeline_ = -1;  // every descendant inherits the other end
  std::string text_;
  std::filesystem::path stderr_file_;
};

class RigTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // `noderig` with these words, nothing added.
  CommandResult noderig(std::vector<std::string> words);

  // The same with a terminal as its output, which is all in the result's `out`.
  CommandResult noderig_on_terminal(std::vector<std::string> words);

  // `noderig run SCENARIO` for a scenario of this folder on the daemon under test.
  CommandResult run(const std::string& scenario, const std::vector<std::string>& options = {});

  // The same with --json: its one execution. Fails the test when there is more or less.
  nlohmann::json execution(const std::string& scenario,
                           const std::vector<std::string>& options = {});

  // The same beside the test.
  RigProcess start(const std::string& scenario, const std::vector<std::string>& options = {},
                   int input = -1);

  // A daemon that first runs `line` of shell script whenever it starts as a node, not when it is
  // asked what it is.
  std::string wrapped_daemon(const std::string& line);

  // A daemon that is like any other until hang() is called. From then on its nodes never answer;
  // each says in the pipe that hang() returns that it was started.
  std::string daemon_that_will_hang();
  std::string hang() const;

  // A command line of the shell in the test's directory, which is outside of every work tree.
  CommandResult shell(const std::string& line) const;

  static std::string plugin(const std::string& scenario);

  // Scratch directories that are there now.
  std::vector<std::filesystem::path> scratch_directories() const;

  std::filesystem::path directory_;       // the test's own
  std::string daemon_;                    // what --daemon is given
  std::vector<std::string> environment_;  // over the caller's
  int started_ = 0;

 private:
  std::vector<std::string> run_words(const std::string& scenario,
                                     const std::vector<std::string>& options) const;
};

}  // namespace noderig
