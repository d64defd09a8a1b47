#include "rig_test.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/daemon_fetch.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <cctype>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace noderig {
namespace fs = std::filesystem;
namespace {

using namespace std::chrono_literals;

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  for (std::string& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

// Where the descendants hold the lifeline; a number that the program has no use for.
constexpr int kLifeline = 60;

std::string daemon_under_test() {
  if (const char* chosen = std::getenv("NODERIG_DAEMON"); chosen != nullptr && *chosen != '\0') {
    return chosen;
  }
  const auto daemons = fs::path(NODERIG_SOURCE_ROOT) / ".noderig" / "daemons";
  if (const auto fetched = find_fetched(daemons, "knots")) return fetched->executable.string();
  throw EnvironmentError(
      "there is no daemon to test with: run `tools/rig setup`, which fetches one, or set "
      "NODERIG_DAEMON to the path of a bitcoind");
}

}  // namespace

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();  // of a process that ends meanwhile, as much as there was
  return out.str();
}

std::string last_line(const std::string& text) {
  const std::string_view line = last_lines(text, 1);
  return std::string(line.substr(0, line.find('\n')));
}

std::vector<std::string> processes_with(const std::string& text) {
  std::vector<std::string> found;
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator("/proc", gone)) {
    const std::string pid = entry.path().filename().string();
    if (!std::ranges::all_of(pid, [](unsigned char c) { return std::isdigit(c) != 0; })) continue;
    // Both are empty for a zombie.
    std::string command = read_file(entry.path() / "cmdline");
    if ((command + read_file(entry.path() / "environ")).find(text) == std::string::npos) continue;
    std::ranges::replace(command, '\0', ' ');
    found.push_back(fmt::format("{}: {}", pid, command));
  }
  return found;
}

// ------------------------------------------------------------------------------------ RigProcess

