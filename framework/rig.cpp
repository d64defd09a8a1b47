#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/asker.h>
#include <noderig/framework/assert.h>
#include <noderig/framework/chain/regtest.h>
#include <noderig/framework/chain_store/chain_recipe.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/flavours/flavour.h>
#include <noderig/framework/node/node_state.h>
#include <noderig/framework/node/peer_info.h>
#include <noderig/framework/node/rpc_methods.h>
#include <noderig/framework/oracle/oracle.h>
#include <noderig/framework/prerequisite.h>
#include <noderig/framework/prove/tampering.h>
#include <noderig/framework/rig.h>
#include <noderig/framework/traffic.h>
#include <algorithm>
#include <unordered_set>

namespace noderig {
namespace {

// Last bytes of the worker's loopback addresses: nodes have the first, peers that connect those up
// to kLastSource, peers that accept kListening. Nodes trust each other's address, not the peers'.
constexpr std::uint8_t kLastSource = 253;
constexpr std::uint8_t kListening = 254;

void record_event(Timeline& timeline, std::uint32_t connection, const p2p::TraceEvent& event) {
  using What = p2p::TraceEvent::What;
  Timeline::Entry entry{.time = event.time,
                        .kind = Timeline::Kind::Peer,
                        .source = event.peer,
                        .sent = event.direction == p2p::Direction::Sent,
                        .connection = connection};
  switch (event.what) {
    case What::MessagePassed:
      entry.kind = Timeline::Kind::Message;
      entry.name = event.command;
      entry.header = event.header;
      entry.payload = event.payload;
      break;
    case What::Opened:
      entry.name = "opened";
      entry.text = event.local_address;
      entry.reply = event.remote_address;
      break;
    case What::Closed:
      entry.name = "closed";
      entry.text = event.reason;
      break;
  }
  timeline.add(entry);
}

// How long a node may take to answer the last ping of a peer that it has not dropped.
constexpr std::chrono::seconds kLastPing{5};

// What went wrong with the peer, empty when nothing did. Waits for the node to be done with all
// that was sent: it may drop the peer for the last message.
std::string problem_of(p2p::Peer& peer) {
  try {
    if (peer.connected()) {
      peer.await_handshake(std::chrono::milliseconds(0));
      peer.sync_with_ping(kLastPing);
    }
  } catch (const p2p::PeerError&) {
    // No peer that a ping can reach, by the scenario's will; or the node has dropped it.
  }
  if (!peer.dropped_unexpectedly()) return {};
  return peer.name() + " was dropped by the node, which no step expected";
}

}  // namespace

Rig::Rig(RigSetup setup)
    : metadata_(setup.metadata),
      oracles_(std::make_unique<Oracles>(setup.metadata.without)),
      host_(std::move(setup.host)),
      seed_(setup.seed),
      random_(setup.seed),
      selected_(std::move(setup.selected_subtests)),
      on_step_(std::move(setup.on_step)),
      on_warning_(std::move(setup.on_warning)),
      on_subtest_failure_(std::move(setup.on_subtest_failure)),
      chains_(std::move(setup.chains)) {
  if (oracles_->asks(kAliveOracle.name)) {
    host_.on_fault = [this](const std::string& fault) { interrupt(fault); };
  }
}

void Rig::begin() {
  for (int i = 0; i < metadata_.nodes; ++i) give_chain(add_node());
  if (metadata_.start == Start::Automatic) start_all(nodes_from(0));
}

Rig::~Rig() {
  drop_peers_from(0);
  drop_subscribers_from(0);
  drop_links_from(0);
  drop_nodes_from(0);
}

// ---------------------------------------------------------------------------------------- Nodes

Node& Rig::node(std::size_t index) {
  if (index >= nodes_.size()) {
    throw std::out_of_range(fmt::format("{} has {} nodes, there is no node {} (.nodes = {})",
                                        metadata_.name, nodes_.size(), index, index + 1));
  }
  return *nodes_[index];
}

Node& Rig::add_node(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), metadata_.args.begin(), metadata_.args.end());
  NodeSettings settings{.name = fmt::format("node{}", next_node_++),
                        .arguments = std::move(arguments),
                        .mocktime = {}};
  if (metadata_.clock == Clock::Epoch) settings.mocktime = regtest::kEpoch;
  auto node = std::make_unique<Node>(host_, std::move(settings));
  const std::lock_guard lock(mutex_);
  if (!interrupt_reason_.empty()) node->interrupt(interrupt_reason_);
  return *nodes_.emplace_back(std::move(node));
}

