#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/assert.h>
#include <noderig/framework/bundle/hang_report.h>
#include <noderig/framework/bundle/recording.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/home.h>
#include <noderig/framework/io_thread.h>
#include <noderig/framework/node/rpc_methods.h>
#include <noderig/framework/plugin.h>
#include <noderig/framework/prove/tampering.h>
#include <noderig/framework/rig.h>
#include <noderig/framework/runner/worker.h>
#include <noderig/framework/traffic.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <future>
#include <iostream>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace noderig {
namespace {

// A dump that never throws: daemons and scenarios may hand over text that is not UTF-8.
std::string json_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void write_line(int fd, const Json& json) {
  const std::string line = json_line(json);
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = ::write(fd, rest.data(), rest.size());
    if (written <= 0) return;  // the runner is gone, and this process about to be
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

// Where on_terminate() writes: std::terminate's handler takes no argument.
int crash_events = -1;

[[noreturn]] void on_terminate() {
  std::string what = "std::terminate was called";
  if (const std::exception_ptr current = std::current_exception()) {
    try {
      std::rethrow_exception(current);
    } catch (const std::exception& error) {
      what = fmt::format("an exception left a thread: {}", error.what());
    } catch (...) {
      what = "an exception of unknown type left a thread";
    }
  }
  write_line(crash_events, {{"crash", what}});
  std::abort();
}

// The verdict as the scenario's own course gives it, before the nodes were looked at.
struct Outcome {
  Verdict verdict = Verdict::Passed;
  std::string reason{};
};

Outcome run_body(const ScenarioDefinition& scenario, const DaemonProfile& profile, Rig& rig) {
  try {
    scenario.body(rig);
  } catch (const Skipped& skipped) {
    return {Verdict::Skipped, skipped.what()};
  } catch (const std::exception& error) {
    if (const auto* call = dynamic_cast<const rpc::RpcError*>(&error)) {
      const std::string lacking = lacking_method(*call, profile);
      if (!lacking.empty()) return {Verdict::Skipped, lacking};
    }
    // What ended the waits explains more than the wait that ended.
    const std::string interrupt = rig.interrupt_reason();
    const std::string reason = interrupt.empty() ? error.what() : interrupt;
    const std::string position = rig.position();
    return {Verdict::Failed, position.empty() ? reason : reason + "\n  at: " + position};
  }
  if (const std::string interrupt = rig.interrupt_reason(); !interrupt.empty()) {
    return {Verdict::Failed, interrupt};
  }
  return {};
}

void fail(Outcome& outcome, const std::string& reason) {
  if (outcome.verdict == Verdict::Failed) {
    if (outcome.reason.find(reason) == std::string::npos) outcome.reason += "\n" + reason;
    return;
  }
  outcome = {Verdict::Failed, reason};
}

// Those of the sub-tests that the scenario has not come to.
std::vector<std::string> not_reached(const Rig& rig, const std::vector<std::string>& wanted) {
  std::vector<std::string> left;
  std::ranges::copy_if(wanted, std::back_inserter(left), [&](const std::string& name) {
    return std::ranges::find(rig.subtests(), name, &SubtestResult::name) == rig.subtests().end();
  });
  return left;
}

void weigh_subtests(Outcome& outcome, const Rig& rig, const std::vector<std::string>& wanted) {
  std::vector<std::string> failed;
  std::size_t skipped = 0;
  for (const SubtestResult& result : rig.subtests()) {
    if (result.verdict == Verdict::Failed) failed.push_back(result.name + ": " + result.reason);
    if (result.verdict == Verdict::Skipped) ++skipped;
  }
  if (!failed.empty()) {
    fail(outcome, fmt::format("{} of {} sub-tests failed\n  {}", failed.size(), wanted.size(),
                              fmt::join(failed, "\n  ")));
  }
  if (outcome.verdict != Verdict::Passed) return;
  for (const std::string& name : not_reached(rig, wanted)) {
    fail(outcome, "sub-test " + name + " is declared and was not reached");
  }
  const bool all_skipped = skipped > 0 && skipped == rig.subtests().size();
  if (all_skipped && outcome.verdict == Verdict::Passed) {
    outcome = {Verdict::Skipped, rig.subtests().front().reason};
  } else if (detail::assertions_run() == 0) {
    fail(outcome, "no assertion ran: a scenario that checks nothing proves nothing");
  }
}

std::int64_t own_peak_rss() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return std::int64_t{usage.ru_maxrss} * 1024;
}

// Passes what ends a wait on to the rig while there is one.
class Signals {
 public:
  // `on_time_up` is called when the scenario's time is up, before its waits end, and tells what
  // they are. It gets the rig, if there is one yet. I/O thread.
  Signals(boost::asio::io_context& io, std::function<std::string(const Rig*)> on_time_up)
      : io_(io), set_(io, SIGTERM, SIGINT, SIGUSR1), on_time_up_(std::move(on_time_up)) {
    next();
  }