RigProcess::RigProcess(std::vector<std::string> argv, std::vector<std::string> environment,
                       const fs::path& stderr_file, int input)
    : stderr_file_(stderr_file) {
  int output[2];
  int lifeline[2];
  if (::pipe2(output, O_CLOEXEC) != 0 || ::pipe2(lifeline, O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe can be made");
  }
  for (char** variable = environ; *variable != nullptr; ++variable) {
    environment.emplace_back(*variable);  // the first of two counts
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (input >= 0) {
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  } else {
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  }
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, stderr_file.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, lifeline[1], kLifeline);
  const int error = ::posix_spawn(&pid_, argv.front().c_str(), &actions, nullptr,
                                  pointers(argv).data(), pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  ::close(output[1]);
  ::close(lifeline[1]);
  output_ = output[0];
  lifeline_ = lifeline[0];
  if (error != 0) throw std::runtime_error("cannot start " + argv.front());
}

RigProcess::~RigProcess() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(output_);
  ::close(lifeline_);
}

bool RigProcess::read_some(int timeout_ms) {
  pollfd ready{output_, POLLIN, 0};
  if (::poll(&ready, 1, timeout_ms) <= 0) return false;
  char buffer[4096];
  const ssize_t size = ::read(output_, buffer, sizeof buffer);
  if (size > 0) text_.append(buffer, static_cast<std::size_t>(size));
  return size > 0;
}

void RigProcess::await_output(std::string_view text) {
  while (text_.find(text) == std::string::npos) {
    if (read_some(60'000)) continue;
    throw std::runtime_error(fmt::format("\"{}\" did not come; what came:\n{}\n{}", text, text_,
                                         read_file(stderr_file_)));
  }
}

void RigProcess::signal(int number) const {
  ::kill(pid_, number);
}

CommandResult RigProcess::wait() {
  while (read_some(static_cast<int>(std::chrono::milliseconds(kLongest).count()))) {
  }
  int status = 0;
  // What has not closed its output by now hangs.
  if (pollfd end{output_, POLLIN, 0}; ::poll(&end, 1, 0) == 0) ::kill(pid_, SIGKILL);
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  return {.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status),
          .out = text_,
          .err = read_file(stderr_file_)};
}

bool RigProcess::wait_for_descendants(std::chrono::seconds timeout) {
  pollfd closed{lifeline_, POLLIN, 0};
  const auto bound = static_cast<int>(std::chrono::milliseconds(timeout).count());
  return ::poll(&closed, 1, bound) == 1 && (closed.revents & POLLHUP) != 0;
}

// --------------------------------------------------------------------------------------- RigTest

void RigTest::SetUp() {
  daemon_ = daemon_under_test();
  std::string name = (fs::temp_directory_path() / "noderig-test-XXXXXX").string();
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  directory_ = name;
  fs::create_directories(directory_ / "tmp");
  fs::create_directories(directory_ / "home");
  // What daemons can do is probed once for all tests.
  fs::create_directories(NODERIG_TEST_PROFILES);
  fs::create_directory_symlink(NODERIG_TEST_PROFILES, directory_ / "home" / "profiles");
  environment_ = {"TMPDIR=" + (directory_ / "tmp").string(),
                  "NODERIG_HOME=" + (directory_ / "home").string(),
                  "NODERIG_DAEMON=", "NODERIG_PLUGINS="};
}

void RigTest::TearDown() {
  if (directory_.empty()) return;
  const auto left = processes_with(directory_.string());
  EXPECT_THAT(left, testing::IsEmpty());
  for (const std::string& process : left) ::kill(std::stoi(process), SIGKILL);
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

std::string RigTest::plugin(const std::string& scenario) {
  return fmt::format("{}/{}.so", NODERIG_TEST_SCENARIOS, scenario);
}

CommandResult RigTest::noderig(std::vector<std::string> words) {
  words.insert(words.begin(), NODERIG_PROGRAM);
  return run_command(words, {.environment = environment_, .timeout = kLongest});
}

std::vector<std::string> RigTest::run_words(const std::string& scenario,
                                            const std::vector<std::string>& options) const {
  std::vector<std::string> words = {"run",      scenario, "--plugin", plugin(scenario),
                                    "--daemon", daemon_};
  words.insert(words.end(), options.begin(), options.end());
  return words;
}

CommandResult RigTest::noderig_on_terminal(std::vector<std::string> words) {
  words.insert(words.begin(), NODERIG_PROGRAM);
  return run_command(
      {"env", "-u", "NO_COLOR", "TERM=xterm", "script", "-qec", quote_command(words), "/dev/null"},
      {.environment = environment_, .timeout = kLongest});
}

CommandResult RigTest::run(const std::string& scenario, const std::vector<std::string>& options) {
  return noderig(run_words(scenario, options));
}

nlohmann::json RigTest::execution(const std::string& scenario,
                                  const std::vector<std::string>& options) {
  std::vector<std::string> words = run_words(scenario, options);
  words.push_back("--json");
  const CommandResult result = noderig(words);
  const auto json = nlohmann::json::parse(result.out, nullptr, false);
  if (json.is_discarded() || json.at("scenarios").size() != 1) {
    throw std::runtime_error(fmt::format("no execution of {}, status {}:\n{}\n{}", scenario,
                                         result.status, result.out, result.err));
  }
  nlohmann::json one = json["scenarios"][0];
  if (one["reason"].is_null()) one["reason"] = "";
  one["status"] = result.status;
  return one;
}

RigProcess RigTest::start(const std::string& scenario, const std::vector<std::string>& options,
                          int input) {
  std::vector<std::string> words = run_words(scenario, options);
  words.insert(words.begin(), NODERIG_PROGRAM);
  return {words, environment_, directory_ / fmt::format("stderr{}.txt", started_++), input};
}

std::string RigTest::wrapped_daemon(const std::string& line) {
  // Its profile goes with the test.
  fs::remove(directory_ / "home" / "profiles");
  const fs::path script = directory_ / "bitcoind";
  std::ofstream(script) << "#!/bin/sh\ncase \" $* \" in *\" -regtest \"*) " << line
                        << ";; esac\nexec " << quote_command({fs::absolute(daemon_).string()})
                        << " \"$@\"\n";
  fs::permissions(script, fs::perms::owner_all);
  return script.string();
}

std::string RigTest::daemon_that_will_hang() {
  return wrapped_daemon(fmt::format("[ ! -p {0} ] || {{ echo > {0}; exec sleep 1000; }}",
                                    quote_command({directory_ / "started"})));
}

std::string RigTest::hang() const {
  const std::string started = directory_ / "started";
  if (::mkfifo(started.c_str(), 0600) != 0) throw std::runtime_error("no pipe " + started);
  return started;
}

CommandResult RigTest::shell(const std::string& line) const {
  return run_command({"sh", "-c", fmt::format("cd {} && {}", directory_.string(), line)},
                     {.environment = environment_, .timeout = kLongest});
}

std::vector<fs::path> RigTest::scratch_directories() const {
  std::vector<fs::path> found;
  for (const auto& root : fs::directory_iterator(directory_ / "tmp")) {
    for (const auto& entry : fs::directory_iterator(root)) found.push_back(entry.path());
  }
  return found;
}

}  // namespace noderig
