#include <fmt/format.h>
#include <noderig/framework/chain/block_builder.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/framework/home.h>
#include <noderig/framework/io_thread.h>
#include <noderig/framework/nearest.h>
#include <noderig/framework/node/compact_block_probe.h>
#include <noderig/framework/node/daemon_fetch.h>
#include <noderig/framework/node/daemons.h>
#include <noderig/framework/node/expectations.h>
#include <noderig/framework/node/node.h>
#include <noderig/framework/node/rpc_methods.h>
#include <noderig/framework/node/search_path.h>
#include <noderig/framework/runner/interruption.h>
#include <noderig/p2p/block_relay.h>
#include <noderig/p2p/messages/block_message.h>
#include <noderig/p2p/messages/inv.h>
#include <noderig/p2p/peer.h>
#include <noderig/rpc/errors.h>
#include <unistd.h>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cstdlib>
#include <fstream>
#include <future>
#include <optional>
#include <random>
#include <sstream>

namespace noderig {
namespace fs = std::filesystem;
namespace {

// What tells whether a remembered profile is still that of the file.
Json fingerprint(const fs::path& executable) {
  Json behaviours = Json::array();  // those that this noderig looks for
  for (const auto& [name, meaning] : known_behaviours()) behaviours.push_back(name);
  return {{"path", executable.string()},
          {"looked_for", behaviours},
          {"methods", known_rpc_methods()},
          {"program", file_stamp(executable)}};
}

// Whether what the file does is in the file: a program, or what `noderig daemon get` wrote, which
// is written anew with what it starts. A script of the user's may come to start another daemon.
bool speaks_for_itself(const fs::path& executable) {
  std::string magic(4, '\0');
  std::ifstream(executable, std::ios::binary).read(magic.data(), 4);
  return magic == "\177ELF" || executable.string().starts_with(daemons_directory().string() + "/");
}

fs::path profile_file(const fs::path& executable) {
  return home_directory() / "profiles" /
         fmt::format("{:016x}.json", std::hash<std::string>()(executable.string()));
}

// Where it cannot be kept, the daemon is looked at again each time.
void remember(const DaemonProfile& profile, const Json& print) {
  const fs::path file = profile_file(profile.executable);
  std::error_code lost;
  fs::create_directories(file.parent_path(), lost);
  // Written aside and renamed: another run may be reading.
  const fs::path written = file.string() + fmt::format(".{}", ::getpid());
  std::ofstream out(written);
  out << Json{{"fingerprint", print}, {"profile", profile}}.dump(1);
  out.close();
  if (out) fs::rename(written, file, lost);
  if (!out || lost) fs::remove(written, lost);
}

// Makes a peer of the node being probed.
using Connect = std::function<std::unique_ptr<p2p::Peer>()>;

// Whether the node keeps the connection, having dealt with all that was sent.
bool keeps(p2p::Peer& peer) {
  try {
    peer.sync_with_ping();
    return true;
  } catch (const p2p::PeerError& error) {
    if (error.kind() != p2p::PeerError::Kind::Disconnected) throw;
    return false;
  }
}

// Whether a valid block gets into the chain that the peer neither told of nor was asked for.
bool takes_unrequested_block(Node& node, const Connect& connect) {
  const BuiltBlock block = node.chain().mine();
  const auto peer = connect();
  peer->send(p2p::BlockMessage{block.block()});
  return keeps(*peer) && node.tip() == block.hash();
}

// Whether the node closes the connection of a loopback peer that sends a block whose coinbase pays
// too much.
bool punishes_loopback(Node& node, const Connect& connect, bool takes_unrequested) {
  const BuiltBlock greedy = node.chain().mine({.fees = Amount::btc(1)});
  const auto peer = connect();
  if (!takes_unrequested) {
    peer->send(p2p::Inv{.items = {{p2p::InvType::Block, greedy.hash()}}});
    p2p::expect_block_request(*peer, greedy.hash());
  }
  peer->send(p2p::BlockMessage{greedy.block()});
  return !keeps(*peer);
}

// bcoin has verifychain, which does nothing and answers null. An error is left to the oracle.
bool verifies_nothing(const Node& node) {
  try {
    return node.rpc("verifychain", 4, 0).is_null();
  } catch (const rpc::RpcError&) {
    return false;
  }
}

// While it lives, an interruption ends the node's waits, now and later.
class InterruptedWaits {
 public:
  InterruptedWaits(boost::asio::io_context& io, const Interruption& interruption, Node& node)
      : io_(io), signals_(io, ::dup(interruption.descriptor())) {
    signals_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                        [&node](const boost::system::error_code& error) {
                          if (!error) node.interrupt("interrupted by the user");
                        });
  }
  ~InterruptedWaits() {
    // On the I/O thread, so that the node is not just being told.
    std::promise<void> cancelled;
    boost::asio::post(io_, [&] {
      signals_.cancel();
      cancelled.set_value();
    });
    cancelled.get_future().wait();
  }
  InterruptedWaits(const InterruptedWaits&) = delete;
  InterruptedWaits& operator=(const InterruptedWaits&) = delete;