  ~Signals() {
    // The set belongs to the I/O thread. A cancelled wait touches nothing of this object.
    std::promise<void> cancelled;
    boost::asio::post(io_, [&] {
      set_.cancel();
      cancelled.set_value();
    });
    cancelled.get_future().wait();
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // What the scenario waited for when its time was up; empty while it is not.
  std::string hang() const {
    const std::lock_guard lock(mutex_);
    return hang_;
  }

  // The rig that signals go to, as long as this lives.
  class Attached {
   public:
    Attached(Signals& signals, Rig& rig) : signals_(signals) { signals_.attach(&rig); }
    ~Attached() { signals_.attach(nullptr); }
    Attached(const Attached&) = delete;
    Attached& operator=(const Attached&) = delete;

   private:
    Signals& signals_;
  };

  // Whether the user wants to stop.
  bool stopping() const {
    const std::lock_guard lock(mutex_);
    return pending_ == kStopping;
  }

  // Waits until the runner, or the user, wants the worker to go on.
  void await_go_on() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return go_on_ || pending_ == kStopping; });
    go_on_ = false;
  }

 private:
  void attach(Rig* rig) {
    const std::lock_guard lock(mutex_);
    rig_ = rig;
    if (rig_ && !pending_.empty()) rig_->interrupt(pending_);
  }

  static constexpr std::string_view kStopping = "interrupted by the user";

  void next() {
    set_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      const std::lock_guard lock(mutex_);
      if (signal == SIGUSR1) {
        go_on_ = true;
      } else {
        if (signal == SIGTERM) hang_ = on_time_up_(rig_);
        pending_ = signal == SIGTERM ? "its time is up" : kStopping;
        if (rig_) rig_->interrupt(pending_);
      }
      changed_.notify_all();
      next();
    });
  }

  boost::asio::io_context& io_;
  boost::asio::signal_set set_;
  std::function<std::string(const Rig*)> on_time_up_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Rig* rig_ = nullptr;
  std::string pending_;
  std::string hang_;
  bool go_on_ = false;
};

// What a user needs to look at the nodes of a scenario that stands still.
std::string describe_nodes(Rig& rig) {
  std::string text;
  for (std::size_t i = 0; i < rig.node_count(); ++i) {
    const Node& node = rig.node(i);
    const auto pid = node.pid();
    text += fmt::format("{}: {}\n  data directory: {}\n  log: {}\n", node.name(),
                        pid ? fmt::format("pid {}", *pid) : "not running",
                        node.data_directory().string(), node.log().path().string());
    if (pid) text += fmt::format("  {} getblockchaininfo\n", node.cli_command());
  }
  return text;
}

// Stands still after a failure, with the nodes running, until the runner says to go on.
class Pause {
 public:
  Pause(const WorkerJob& job, Signals& signals) : job_(job), signals_(signals) {}