void Rig::give_chain(Node& node) {
  if (metadata_.chain == Chain::Clean) return;
  const auto watch = [this](Node* builder) {
    const std::lock_guard lock(mutex_);
    builder_ = builder;
    if (builder && !interrupt_reason_.empty()) builder->interrupt(interrupt_reason_);
  };
  noderig::give_chain(host_, chains_, mature_chain(), node,
                      {.say = [this](const std::string& text) { step(text); },
                       .warn =
                           [this](const std::string& text) {
                             if (on_warning_) on_warning_(text);
                           },
                       .building = watch});
}

void Rig::start(std::initializer_list<std::reference_wrapper<Node>> nodes) {
  std::vector<Node*> pointers;
  for (Node& node : nodes) pointers.push_back(&node);
  start_all(pointers);
}

void Rig::sync_by_rpc(std::initializer_list<std::reference_wrapper<Node>> nodes) {
  const RigsOwnCalls own;
  // Blocks by hash, from the tips down to what every node has.
  for (Node& source : nodes) {
    for (Node& target : nodes) {
      if (&source == &target) continue;
      std::vector<std::string> lacking;
      Uint256 hash = source.tip();
      while (true) {
        const auto known = target.rpc.batch({{"getblockheader", Json::array({Json(hash)})}});
        if (known.front().ok()) break;
        lacking.push_back(source.rpc("getblock", hash, 0).get<std::string>());
        hash = hash_of(source.rpc("getblockheader", hash).at("previousblockhash"));
      }
      for (auto block = lacking.rbegin(); block != lacking.rend(); ++block) {
        const Json answer = target.rpc("submitblock", *block);
        // "inconclusive": valid as far as it was looked at, on a branch with no more work.
        if (answer.is_null() || answer == "inconclusive" || answer == "duplicate") continue;
        throw AssertionError(fmt::format("{} refuses a block of {}: {}", target.name(),
                                         source.name(), answer.dump()));
      }
    }
  }
}

// ---------------------------------------------------------------------------------------- Peers

p2p::PeerOptions Rig::complete(p2p::PeerOptions options, const std::string& other_side) {
  if (options.name == p2p::PeerOptions().name) {
    options.name = fmt::format("peer{}@{}", next_peer_++, other_side);
  }
  options.timeout_factor = host_.timeout_factor;
  options.trace = [&timeline = host_.timeline, traffic = host_.traffic,
                   connection = ++next_connection_,
                   own = std::move(options.trace)](const p2p::TraceEvent& event) {
    if (traffic != nullptr) traffic->count(event);
    own ? own(event) : record_event(timeline, connection, event);
  };
  options.on_wait = [&waits = host_.waits](std::string what) {
    return waits.enter(std::move(what));
  };
  if (host_.tampering) options.filter = host_.tampering->message_filter(options.name);
  return options;
}

// Opens a peer and takes it in before its handshake, so that interrupt() reaches it there.
p2p::Peer& Rig::open_peer(p2p::PeerOptions options,
                          const std::function<std::unique_ptr<p2p::Peer>(p2p::PeerOptions)>& open,
                          p2p::Place where) {
  const bool await =
      options.handshake == p2p::Handshake::Complete && options.auto_version && options.auto_verack;
  options.handshake = p2p::Handshake::None;
  auto opened = open(std::move(options));
  p2p::Peer& peer = *opened;
  {
    const std::lock_guard lock(mutex_);
    peers_.push_back(std::move(opened));
  }
  if (await) peer.await_handshake({}, where);
  return peer;
}

