#include "support.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/framework/node/log_file.h>
#include <noderig/framework/node/supervisor.h>
#include <sched.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace noderig {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Ge;
using testing::Gt;
using testing::HasSubstr;
using testing::Lt;
using testing::ThrowsMessage;

// Only single-threaded processes may make a Supervisor: no test here leaves a thread behind.
class SupervisorTest : public testing::Test {
 protected:
  SupervisorTest() { supervisor_->listen(); }

  SpawnRequest request(std::vector<std::string> argv) const {
    return {std::move(argv), {}, directory_.path(), out(), err()};
  }
  std::shared_ptr<Child> spawn(std::vector<std::string> argv) {
    return supervisor_->spawn(request(std::move(argv)));
  }
  std::shared_ptr<Child> shell(const std::string& script) {
    return spawn({"/bin/sh", "-c", script});
  }
  ExitReport run(const std::string& script) { return shell(script)->wait(kPatience).value(); }

  std::filesystem::path out() const { return directory_.path() / "out"; }
  std::filesystem::path err() const { return directory_.path() / "err"; }

  TemporaryDirectory directory_;
  std::unique_ptr<Supervisor> supervisor_ = std::make_unique<Supervisor>();
};

TEST_F(SupervisorTest, ReportsTheExitStatus) {
  const ExitReport exit = run("exit 7");
  EXPECT_EQ(exit.to_string(), "exited with status 7");
  EXPECT_EQ(exit.signal, 0);
  EXPECT_FALSE(exit.clean());
  EXPECT_TRUE(run("exit 0").clean());
}

TEST_F(SupervisorTest, ReportsTheSignalThatEndedIt) {
  const ExitReport exit = run("kill -9 $$");
  EXPECT_EQ(exit.to_string(), "was killed by signal 9 (Killed)");
  EXPECT_FALSE(exit.clean());
}

TEST_F(SupervisorTest, ReportsTimeAndMemoryThatItUsed) {
  const ExitReport exit = run("exec dd if=/dev/zero of=/dev/null bs=64M count=1");
  EXPECT_THAT(exit.peak_rss_bytes, AllOf(Ge(64 << 20), Lt(std::int64_t{4} << 30)));
  EXPECT_THAT(exit.cpu_seconds, AllOf(Gt(0.001), Lt(10)));
}

TEST_F(SupervisorTest, AppendsEachOutputToItsFile) {
  run("echo one; echo bad >&2");
  run("echo two");
  EXPECT_EQ(read_file(out()), "one\ntwo\n");
  EXPECT_EQ(read_file(err()), "bad\n");
}

TEST_F(SupervisorTest, RunsInItsDirectoryWithVariablesOverTheWorkersOwn) {
  SpawnRequest printing = request(
      {"/bin/sh", "-c", "echo $PWD; echo $NODERIG_TEST_NEW; echo $HOME; echo ${PATH:+set}"});
  printing.environment = {"NODERIG_TEST_NEW=a=b c", "HOME=/replaced"};
  ASSERT_TRUE(supervisor_->spawn(printing)->wait(kPatience));
  EXPECT_EQ(read_file(out()), directory_.path().string() + "\na=b c\n/replaced\nset\n");
}

// /dev/null cannot be synced: the call fails unless it is not made at all.
TEST_F(SupervisorTest, SparesItsChildrenTheWaitForTheDisk) {
  EXPECT_TRUE(run("sync /dev/null").clean());
  EXPECT_TRUE(run("sync --data /dev/null").clean());
}

TEST_F(SupervisorTest, SaysWhyAProgramCannotRunAndGoesOn) {
  const auto plain_file = directory_.write("plain", "not a program");
  EXPECT_THAT([&] { spawn({"/nonexistent/bitcoind"}); },
              ThrowsMessage<EnvironmentError>(
                  "cannot run /nonexistent/bitcoind: No such file or directory"));
  EXPECT_THAT([&] { spawn({plain_file}); },
              ThrowsMessage<EnvironmentError>(
                  AllOf(HasSubstr(plain_file), HasSubstr("Permission denied"))));
  EXPECT_TRUE(run("exit 0").clean());
}