  void operator()(Rig& rig, const std::string& reason) {
    // What failed in a sub-test may end the scenario too: one pause is enough.
    const bool seen = !reason_.empty() && reason.find(reason_) != std::string::npos;
    if (!job_.pause_on_failure || seen || signals_.stopping()) return;
    reason_ = reason;
    write_line(job_.events, {{"pause", reason + "\n" + describe_nodes(rig)}});
    signals_.await_go_on();
  }

 private:
  const WorkerJob& job_;
  Signals& signals_;
  std::string reason_;
};

// Scenarios make and drop blocks of a megabyte by the thousand. What they give back stays with the
// process, or every block would be paid for twice: the kernel clears each page that it hands out.
void keep_freed_memory() {
#ifdef __GLIBC__
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 128 << 20);
#endif
}

}  // namespace

void to_json(Json& json, const WorkerJob& job) {
  json = {{"scenario", job.scenario},
          {"plugin", job.plugin.string()},
          {"daemon", job.daemon},
          {"subtests", job.subtests},
          {"seed", job.seed},
          {"timeout_factor", job.timeout_factor},
          {"keep", job.keep},
          {"trace", job.trace},
          {"pause_on_failure", job.pause_on_failure},
          {"tamper", job.tamper ? Json(*job.tamper) : Json()},
          {"bundle", job.bundle.string()},
          {"events", job.events}};
}

void from_json(const Json& json, WorkerJob& job) {
  json.at("scenario").get_to(job.scenario);
  job.plugin = json.at("plugin").get<std::string>();
  json.at("daemon").get_to(job.daemon);
  json.at("subtests").get_to(job.subtests);
  json.at("seed").get_to(job.seed);
  json.at("timeout_factor").get_to(job.timeout_factor);
  json.at("keep").get_to(job.keep);
  json.at("trace").get_to(job.trace);
  json.at("pause_on_failure").get_to(job.pause_on_failure);
  if (const Json& tamper = json.at("tamper"); !tamper.is_null()) {
    job.tamper = tamper.get<prove::Order>();
  }
  job.bundle = json.at("bundle").get<std::string>();
  json.at("events").get_to(job.events);
}

