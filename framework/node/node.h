// One daemon of a scenario: its process, data directory, addresses, log and RPC. Owned by the Rig.
// Used from the scenario's thread; several nodes may be driven from several threads, one node from
// one at a time.
//
// A node that ends when nobody asked it to, ends with a status other than 0, writes to its standard
// error or logs an assertion or sanitizer report is a fault, which problems() lists and the
// scenario fails for. A fault while the scenario waits ends the wait at once.
#pragma once

#include <noderig/framework/bundle/wait_registry.h>
#include <noderig/framework/chain/block_builder.h>
#include <noderig/framework/json.h>
#include <noderig/framework/node/flavours/flavour.h>
#include <noderig/framework/node/log_file.h>
#include <noderig/framework/node/profile.h>
#include <noderig/framework/node/supervisor.h>
#include <noderig/framework/runner/workspace.h>
#include <noderig/framework/timeline.h>
#include <noderig/p2p/primitives/block.h>
#include <noderig/rpc/client.h>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <vector>

namespace noderig {

class Traffic;
namespace prove {
class Tampering;
}

// What a worker lends to its nodes. The parts outlive them.
struct NodeHost {
  boost::asio::io_context& io;
  Supervisor& supervisor;
  LoopbackAddress& address;
  Timeline& timeline;
  WaitRegistry& waits;
  const DaemonProfile& profile;
  std::filesystem::path directory;  // each node makes a directory of its own in it
  double timeout_factor = 1;
  std::function<void(const std::string&)> on_fault;  // called on the supervisor's reading thread
  Traffic* traffic = nullptr;                        // counts calls and messages; null: nobody does
  prove::Tampering* tampering = nullptr;             // under `noderig prove` only
};

struct NodeSettings {
  std::string name = "node0";
  // In bitcoind's words, after the profile's; the last of two wins in the daemon. An option that
  // another daemon lacks throws Skipped.
  std::vector<std::string> arguments{};
  // The daemon's clock. Nothing: real time.
  std::optional<std::chrono::sys_seconds> mocktime;
};

// Something that was wrong with a node, as a sentence.
struct NodeProblem {
  enum class Kind {
    End,            // it ended when nobody asked it to
    Status,         // it was asked to end, and ended badly or not in time
    StandardError,  // what it wrote there
    Log,            // an assertion or sanitizer report in its log
  };
  Kind kind;
  std::string text;
};

class Node {
 public:
  Node(NodeHost& host, NodeSettings settings);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  const std::string& name() const { return settings_.name; }
  const DaemonProfile& profile() const { return host_.profile; }
  // How its network writes addresses.
  const AddressFormat& addresses() const { return flavour_.addresses; }

  // ---- Its life

  // Starts the daemon and waits until it answers calls. Throws EnvironmentError with the daemon's
  // own standard error and exit status when it ends first.
  void start();

  // Calls `action` once, when the daemon answers for the first time from now on.
  void once_started(std::function<void(Node&)> action) { once_started_ = std::move(action); }

  // The two halves of start(), so that several nodes start side by side.
  void launch();
  void await_ready();

  // Replaces the scenario's own arguments, from the next start on.
  void set_arguments(std::vector<std::string> arguments);
  // As they were given.
  const std::vector<std::string>& arguments() const { return settings_.arguments; }

  // Asks the daemon to end and waits. A status other than 0 is a fault. Does nothing when the node
  // is not running.
  void stop();
  void begin_stop();
  void await_stopped();

  void restart();
  void restart(std::vector<std::string> arguments);

  // kill -9, and waits for the end: as if the power failed. No fault.
  void kill();

  // Waits for the daemon to end by itself, which is then expected, and tells how it did.
  ExitReport await_exit();

  bool running() const;

  // Starts the daemon with `arguments` instead of its own and expects it to refuse: to end with a
  // status other than 0 and with `message` on its standard error, beside other text or alone.
  // Throws AssertionError when it starts, ends well or says something else.
  enum class Said { Among, Alone };
  void assert_start_fails(std::vector<std::string> arguments, std::string_view message,
                          Said said = Said::Among);

  // Standard error may contain `text` from now on without being a fault.
  void allow_stderr(std::string text);

  // ---- Talking to it

  // Calls RPC methods: rpc("getblock", hash, 2).
  rpc::Client rpc;

  int height() const;
  Uint256 tip() const;

  // Continues from the node's tip, as it is now, with blocks tagged with the node's name.
  ChainBuilder chain() const;

  // Builds `count` blocks on the node's tip, tagged with its name, and submits them. The hashes in
  // order. Throws AssertionError when the node does not take one.
  std::vector<Uint256> mine(int count, const p2p::Script& script = anyone_can_spend());

  // The same for one block with that content.
  BuiltBlock mine(BlockContent content);

  // The same with what the node would put into its next block: its mempool, as far as it fits.
  BuiltBlock mine_mempool();

  // Sets the daemon's clock, now and when it starts again.
  void set_mocktime(std::chrono::sys_seconds time);
  // Puts it forward. Throws std::logic_error when the clock is not set.
  void advance_mocktime(std::chrono::seconds by);
  // Nothing: real time.
  const std::optional<std::chrono::sys_seconds>& mocktime() const { return settings_.mocktime; }