std::string Rig::next_source_address() {
  const std::uint8_t last = next_source_;
  next_source_ = last == kLastSource ? 2 : last + 1;
  return host_.address.sibling(last);
}

p2p::Peer& Rig::connect_peer(Node& node, p2p::PeerOptions options, p2p::Place where) {
  options = complete(std::move(options), node.name());
  if (options.bind_address.empty()) options.bind_address = next_source_address();
  return open_peer(
      std::move(options),
      [&](p2p::PeerOptions opening) {
        return p2p::Peer::connect(host_.io, node.host(), node.p2p_port(), std::move(opening));
      },
      where);
}

p2p::Peer& Rig::connect_peer(const Link& link, p2p::PeerOptions options, p2p::Place where) {
  const auto colon = link.address().rfind(':');
  const auto port = static_cast<std::uint16_t>(std::stoi(link.address().substr(colon + 1)));
  return open_peer(
      complete(std::move(options), link.address()),
      [&](p2p::PeerOptions opening) {
        return p2p::Peer::connect(host_.io, link.address().substr(0, colon), port,
                                  std::move(opening));
      },
      where);
}

p2p::Peer& Rig::accept_peer(Node& node, const std::string& connection_type,
                            p2p::PeerOptions options, p2p::Place where) {
  auto listener = std::make_unique<p2p::Listener>(host_.io, host_.address.sibling(kListening),
                                                  host_.address.free_port());
  p2p::Listener* accepting = listener.get();
  {
    const std::lock_guard lock(mutex_);
    listeners_.push_back(std::move(listener));
  }
  node.rpc("addconnection", accepting->address(), connection_type, false);
  return open_peer(
      complete(std::move(options), node.name()),
      [&](p2p::PeerOptions opening) { return accepting->accept(std::move(opening)); }, where);
}

void Rig::expect_punished(const Node& node, p2p::Peer& peer, p2p::Place where) {
  if (can("punish-loopback")) return peer.expect_disconnect({}, where);
  peer.sync_with_ping({}, where);
  const std::string_view blame = flavour_named(node.profile().flavour).blame_in_log;
  if (blame.empty()) return;
  const std::string line = fmt::format(fmt::runtime(blame), peer_id(node, peer));
  detail::count_assertion();
  if (node.log_of_run().find(line) != std::string::npos) return;
  throw AssertionError(fmt::format("{}:{}: {} does not blame {}: its log of this run has no \"{}\"",
                                   where.file_name(), where.line(), node.name(), peer.name(),
                                   line));
}

// -------------------------------------------------------------------------------- Notifications

std::string Rig::free_endpoint() {
  return fmt::format("tcp://{}:{}", host_.address.host(), host_.address.free_port());
}

ZmqSubscriber& Rig::subscribe_zmq(ZmqSubscriberOptions options) {
  options.timeout_factor = host_.timeout_factor;
  options.timeline = &host_.timeline;
  options.waits = &host_.waits;
  auto subscriber = std::make_unique<ZmqSubscriber>(std::move(options));
  const std::lock_guard lock(mutex_);
  return *subscribers_.emplace_back(std::move(subscriber));
}

// ----------------------------------------------------------------------------------- The course

void Rig::step(const std::string& text) {
  {
    const std::lock_guard lock(mutex_);
    step_ = text;
  }
  host_.timeline.add(Timeline::Kind::Step, "", text);
  if (on_step_) on_step_(text);
}

void Rig::log(std::string text) {
  host_.timeline.add(Timeline::Kind::Log, "", std::move(text));
}

void Rig::skip(const std::string& reason) {
  throw Skipped(reason);
}

bool Rig::selected(const std::string& subtest) const {
  return selected_.empty() || std::ranges::find(selected_, subtest) != selected_.end();
}