int run_worker() {
  ::prctl(PR_SET_NAME, "noderig-worker");  // not "exe", by which it was started
  keep_freed_memory();
  const auto job = Json::parse(std::cin).get<WorkerJob>();
  crash_events = job.events;
  std::set_terminate(on_terminate);

  // Everything that daemons inherit comes before the supervisor is forked, the threads after it.
  LoopbackAddress address(job.seed ^ (static_cast<std::uint64_t>(::getpid()) << 32));
  ScratchDirectory scratch(job.scenario);
  write_line(job.events, {{"scratch", scratch.path().string()}});
  Supervisor supervisor;
  Timeline timeline(scratch.path() / kRecordingName);
  WaitRegistry waits;
  Traffic traffic;
  if (job.trace) {
    timeline.print_with(
        [](const Timeline::Entry& entry) { std::cerr << to_string(entry) << '\n'; });
  }
  std::optional<prove::Tampering> tampering;  // peers refer to it as long as there is I/O
  if (job.tamper) tampering.emplace(*job.tamper);
  IoThread io;
  supervisor.listen();
  Signals signals(io.context(), [&](const Rig* rig) {
    const std::string position = rig ? rig->position() : "";
    const HangScene scene{.position = position.empty() ? "the start of its nodes" : position,
                          .waits = waits.waits(),
                          .threads = threads_of(::getpid()),
                          .timeline = timeline,
                          .directory = scratch.path()};
    std::ofstream(scratch.path() / kHangReportName) << hang_report(scene);
    std::string hang = describe_waits(scene.waits, scene.threads);
    write_line(job.events, {{"hang", hang}});
    return hang;
  });
  Pause pause(job, signals);

  const Scenario scenario = load_plugin(job.plugin);
  Outcome outcome;
  std::vector<SubtestResult> subtests;
  std::vector<NodeUsage> nodes;
  bool failed = false;  // before the user wanted to stop
  const auto tell_hang = [&] {
    if (const std::string hang = signals.hang(); !hang.empty()) {
      fail(outcome, fmt::format("{}\n({} in its bundle has more)", hang, kHangReportName));
    }
  };
  Rig* running_rig = nullptr;
  try {
    Rig rig({.metadata = scenario.metadata(),
             .host = {.io = io.context(),
                      .supervisor = supervisor,
                      .address = address,
                      .timeline = timeline,
                      .waits = waits,
                      .profile = job.daemon,
                      .directory = scratch.path(),
                      .timeout_factor = job.timeout_factor,
                      .on_fault = {},
                      .traffic = &traffic,
                      .tampering = tampering ? &*tampering : nullptr},
             .seed = job.seed,
             .selected_subtests = job.subtests,
             .on_step =
                 [&](const std::string& step) {
                   if (tampering) tampering->enter(step);
                   write_line(job.events, {{"step", step}});
                 },
             .on_warning =
                 [&](const std::string& text) {
                   write_line(job.events, {{"warning", text}});
                 },
             .on_subtest_failure =
                 [&](const std::string& reason) {
                   failed = failed || !signals.stopping();
                   pause(*running_rig, reason);
                 },
             .chains = home_directory() / "chains"});
    running_rig = &rig;
    const Signals::Attached attached(signals, rig);
    rig.begin();
    outcome = run_body(*scenario.definition, job.daemon, rig);
    tell_hang();
    failed = failed || (outcome.verdict == Verdict::Failed && !signals.stopping());
    if (outcome.verdict == Verdict::Failed) pause(rig, outcome.reason);
    const bool sound = outcome.verdict == Verdict::Passed;
    for (const std::string& problem : rig.finish(sound)) fail(outcome, problem);
    const auto& wanted = job.subtests.empty() ? scenario.metadata().subtests : job.subtests;
    weigh_subtests(outcome, rig, wanted);
    subtests = rig.subtests();
    if (outcome.verdict == Verdict::Failed) {
      for (const std::string& name : not_reached(rig, wanted)) {
        subtests.push_back({name, Verdict::Skipped, "not reached"});
      }
    }
    nodes = rig.node_usage();
  } catch (const std::exception& error) {
    // The nodes could not be started or stopped.
    failed = failed || !signals.stopping();
    fail(outcome, error.what());
    tell_hang();
  }
  supervisor.shut_down();

  // Daemons without disk fail in many ways. That is no scenario's fault, and keeping what they
  // wrote would not make it better.
  std::string rig_fault;
  if (outcome.verdict == Verdict::Failed) rig_fault = lack_of_disk(kSmallestDiskMb);
  if (!rig_fault.empty()) rig_fault = "the disk is full: a node " + rig_fault;
  bool kept = rig_fault.empty() && !tampering && (job.keep || outcome.verdict == Verdict::Failed);
  if (kept) {
    try {
      timeline.write(scratch.path() / "timeline.jsonl");
      scratch.keep_as(job.bundle);
    } catch (const EnvironmentError& error) {
      kept = false;
      rig_fault = error.what();
    }
  }
  if (!rig_fault.empty()) {
    outcome = {Verdict::Failed, rig_fault + (outcome.reason.empty() ? "" : "\n" + outcome.reason)};
  }
  write_line(job.events, {{"result",
                           {{"verdict", to_string(outcome.verdict)},
                            {"reason", outcome.reason},
                            {"rig_fault", !rig_fault.empty()},
                            {"interrupted", signals.stopping() && !failed},
                            {"assertions", detail::assertions_run()},
                            {"subtests", subtests},
                            {"nodes", nodes},
                            {"rpc", traffic.rpc()},
                            {"messages", traffic.messages()},
                            {"tampering", tampering ? Json(tampering->report()) : Json()},
                            {"bundle", kept ? job.bundle.string() : ""},
                            {"peak_rss_bytes", own_peak_rss()}}}});
  return EXIT_SUCCESS;
}

}  // namespace noderig