TEST_F(SupervisorTest, SignalsReachAChildThatRuns) {
  const auto child = spawn({"/bin/sleep", "1000"});
  EXPECT_FALSE(child->wait(0ms));
  EXPECT_FALSE(child->exit_report());
  supervisor_->signal(*child, SIGTERM);
  EXPECT_EQ(child->wait(kPatience).value().signal, SIGTERM);
  supervisor_->signal(*child, SIGTERM);  // nothing to send it to: no harm
  EXPECT_TRUE(run("exit 0").clean());
}

TEST_F(SupervisorTest, KeepsApartManyChildrenThatEndAtOnce) {
  std::vector<std::shared_ptr<Child>> ending;
  std::vector<std::shared_ptr<Child>> killed;
  for (int i = 0; i < 40; ++i) {
    killed.push_back(spawn({"/bin/sleep", "1000"}));
    ending.push_back(shell("exit " + std::to_string(i)));
  }
  for (const auto& child : killed) supervisor_->signal(*child, SIGKILL);
  for (std::size_t i = 0; i < ending.size(); ++i) {
    EXPECT_EQ(ending[i]->wait(kPatience).value().status, static_cast<int>(i));
    EXPECT_EQ(killed[i]->wait(kPatience).value().signal, SIGKILL);
  }
}

TEST_F(SupervisorTest, CallbacksHaveReturnedWhenAWaitHas) {
  const auto child = spawn({"/bin/sleep", "1000"});
  std::atomic<int> calls = 0;
  std::atomic<bool> known_before = false;
  child->on_exit([&](const ExitReport& exit) {
    known_before = child->exit_report().has_value();
    calls += exit.signal;
  });
  supervisor_->signal(*child, SIGKILL);
  ASSERT_TRUE(child->wait(kPatience));
  EXPECT_EQ(calls, SIGKILL);  // once
  EXPECT_TRUE(known_before);
}

TEST_F(SupervisorTest, CallbackThatComesLateIsCalledAtOnce) {
  const auto child = shell("exit 3");
  ASSERT_TRUE(child->wait(kPatience));
  std::vector<int> statuses;
  std::thread::id thread;
  child->on_exit([&](const ExitReport& exit) {
    statuses.push_back(exit.status);
    thread = std::this_thread::get_id();
  });
  EXPECT_THAT(statuses, testing::ElementsAre(3));
  EXPECT_EQ(thread, std::this_thread::get_id());
}

TEST_F(SupervisorTest, TakesItsChildrenWithItAndReportsThem) {
  const auto one = spawn({"/bin/sleep", "1000"});
  const auto other = shell("trap '' TERM; while :; do /bin/sleep 1000; done");
  const ProcessWatch watch(one->pid());
  ASSERT_TRUE(watch.runs());
  supervisor_.reset();
  EXPECT_FALSE(watch.runs());
  EXPECT_EQ(one->exit_report().value().signal, SIGKILL);
  EXPECT_EQ(other->exit_report().value().signal, SIGKILL);
}

// It waits for somebody to read its errors before it becomes a program, as on a disk that hangs.
TEST_F(SupervisorTest, TakesWithItAChildThatHasNotStartedYet) {
  ASSERT_EQ(::mkfifo(out().c_str(), 0600), 0);
  ASSERT_EQ(::mkfifo(err().c_str(), 0600), 0);
  std::shared_ptr<Child> child;
  std::thread asking([&] { child = spawn({"/bin/true"}); });
  const int output = ::open(out().c_str(), O_RDONLY);  // as soon as the child opens it, too
  // A child that is left to wait is let go in the end, so that this fails and does not hang.
  std::promise<void> ended;
  int errors = -1;
  std::thread patience([&] {
    if (ended.get_future().wait_for(kPatience) == std::future_status::ready) return;
    errors = ::open(err().c_str(), O_RDONLY | O_NONBLOCK);
  });
  supervisor_->shut_down();
  asking.join();
  EXPECT_EQ(child->wait(kPatience).value().signal, SIGKILL);
  ended.set_value();
  patience.join();
  ::close(errors);
  ::close(output);
}

// As the commands that a daemon runs to notify somebody.
TEST_F(SupervisorTest, TakesWithItWhatAChildLeftBehind) {
  run("/bin/sleep 60 & echo $!");
  const ProcessWatch left_behind(std::stoi(read_file(out())));
  supervisor_.reset();
  EXPECT_TRUE(left_behind.ended_within(kPatienceMs));
}