void Rig::subtest(const std::string& name, const std::vector<std::string>& needs,
                  const std::function<void()>& body) {
  if (std::ranges::find(metadata_.subtests, name) == metadata_.subtests.end()) {
    throw std::logic_error(fmt::format("sub-test \"{}\" is not declared: add it to .subtests of {}",
                                       name, metadata_.name));
  }
  if (!selected(name)) return;
  SubtestResult result{.name = name};
  const auto begin = std::chrono::steady_clock::now();
  paused_ = {};
  if (const std::string lacking = host_.profile.lacks(needs); !lacking.empty()) {
    result.verdict = Verdict::Skipped;
    result.reason = lacking;
  } else {
    {
      const std::lock_guard lock(mutex_);
      subtest_ = name;
    }
    step(name);
    run_subtest(result, body);
    const std::lock_guard lock(mutex_);
    subtest_.clear();
  }
  const auto took = std::chrono::steady_clock::now() - begin - paused_;
  result.seconds = std::chrono::duration<double>(took).count();
  subtests_.push_back(std::move(result));
  // A fault ends the scenario, not the sub-test alone: what it stands on is gone.
  if (const std::string reason = interrupt_reason(); !reason.empty()) {
    throw EnvironmentError(reason);
  }
}

// Runs the body and removes what it made, so that the next sub-test finds what this one found; when
// it fails, what it left half done is put back, too.
void Rig::run_subtest(SubtestResult& result, const std::function<void()>& body) {
  const std::size_t nodes = nodes_.size();
  const std::size_t peers = peers_.size();
  const std::size_t subscribers = subscribers_.size();
  const std::size_t links = links_.size();
  const auto fail = [&](const std::string& reason) {
    if (result.verdict == Verdict::Failed) return;
    result.verdict = Verdict::Failed;
    result.reason = reason;
    log("sub-test " + result.name + " failed: " + reason);
    const auto begin = std::chrono::steady_clock::now();
    if (on_subtest_failure_) on_subtest_failure_(reason);
    paused_ = std::chrono::steady_clock::now() - begin;
  };
  const auto fail_at_its_step = [&](const std::string& reason) {
    const std::string position = this->position();
    fail(position == result.name ? reason : reason + "\n  at: " + position);
  };
  const auto skip_with = [&](const std::string& reason) {
    result.verdict = Verdict::Skipped;
    result.reason = reason;
  };
  NodeStates states(nodes_from(0));
  const int prerequisites = detail::prerequisites_built();
  try {
    body();
  } catch (const Skipped& skipped) {
    skip_with(skipped.what());
  } catch (const rpc::RpcError& error) {
    const std::string lacking = lacking_method(error, host_.profile);
    lacking.empty() ? fail_at_its_step(error.what()) : skip_with(lacking);
  } catch (const std::exception& error) {
    fail_at_its_step(error.what());
  }
  for (std::size_t i = peers; i < peers_.size(); ++i) {
    if (const std::string problem = problem_of(*peers_[i]); !problem.empty()) fail(problem);
  }
  drop_peers_from(peers);
  drop_subscribers_from(subscribers);
  const RigsOwnCalls asking;
  const std::vector<Node*> own = nodes_from(nodes);
  if (result.verdict == Verdict::Passed && interrupt_reason().empty()) {
    const LinkList own_links = LinkList(links_).subspan(links);
    for (const std::string& wrong : oracles_->ask_linked(nodes_from(0), own_links)) fail(wrong);
    for (const std::string& wrong : oracles_->ask_running(own, {})) fail(wrong);
  }
  drop_links_from(links);
  stop_all(own);
  for (const std::string& wrong : oracles_->ask_ended(own)) fail(wrong);
  drop_nodes_from(nodes);
  const bool built_for_others = detail::prerequisites_built() != prerequisites;
  if (result.verdict != Verdict::Failed || built_for_others || !interrupt_reason().empty()) return;
  const auto connect = [this](Node& from, Node& to) { connect_nodes(from, to); };
  const auto disconnect = [this](Node& from, Node& to) { disconnect_nodes(from, to); };
  try {
    for (const std::string& done : states.restore(connect, disconnect)) {
      log("after the failure of " + result.name + ", " + done);
    }
  } catch (const std::exception& error) {
    log("after the failure of " + result.name + ", not all could be put back: " + error.what());
  }
}

