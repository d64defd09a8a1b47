// What a scenario is handed: its nodes and peers, steps and sub-tests, seeded random numbers. Made
// and owned by the worker, one a process. Belongs to the scenario's thread, except where a member
// says otherwise. Nodes and peers live until the rig ends, those made in a sub-test until that
// ends.
#pragma once

#include <noderig/framework/errors.h>
#include <noderig/framework/metadata.h>
#include <noderig/framework/network/link.h>
#include <noderig/framework/node/node.h>
#include <noderig/framework/runner/results.h>
#include <noderig/framework/zmq_subscriber.h>
#include <noderig/p2p/listener.h>
#include <noderig/p2p/peer.h>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace noderig {

class Oracles;

// What the worker gives to the rig.
struct RigSetup {
  const ScenarioMetadata& metadata;
  NodeHost host;
  std::uint64_t seed = 0;
  std::vector<std::string> selected_subtests{};            // empty: all
  std::function<void(const std::string& step)> on_step{};  // on the scenario's thread
  // A step that the user is to know of when it is long over. On the scenario's thread.
  std::function<void(const std::string& step)> on_warning{};
  // A sub-test has failed and is not yet cleaned up. On the scenario's thread.
  std::function<void(const std::string& reason)> on_subtest_failure{};
  std::filesystem::path chains{};  // where built chains are kept
};

class Rig {
 public:
  explicit Rig(RigSetup setup);
  ~Rig();
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  // ---- Nodes

  // The first N nodes, for a structured binding: auto& [n0, n1] = rig.nodes<2>();
  template <std::size_t N>
  auto& nodes() {
    return references(std::make_index_sequence<N>());
  }
  Node& node(std::size_t index);
  std::size_t node_count() const { return nodes_.size(); }

  // A further node, not started. `arguments` come after the scenario's own.
  Node& add_node(std::vector<std::string> arguments = {});

  // Starts nodes side by side.
  void start(std::initializer_list<std::reference_wrapper<Node>> nodes);

  // Hands every node the blocks that only the others have, by submitblock, until all know the same
  // blocks. No connection is made.
  void sync_by_rpc(std::initializer_list<std::reference_wrapper<Node>> nodes);

  // Makes `from` connect to `to` and waits until both have finished the handshake. Does nothing
  // when that connection stands. Nodes of one rig trust each other: they neither ban one another
  // nor hold transactions back.
  void connect_nodes(Node& from, Node& to,
                     std::source_location where = std::source_location::current());

  // Ends all connections between the two, whoever made them, and waits until both know.
  void disconnect_nodes(Node& a, Node& b,
                        std::source_location where = std::source_location::current());

  // Puts a link with these faults between two nodes: `from` connects to `to` through it, and both
  // have finished the handshake when it returns. Messages pass by v1 transport.
  Link& link(Node& from, Node& to, const LinkFaults& faults = {});
  // A link in front of a node, for peers: connect_peer(link).
  Link& link(Node& to, const LinkFaults& faults = {});
  // Connects through the link once more, after it was cut.
  void connect_nodes(Node& from, const Link& link, Node& to);

  // Wait until connected nodes have the same tip, the same mempool, or both, and have told their
  // wallets and indexes. `timeout` bounds the wait for each change on the way there.
  void sync_blocks(std::initializer_list<std::reference_wrapper<Node>> nodes,
                   std::chrono::milliseconds timeout = std::chrono::seconds(60),
                   std::source_location where = std::source_location::current());
  void sync_mempools(std::initializer_list<std::reference_wrapper<Node>> nodes,
                     std::chrono::milliseconds timeout = std::chrono::seconds(60),
                     std::source_location where = std::source_location::current());
  void sync_all(std::initializer_list<std::reference_wrapper<Node>> nodes,
                std::chrono::milliseconds timeout = std::chrono::seconds(60),
                std::source_location where = std::source_location::current());

  // Sets the clock of all nodes, also of those that do not run.
  void set_mocktime(std::chrono::sys_seconds time);

  // ---- Peers. Each has a source address of its own, never 127.0.0.1.

  // A peer that connects to the node: inbound, as the node sees it.
  p2p::Peer& connect_peer(Node& node, p2p::PeerOptions options = {},
                          p2p::Place where = p2p::Place::current());

  // The same through a link. The node shows it with the link's address, Link::onward_addresses().
  p2p::Peer& connect_peer(const Link& link, p2p::PeerOptions options = {},
                          p2p::Place where = p2p::Place::current());

  // A peer that the node connects to, by addconnection: "outbound-full-relay",
  // "block-relay-only", "addr-fetch" or "feeler".
  p2p::Peer& accept_peer(Node& node, const std::string& connection_type = "outbound-full-relay",
                         p2p::PeerOptions options = {}, p2p::Place where = p2p::Place::current());

  // The node has found out that the peer misbehaves: it closes the connection, or, where the daemon
  // spares loopback peers (no punish-loopback), has written into its log whom it blames. A flavour
  // that writes no such line (Flavour::blame_in_log) has at least dealt with all that was sent.
  void expect_punished(const Node& node, p2p::Peer& peer, p2p::Place where = p2p::Place::current());