TEST_F(SupervisorTest, TakesWithItAProcessThatDetachedItself) {
  const auto child = shell("setsid sh -c 'echo $$; exec sleep 60' & exec sleep 1000");
  const LogFile output(out());
  ASSERT_TRUE(output.wait_until([&] { return output.since(0).ends_with('\n'); }, kPatience));
  const ProcessWatch watch(std::stoi(read_file(out())));
  ASSERT_TRUE(watch.runs());
  supervisor_.reset();
  EXPECT_FALSE(watch.runs());
}

TEST_F(SupervisorTest, ChildOutlivesTheThreadThatAskedForIt) {
  std::shared_ptr<Child> child;
  std::thread([&] { child = spawn({"/bin/sleep", "1000"}); }).join();
  // A child of that thread would be dead by the time that another has run and ended.
  EXPECT_TRUE(run("exit 0").clean());
  EXPECT_FALSE(child->exit_report());
  supervisor_->signal(*child, SIGTERM);
  EXPECT_EQ(child->wait(kPatience).value().signal, SIGTERM);
}

TEST_F(SupervisorTest, ItsOwnDeathIsToldAsThatOfItsChildren) {
  const auto child = spawn({"/bin/sleep", "1000"});
  pid_t supervisor = 0;
  std::ifstream(fmt::format("/proc/self/task/{}/children", ::getpid())) >> supervisor;
  ::kill(supervisor, SIGKILL);
  EXPECT_EQ(child->wait(kPatience).value().signal, SIGKILL);
  supervisor_->signal(*child, SIGTERM);  // nobody to ask: no harm
  EXPECT_THROW(spawn({"/bin/true"}), EnvironmentError);
}

// The child kills the supervisor while the thread that asked for it gets next to no processor time,
// so that the supervisor's end is known before the child is.
TEST_F(SupervisorTest, ItsOwnDeathIsToldAsThatOfAChildThatIsNotYetKnown) {
  std::atomic<bool> done = false;
  const auto onto_one_processor = [processor = ::sched_getcpu()] {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
  };
  std::thread busy([&] {
    onto_one_processor();
    while (!done) {
    }
  });
  std::shared_ptr<Child> child;
  std::thread asking([&] {
    onto_one_processor();
    const sched_param lowest{};
    ASSERT_EQ(::sched_setscheduler(0, SCHED_IDLE, &lowest), 0);
    try {
      child = shell("sleep 0.02; kill -9 $PPID");
    } catch (const EnvironmentError&) {
      // Killed before it could say that there is a child: skipped below.
    }
  });
  asking.join();
  done = true;
  busy.join();
  if (!child) GTEST_SKIP() << "the supervisor was killed before it could answer";
  const auto exit = child->wait(kPatience);
  ASSERT_TRUE(exit.has_value());
  EXPECT_EQ(exit->signal, SIGKILL);
}

TEST(SupervisorOwner, TakesWithItWhatADaemonDetachedWhenItIsKilled) {
  const TemporaryDirectory directory;
  ForkedProcess owner([&](const ForkedProcess::Say& say) {
    Supervisor supervisor;
    supervisor.listen();
    const auto child = supervisor.spawn(
        {{"/bin/sh", "-c", "setsid sh -c 'echo $$; exec sleep 60' & exec sleep 1000"},
         {},
         directory.path(),
         directory.path() / "out",
         directory.path() / "err"});
    const LogFile output(directory.path() / "out");
    output.wait_until([&] { return output.since(0).ends_with('\n'); }, kPatience);
    say(read_file(directory.path() / "out"));
  });
  const ProcessWatch detached(std::stoi(owner.line()));
  ASSERT_TRUE(detached.runs());
  owner.kill();
  EXPECT_TRUE(detached.ended_within(kPatienceMs));
}

TEST(SupervisorOwner, TakesTheDaemonsWithItWhenItIsKilled) {
  const TemporaryDirectory directory;
  ForkedProcess owner([&](const ForkedProcess::Say& say) {
    Supervisor supervisor;
    supervisor.listen();
    const auto child = supervisor.spawn({{"/bin/sleep", "1000"},
                                         {},
                                         directory.path(),
                                         directory.path() / "out",
                                         directory.path() / "err"});
    say(std::to_string(child->pid()));
  });
  const ProcessWatch daemon(std::stoi(owner.line()));
  ASSERT_TRUE(daemon.runs());
  owner.kill();
  EXPECT_TRUE(daemon.ended_within(kPatienceMs));
}

}  // namespace
}  // namespace noderig