// ------------------------------------------------------------------------------- For the worker

// What goes is taken out under the lock and destroyed after it: a node's destructor waits for the
// report of its end, whose thread may be waiting for the lock in interrupt().
void Rig::drop_peers_from(std::size_t first) {
  std::vector<std::unique_ptr<p2p::Peer>> dropped;
  const std::lock_guard lock(mutex_);
  std::move(peers_.begin() + static_cast<std::ptrdiff_t>(first), peers_.end(),
            std::back_inserter(dropped));
  peers_.resize(first);
}

void Rig::drop_subscribers_from(std::size_t first) {
  std::vector<std::unique_ptr<ZmqSubscriber>> dropped;
  const std::lock_guard lock(mutex_);
  std::move(subscribers_.begin() + static_cast<std::ptrdiff_t>(first), subscribers_.end(),
            std::back_inserter(dropped));
  subscribers_.resize(first);
}

void Rig::drop_links_from(std::size_t first) {
  links_.resize(first);
}

void Rig::drop_nodes_from(std::size_t first) {
  for (std::size_t i = first; i < nodes_.size(); ++i) {
    const auto& line = nodes_[i]->command_line();
    gone_nodes_.push_back({nodes_[i]->name(),
                           {line.begin() + (line.empty() ? 0 : 1), line.end()},
                           nodes_[i]->cpu_seconds(),
                           nodes_[i]->peak_rss_bytes()});
  }
  std::vector<std::unique_ptr<Node>> dropped;
  const std::lock_guard lock(mutex_);
  std::move(nodes_.begin() + static_cast<std::ptrdiff_t>(first), nodes_.end(),
            std::back_inserter(dropped));
  nodes_.resize(first);
}

void Rig::interrupt(const std::string& reason) {
  const std::lock_guard lock(mutex_);
  if (interrupt_reason_.empty()) interrupt_reason_ = reason;
  if (builder_) builder_->interrupt(interrupt_reason_);
  for (const auto& node : nodes_) node->interrupt(interrupt_reason_);
  for (const auto& peer : peers_) peer->interrupt(interrupt_reason_);
  for (const auto& listener : listeners_) listener->interrupt(interrupt_reason_);
  for (const auto& subscriber : subscribers_) subscriber->interrupt(interrupt_reason_);
}

std::string Rig::interrupt_reason() const {
  const std::lock_guard lock(mutex_);
  return interrupt_reason_;
}

std::string Rig::position() const {
  const std::lock_guard lock(mutex_);
  if (subtest_.empty() || subtest_ == step_) return step_;
  return subtest_ + ": " + step_;
}

std::vector<Node*> Rig::nodes_from(std::size_t first) const {
  std::vector<Node*> found;
  for (std::size_t i = first; i < nodes_.size(); ++i) found.push_back(nodes_[i].get());
  return found;
}

std::vector<std::string> Rig::finish(bool sound) {
  const RigsOwnCalls own;
  for (const auto& peer : peers_) {
    if (std::string problem = problem_of(*peer); !problem.empty()) {
      problems_.push_back(std::move(problem));
    }
  }
  drop_peers_from(0);
  const std::vector<Node*> all = nodes_from(0);
  const auto append = [this](const std::vector<std::string>& wrong) {
    problems_.insert(problems_.end(), wrong.begin(), wrong.end());
  };
  if (interrupt_reason().empty()) {
    const bool some_failed = std::ranges::any_of(
        subtests_, [](const SubtestResult& one) { return one.verdict == Verdict::Failed; });
    if (sound && !some_failed && problems_.empty()) {
      step("ask the oracles");
      append(oracles_->ask_running(all, links_));
    }
    stop_all(all);
  }
  append(oracles_->ask_ended(all));
  drop_nodes_from(0);
  return problems_;
}

std::vector<NodeUsage> Rig::node_usage() const {
  return gone_nodes_;
}

}  // namespace noderig