 private:
  boost::asio::io_context& io_;
  boost::asio::posix::stream_descriptor signals_;
};

// Sees what a running node offers and does.
void look_at_running_node(DaemonProfile& profile, const Interruption* interruption) {
  LoopbackAddress address(std::random_device{}());
  ScratchDirectory scratch("probe");
  Supervisor supervisor;
  Timeline timeline;
  WaitRegistry waits;
  IoThread io;
  supervisor.listen();
  NodeHost host{.io = io.context(),
                .supervisor = supervisor,
                .address = address,
                .timeline = timeline,
                .waits = waits,
                .profile = profile,
                .directory = scratch.path(),
                .timeout_factor = 1,
                .on_fault = {}};
  Node node(host, {.name = "probe", .arguments = {}, .mocktime = regtest::kEpoch});
  std::optional<InterruptedWaits> interrupted;
  if (interruption != nullptr) interrupted.emplace(io.context(), *interruption, node);
  node.start();
  std::set<std::string> rpcs = offered_rpc_methods(node.rpc);
  node.mine(1);
  const std::string log = node.log().since(0);
  // Each from an address of its own: a node may ban that of a peer that misbehaved.
  const Connect connect = [&, source = std::uint8_t{2}]() mutable {
    return p2p::Peer::connect(io.context(), node.host(), node.p2p_port(),
                              {.name = "probe", .bind_address = address.sibling(source++)});
  };
  const bool unrequested = takes_unrequested_block(node, connect);
  const bool punishes = punishes_loopback(node, connect, unrequested);
  std::set<std::string>& behaviours = profile.behaviours;
  if (rpcs.contains("createwallet")) behaviours.merge(wallet_behaviours(node));
  behaviours.merge(compact_block_behaviours(node, connect));
  const bool verifies = rpcs.contains("verifychain") && !verifies_nothing(node);
  node.stop();

  if (verifies) behaviours.insert("verifychain-answers");
  if (rpcs.contains("createwallet")) behaviours.insert("wallet");
  if (rpcs.contains("getzmqnotifications")) behaviours.insert("zmq");
  // A node without -assumevalid says at its first block that it checks scripts, and why.
  if (log.find("Enabling script verification at block #1 ") != std::string::npos) {
    behaviours.insert("script-check-log");
  }
  if (unrequested) behaviours.insert("unrequested-blocks");
  if (punishes) behaviours.insert("punish-loopback");
  profile.rpcs = std::move(rpcs);
}

DaemonProfile profile_of(const fs::path& executable, const Interruption* interruption) {
  std::ifstream in(profile_file(executable));
  const Json known = in ? Json::parse(in, nullptr, false) : Json();
  if (!known.is_object() || known.value("fingerprint", Json()) != fingerprint(executable)) {
    return probe_daemon(executable, interruption);
  }
  const auto profile = known.at("profile").get<DaemonProfile>();
  if (speaks_for_itself(executable)) return profile;
  const DaemonProfile now = identify_daemon(executable);
  const bool same = now.version == profile.version && now.options == profile.options;
  return same ? profile : probe_daemon(executable, interruption);
}

}  // namespace

fs::path daemons_directory() {
  return home_directory() / "daemons";
}

DaemonProfile probe_daemon(const fs::path& executable, const Interruption* interruption) {
  const fs::path absolute = fs::absolute(executable);
  DaemonProfile profile = identify_daemon(absolute);
  const Json print = fingerprint(absolute);
  look_at_running_node(profile, interruption);
  remember(profile, print);
  return profile;
}

DaemonProfile find_daemon(const std::string& choice, const Interruption* interruption) {
  std::string name = choice;
  if (const char* environment = std::getenv("NODERIG_DAEMON"); name.empty() && environment) {
    name = environment;
  }
  if (name.empty()) name = "knots";

  if (name.find('/') != std::string::npos) {
    const fs::path path = fs::absolute(name);
    if (!fs::exists(path)) throw EnvironmentError(fmt::format("there is no daemon at {}", name));
    if (fs::is_directory(path) || ::access(path.c_str(), X_OK) != 0) {
      throw EnvironmentError(fmt::format("{} is no program that can be executed", name));
    }
    return profile_of(path, interruption);
  }
  if (const auto fetched = find_fetched(daemons_directory(), name)) {
    return profile_of(fetched->executable, interruption);
  }
  if (name == "core") {
    if (const fs::path found = find_on_path("bitcoind"); !found.empty()) {
      return profile_of(found, interruption);
    }
    throw EnvironmentError(
        "there is no bitcoind on PATH: install Bitcoin Core or give its path with --daemon");
  }
  const std::vector<std::string> fetchable = fetchable_flavours();
  if (std::ranges::find(fetchable, name) != fetchable.end()) {
    throw EnvironmentError(fmt::format(
        "the daemon {0} is not here: `noderig daemon get {0}` fetches it (or name another one by "
        "--daemon PATH)",
        name));
  }
  std::vector<std::string> names;
  for (const Flavour* flavour : flavours()) names.emplace_back(flavour->name);
  throw UsageError(fmt::format("no daemon is named \"{}\"{}; a path needs a '/', as in ./bitcoind",
                               name, did_you_mean(name, names)));
}

std::vector<KnownDaemon> known_daemons() {
  std::vector<KnownDaemon> known;
  for (const std::string& flavour : fetchable_flavours()) {
    const auto fetched = find_fetched(daemons_directory(), flavour);
    known.push_back({flavour, fetched ? fetched->executable : fs::path(),
                     fetched ? fetched->version : "",
                     fmt::format("fetched by `noderig daemon get {}`", flavour)});
  }
  const fs::path core = find_on_path("bitcoind");
  known.push_back({"core", core, core.empty() ? "" : identify_daemon(core).version,
                   "found on PATH, or --daemon PATH"});
  if (const char* chosen = std::getenv("NODERIG_DAEMON"); chosen != nullptr && *chosen != '\0') {
    const fs::path path = chosen;
    const bool there = fs::exists(path);
    const DaemonProfile profile = there ? identify_daemon(fs::absolute(path)) : DaemonProfile();
    known.push_back({there ? profile.flavour : "", there ? path : fs::path(), profile.version,
                     "NODERIG_DAEMON=" + path.string()});
  }
  return known;
}

}  // namespace noderig