  // ---- Notifications

  // An address on which nothing listens, for a node's -zmqpub options: "tcp://127.3.4.5:18001".
  std::string free_endpoint();

  // Listens to what a node publishes by ZMQ at options.endpoint. Lives as a peer does.
  ZmqSubscriber& subscribe_zmq(ZmqSubscriberOptions options);

  // ---- The scenario's course

  // Says what comes next. Shown live and in every report of a failure.
  void step(const std::string& text);

  // Runs a part that is selected, reported and cleaned up on its own: a failure in it does not end
  // the scenario. Skipped, with the reason, when the daemon lacks one of `needs`. The name must be
  // declared in the metadata.
  void subtest(const std::string& name, const std::function<void()>& body) {
    subtest(name, {}, body);
  }
  void subtest(const std::string& name, const std::vector<std::string>& needs,
               const std::function<void()>& body);

  // Whether the run is to have that sub-test: what it needs can be prepared beside other parts.
  bool selected(const std::string& subtest) const;

  // Ends the sub-test, or the scenario outside of one, as skipped.
  [[noreturn]] void skip(const std::string& reason);

  // Writes a line into the timeline.
  void log(std::string text);

  // Whether the daemon has a capability.
  bool can(std::string_view capability) const { return host_.profile.can(capability); }

  // The run's random numbers: equal seed, equal numbers.
  std::mt19937_64& random() { return random_; }
  std::uint64_t seed() const { return seed_; }

  // The worker's I/O thread, for a scenario with sockets of its own.
  boost::asio::io_context& io() { return host_.io; }

  // ---- For the worker

  // Makes the scenario's nodes, gives each its chain and starts them. Once, before the scenario;
  // apart from the constructor, so that interrupt() reaches what is waited for here.
  void begin();

  // Ends all waits, now and later, with `reason`; the first reason stays. Any thread.
  void interrupt(const std::string& reason);
  std::string interrupt_reason() const;

  // Drops the peers, asks the oracles, stops the nodes side by side and lists what was wrong with
  // any of them. Nodes that run are asked only when the scenario was `sound` so far: what a failure
  // left half done breaks oracles by the dozen.
  std::vector<std::string> finish(bool sound);

  const std::vector<SubtestResult>& subtests() const { return subtests_; }
  std::vector<NodeUsage> node_usage() const;

  // Where the scenario is: its sub-test and step.
  std::string position() const;

 private:
  template <std::size_t... I>
  auto& references(std::index_sequence<I...>) {
    using References = std::tuple<std::conditional_t<true, Node, decltype(I)>&...>;
    auto references = std::make_shared<References>(node(I)...);
    reference_tuples_.push_back(references);
    return *references;
  }

  p2p::PeerOptions complete(p2p::PeerOptions options, const std::string& other_side);
  Link& add_link(const Node& to, const std::string& source, const LinkFaults& faults);
  std::string next_source_address();
  void drop_links_from(std::size_t first);
  p2p::Peer& open_peer(p2p::PeerOptions options,
                       const std::function<std::unique_ptr<p2p::Peer>(p2p::PeerOptions)>& open,
                       p2p::Place where);
  void drop_peers_from(std::size_t first);
  void drop_subscribers_from(std::size_t first);
  void drop_nodes_from(std::size_t first);
  void give_chain(Node& node);
  std::vector<Node*> nodes_from(std::size_t first) const;
  void run_subtest(SubtestResult& result, const std::function<void()>& body);

  const ScenarioMetadata& metadata_;
  const std::unique_ptr<Oracles> oracles_;
  NodeHost host_;
  const std::uint64_t seed_;
  std::mt19937_64 random_;
  std::vector<std::string> selected_;
  std::function<void(const std::string&)> on_step_;
  std::function<void(const std::string&)> on_warning_;
  std::function<void(const std::string&)> on_subtest_failure_;
  const std::filesystem::path chains_;

  mutable std::mutex mutex_;  // guards what interrupt() and position() touch
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<std::unique_ptr<p2p::Peer>> peers_;
  std::vector<std::unique_ptr<p2p::Listener>> listeners_;
  std::vector<std::unique_ptr<ZmqSubscriber>> subscribers_;
  std::vector<std::unique_ptr<Link>> links_;
  std::string interrupt_reason_;
  Node* builder_ = nullptr;  // of a chain, while it is built
  std::string step_;
  std::string subtest_;
  std::chrono::steady_clock::duration paused_{};  // how long the failed sub-test stood still

  std::vector<std::shared_ptr<void>> reference_tuples_;  // what nodes<N>() has given out
  std::vector<SubtestResult> subtests_;
  std::vector<NodeUsage> gone_nodes_;
  std::vector<std::string> problems_;
  int next_node_ = 0;
  int next_peer_ = 0;
  std::uint32_t next_connection_ = 0;
  std::uint8_t next_source_ = 2;
};

}  // namespace noderig