  // Submits a block; the reason for which the node refuses it, empty when it does not.
  std::string submit(const p2p::Block& block) const;

  // Waits until the tip is at `height` (with that hash, if one is given). `where` is named when
  // that does not happen, as by all waits.
  void wait_for_height(int height, std::chrono::milliseconds timeout = std::chrono::seconds(60),
                       std::source_location where = std::source_location::current());
  void wait_for_tip(const Uint256& hash,
                    std::chrono::milliseconds timeout = std::chrono::seconds(60),
                    std::source_location where = std::source_location::current());

  // Waits until wallets, indexes and notifications have caught up with the chain, in daemons where
  // they run behind it.
  void finish_validation() const;

  // Waits until `done` holds, asking again whenever the node's network or validation threads log
  // something. Throws AssertionError that names `what` when the bound passes.
  void wait_until(const std::function<bool()>& done, std::string_view what,
                  std::chrono::milliseconds timeout = std::chrono::seconds(60),
                  std::source_location where = std::source_location::current()) const;

  const std::string& host() const { return host_.address.host(); }
  std::uint16_t p2p_port() const { return p2p_port_; }
  // HOST:PORT, as other nodes and their answers write it.
  std::string p2p_address() const;
  std::uint16_t rpc_port() const { return rpc_port_; }

  // ---- Its files

  const std::filesystem::path& data_directory() const { return directory_; }
  // Where the network's files are: blocks, chainstate, debug.log.
  std::filesystem::path network_directory() const { return directory_ / "regtest"; }
  const LogFile& log() const { return *log_; }
  // What it has logged since it was last started.
  std::string log_of_run() const { return log_->since(log_start_); }
  std::string stderr_text() const;

  // ---- For the report

  // How a user calls its RPC methods in a shell; the method and its arguments come behind it.
  std::string cli_command() const;
  // Of the daemon's process; nothing when it does not run.
  std::optional<pid_t> pid() const;
  // The whole command line of the latest start.
  const std::vector<std::string>& command_line() const { return command_line_; }
  // CPU time of all runs that have ended, in seconds.
  double cpu_seconds() const { return cpu_seconds_; }
  std::int64_t peak_rss_bytes() const { return peak_rss_bytes_; }

  // What went wrong with it. Looks at the runs that have ended and at the log.
  std::vector<NodeProblem> problems() const;

  // Ends all waits on this node, now and later, with `reason`. Any thread.
  void interrupt(const std::string& reason);

 private:
  friend void assert_in_log(const Node& node, const std::vector<std::string>& expected,
                            const std::function<void()>& action,
                            const std::vector<std::string>& unexpected,
                            std::chrono::milliseconds timeout);

  enum class Ending { None, Stop, Kill, Any };

  NodePlace place() const;
  rpc::ClientOptions client_options() const;
  void choose_ports();
  bool await_block(const std::function<bool()>& done, std::chrono::milliseconds timeout) const;
  void spawn(const std::vector<std::string>& arguments);
  void signal_end(Ending expected, int signal);
  std::chrono::milliseconds bound(std::chrono::milliseconds timeout) const;
  // Waits until `done` holds, for `what`; false when the bound passes. Throws when the node is
  // interrupted.
  bool wait(const std::function<bool()>& done, std::string_view what,
            std::chrono::milliseconds timeout) const;
  [[nodiscard]] std::shared_ptr<void> enter_wait(std::string_view what) const;
  bool answers();
  ExitReport ended(std::string_view after);
  bool ready_or_ended();
  [[noreturn]] void fail_start(const std::string& what) const;
  void take_report(const ExitReport& exit);
  std::string account_of_end(const ExitReport& exit) const;

  NodeHost& host_;
  const Flavour& flavour_;
  NodeSettings settings_;
  std::filesystem::path directory_;
  std::filesystem::path stderr_file_;
  std::shared_ptr<LogFile> log_;  // shared with the exit callback
  std::uint16_t p2p_port_ = 0;
  std::uint16_t rpc_port_ = 0;
  std::vector<std::string> command_line_;
  std::function<void(Node&)> once_started_;
  std::uint64_t log_start_ = 0;   // where the log was when the current run began
  std::shared_ptr<Child> child_;  // null before the first start and once a run is accounted for
  std::shared_ptr<std::atomic<Ending>> expected_;  // of the current run; read on that thread too
  std::vector<std::string> allowed_stderr_;
  std::uintmax_t stderr_seen_ = 0;  // bytes written by starts that were to fail
  std::vector<NodeProblem> faults_;
  double cpu_seconds_ = 0;
  std::int64_t peak_rss_bytes_ = 0;
  std::atomic<bool> interrupted_ = false;
  std::string interrupt_reason_;  // written before interrupted_ is set
};

// Starts all of them side by side.
void start_all(const std::vector<Node*>& nodes);
// Stops all of them side by side.
void stop_all(const std::vector<Node*>& nodes);

// Runs `action` and waits until the node's log has every one of `expected` written since its
// beginning. Throws AssertionError, naming the lines that are missing, after `timeout`, or at once
// when one of `unexpected` is there at the end.
void assert_in_log(const Node& node, const std::vector<std::string>& expected,
                   const std::function<void()>& action,
                   const std::vector<std::string>& unexpected = {},
                   std::chrono::milliseconds timeout = std::chrono::seconds(10));

}  // namespace noderig
