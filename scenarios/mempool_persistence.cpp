// mempool.dat: what a node keeps of its mempool from one run to the next.
//
//   genesis - 1 ... 120, the same on both nodes; each sub-test leaves the mempools empty
//
//   node0  keeps its mempool, as nodes do unless told otherwise
//   node1  -persistmempool=0, and writes the older format (-persistmempoolv1)
//
// A start that reads the file says what became of the transactions, in a line that counts them:
// that line is what starts wait for here.

#include <noderig/framework/chain/wallet.h>
#include <noderig/framework/node/mempool.h>
#include <noderig/scenario.h>
#include <fstream>

namespace {

using namespace noderig;
namespace fs = std::filesystem;

fs::path mempool_file(const Node& node) {
  return node.network_directory() / "mempool.dat";
}

Bytes read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const ByteSpan bytes = as_byte_span(text);
  return {bytes.begin(), bytes.end()};
}

void write_file(const fs::path& path, ByteSpan bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

// The version that the file begins with.
std::uint64_t format_of(const fs::path& path) {
  return p2p::Reader(read_file(path)).integer<std::uint64_t>("version");
}

// What became of the transactions in a file.
struct Import {
  int succeeded = 0;
  int failed = 0;
  int expired = 0;
  int already_there = 0;
  int unbroadcast = 0;

  std::string log_line() const {
    return fmt::format(
        "Imported mempool transactions from file: {} succeeded, {} failed, {} expired, {} already "
        "there, {} waiting for initial broadcast",
        succeeded, failed, expired, already_there, unbroadcast);
  }
};

}  // namespace

NODERIG_SCENARIO(mempool_persistence,
    .summary = "mempool.dat brings transactions, times and priorities back, or fails gracefully",
    .nodes = 2,
    .chain = Chain::Mature,
    .needs = {"option:persistmempool", "rpc:savemempool"},
    .tags = {"mempool", "persistence"},
    .likelihood = Likelihood::Unlikely,
    .impact = Impact::Moderate,
    .links = {"src/node/mempool_persist.cpp"},
    .subtests = {"saved_and_loaded", "killed_node_keeps_last_saved", "damaged_at_start",
                 "not_kept", "imported_as_asked", "imported_on_top", "formats", "expired",
                 "no_longer_valid", "damaged_files", "cannot_be_written"},
    .start = Start::Manual) {
  constexpr std::uint64_t kPlainFormat = 1;
  constexpr std::uint64_t kObfuscatedFormat = 2;
  constexpr auto kExpiry = std::chrono::hours(336);  // of the mempool, unless told otherwise
  constexpr Amount kPriority = 1000_sat;
  auto& [node, forgetful] = rig.nodes<2>();
  const std::vector<std::string> no_file{"-persistmempool=0", "-persistmempoolv1=1"};
  forgetful.set_arguments(no_file);
  rig.start({node, forgetful});
  RigWallet wallet(node);
  wallet.mine(120 - kMatureBlocks);
  rig.sync_by_rpc({node, forgetful});

  const auto mempool_of = [](Node& of) { return of.rpc("getrawmempool", true); };
  const auto start_and_log = [](Node& which, const std::vector<std::string>& lines) {
    assert_in_log(which, lines, [&] { which.start(); });
    assert_equal(which.rpc("getmempoolinfo").at("loaded"), true);
  };
  const auto start_and_load = [&](Node& which, const Import& import) {
    start_and_log(which, {import.log_line()});
  };
  const auto import_file = [](Node& into, const fs::path& file, const Import& import,
                              const Json& options = Json::object()) {
    assert_in_log(into, {import.log_line()}, [&] {
      assert_equal(into.rpc("importmempool", file.string(), options), Json::object());
    });
  };
  const auto prioritise = [&](Node& at, const Uint256& txid) {
    at.rpc("prioritisetransaction", txid, 0, kPriority.satoshi());
  };
  const auto modified_fee = [](Node& at, const Uint256& txid) {
    return amount_of(at.rpc("getmempoolentry", txid).at("fees").at("modified"));
  };
  // Empties the mempools by a block with all that either has, and forgets files and clocks.
  const auto clean = [&] {
    for (Node* each : {&node, &forgetful}) {
      if (!each->running()) start_and_log(*each, {});
      each->set_mocktime(regtest::kEpoch);
    }
    rig.sync_by_rpc({node, forgetful});  // a killed node may have lost its latest blocks
    for (Node* each : {&node, &forgetful}) {
      Node& rest = each == &node ? forgetful : node;
      each->mine_mempool();
      rig.sync_by_rpc({*each, rest});
    }
    for (Node* each : {&node, &forgetful}) {
      assert_equal(mempool_of(*each), Json::object());
      fs::remove(mempool_file(*each));
    }
  };
  // A sub-test that begins and ends with empty mempools.
  const auto subtest = [&](const std::string& name, const std::vector<std::string>& needs,
                           const std::function<void()>& body) {
    rig.subtest(name, needs, [&] {
      clean();
      body();
    });
  };

  subtest("saved_and_loaded", {}, [&] {
    const WalletTransaction parent = wallet.send();
    node.advance_mocktime(10s);
    const WalletTransaction child = wallet.send({.coins = parent.change, .version = 2});
    prioritise(node, child.txid());
    const WalletTransaction later = wallet.create();
    prioritise(node, later.txid());
    const Json before = mempool_of(node);
    const Json priorities = node.rpc("getprioritisedtransactions");
    assert_equal(before.size(), 2);
    assert_equal(before.at(parent.txid().to_string()).at("unbroadcast"), true);
    assert_equal(priorities.size(), 2);

    node.advance_mocktime(1h);
    node.stop();
    assert_equal(format_of(mempool_file(node)), kObfuscatedFormat);
    start_and_load(node, {.succeeded = 2, .unbroadcast = 2});
    // Times, fees, relations, priorities, and what still waits for its first broadcast.
    assert_equal(mempool_of(node), before);
    assert_equal(node.rpc("getmempoolinfo").at("unbroadcastcount"), 2);
    // Also the priority of a transaction that was not there, for when it comes.
    assert_equal(modified_fee(node, child.txid()), child.fee + kPriority);
    node.rpc("sendrawtransaction", later.transaction);
    assert_equal(modified_fee(node, later.txid()), later.fee + kPriority);
    assert_equal(node.rpc("getprioritisedtransactions").size(), priorities.size());
  });

  subtest("killed_node_keeps_last_saved", {}, [&] {
    node.restart();  // a node that is killed loses the blocks that it has not written, too
    const WalletTransaction saved = wallet.send();
    const Json answer = node.rpc("savemempool");
    assert_equal(answer, Json{{"filename", mempool_file(node).string()}});
    const WalletTransaction lost = wallet.send();
    node.kill();
    start_and_load(node, {.succeeded = 1, .unbroadcast = 1});
    assert_equal(mempool_txids(node), std::set{saved.txid()});
    assert_equal(refusal_of(node, lost.transaction), "");
  });

  subtest("damaged_at_start", {}, [&] {
    wallet.send();
    node.stop();
    Bytes bytes = read_file(mempool_file(node));
    bytes.resize(bytes.size() / 2);
    write_file(mempool_file(node), bytes);
    start_and_log(node, {"Failed to deserialize mempool data on file"});
    // The node works on, and replaces the file when it ends.
    assert_equal(mempool_of(node), Json::object());
    const WalletTransaction sent = wallet.send();
    node.stop();
    start_and_load(node, {.succeeded = 1, .unbroadcast = 1});
    assert_equal(mempool_txids(node), std::set{sent.txid()});
  });

  subtest("not_kept", {}, [&] {
    const WalletTransaction sent = wallet.send();
    node.rpc("savemempool");
    forgetful.rpc("sendrawtransaction", sent.transaction);
    forgetful.stop();
    assert_true(!fs::exists(mempool_file(forgetful)));
    // Nor is a file read that is there.
    fs::copy_file(mempool_file(node), mempool_file(forgetful));
    start_and_log(forgetful, {});
    assert_equal(mempool_of(forgetful), Json::object());
  });

  const std::vector<std::string> needs_import = {"rpc:importmempool"};

  subtest("imported_as_asked", needs_import, [&] {
    const WalletTransaction sent = wallet.send();
    prioritise(node, sent.txid());
    node.rpc("savemempool");
    const auto entered = forgetful.mocktime().value() + 30s;
    forgetful.set_mocktime(entered);
    import_file(forgetful, mempool_file(node), {.succeeded = 1});
    // By default as if it came just now, and without what the file says beside it.
    const Json entry = forgetful.rpc("getmempoolentry", sent.txid());
    assert_equal(entry.at("time"), entered.time_since_epoch().count());
    assert_equal(entry.at("fees").at("modified"), sent.fee);
    assert_equal(entry.at("unbroadcast"), false);

    import_file(forgetful, mempool_file(node), {.already_there = 1, .unbroadcast = 1},
                {{"apply_fee_delta_priority", true}, {"apply_unbroadcast_set", true}});
    assert_equal(modified_fee(forgetful, sent.txid()), sent.fee + kPriority);
    assert_equal(forgetful.rpc("getmempoolentry", sent.txid()).at("unbroadcast"), true);
  });

  subtest("imported_on_top", needs_import, [&] {
    const std::vector<Coin> coins = wallet.coins();
    const auto spend = [&](std::size_t coin) { return wallet.create({.coins = {coins.at(coin)}}); };
    const WalletTransaction ours = spend(0);
    const WalletTransaction theirs = spend(1);
    const WalletTransaction both = spend(2);
    for (const WalletTransaction& each : {ours, both}) {
      node.rpc("sendrawtransaction", each.transaction);
    }
    for (const WalletTransaction& each : {theirs, both}) {
      forgetful.rpc("sendrawtransaction", each.transaction);
    }
    prioritise(node, both.txid());
    prioritise(forgetful, both.txid());
    node.rpc("savemempool");
    import_file(forgetful, mempool_file(node), {.succeeded = 1, .already_there = 1},
                {{"apply_fee_delta_priority", true}});
    assert_equal(mempool_txids(forgetful), std::set{ours.txid(), theirs.txid(), both.txid()});
    // Priorities add up.
    assert_equal(modified_fee(forgetful, both.txid()), both.fee + 2 * kPriority);
  });

  subtest("formats", {"rpc:importmempool", "option:persistmempoolv1"}, [&] {
    const WalletTransaction sent = wallet.send();
    forgetful.rpc("sendrawtransaction", sent.transaction);
    node.rpc("savemempool");
    forgetful.rpc("savemempool");
    assert_equal(format_of(mempool_file(node)), kObfuscatedFormat);
    assert_equal(format_of(mempool_file(forgetful)), kPlainFormat);
    // The plain one has the transaction in it as it travels; the other one must not.
    const std::string wanted = to_hex(encode_of(sent.transaction));
    const auto holds = [&](const Node& of) {
      return to_hex(read_file(mempool_file(of))).find(wanted) != std::string::npos;
    };
    assert_equal(holds(forgetful), true);
    assert_equal(holds(node), false);
    // Either node reads either.
    import_file(node, mempool_file(forgetful), {.already_there = 1});
    import_file(forgetful, mempool_file(node), {.already_there = 1});
  });

  subtest("expired", needs_import, [&] {
    const auto begin = forgetful.mocktime().value();
    node.set_mocktime(begin);
    const WalletTransaction old = wallet.send();
    node.set_mocktime(begin + 1h);
    const WalletTransaction young = wallet.send();
    node.rpc("savemempool");
    const Json keep_times{{"use_current_time", false}};
    // At the second of its expiry the first one is too old, the other one is not.
    forgetful.set_mocktime(begin + kExpiry);
    import_file(forgetful, mempool_file(node), {.succeeded = 1, .expired = 1}, keep_times);
    assert_equal(mempool_txids(forgetful), std::set{young.txid()});
    forgetful.set_mocktime(begin + kExpiry - 1s);
    import_file(forgetful, mempool_file(node), {.succeeded = 1, .already_there = 1}, keep_times);
    assert_equal(mempool_txids(forgetful), std::set{old.txid(), young.txid()});
    forgetful.set_mocktime(begin);
    node.set_mocktime(begin);
  });

  subtest("no_longer_valid", needs_import, [&] {
    // What a block has spent since is counted, what a block has confirmed since as well.
    const std::vector<Coin> coins = wallet.coins();
    const WalletTransaction spent = wallet.send({.coins = {coins.at(0)}});
    const WalletTransaction confirmed = wallet.send({.coins = {coins.at(1)}});
    const WalletTransaction good = wallet.send({.coins = {coins.at(2)}});
    const WalletTransaction child = wallet.send({.coins = spent.change});
    node.rpc("savemempool");
    const WalletTransaction rival = wallet.create({.coins = {coins.at(0)}, .change_outputs = 3});
    forgetful.mine(BlockContent{.transactions = {rival.transaction, confirmed.transaction}});
    import_file(forgetful, mempool_file(node), {.succeeded = 1, .failed = 3});
    assert_equal(mempool_txids(forgetful), std::set{good.txid()});
    assert_true(!in_mempool(forgetful, child.txid()));
  });

  subtest("damaged_files", needs_import, [&] {
    wallet.send();
    forgetful.rpc("sendrawtransaction", wallet.create().transaction);
    const std::set<Uint256> before = mempool_txids(forgetful);
    node.rpc("savemempool");
    const Bytes good = read_file(mempool_file(node));
    const fs::path file = node.data_directory() / "damaged.dat";
    const auto assert_not_imported = [&](const Bytes& bytes, const std::vector<std::string>& log) {
      write_file(file, bytes);
      assert_in_log(forgetful, log, [&] {
        assert_raises_rpc_error(-1, "Unable to import mempool file, see debug",
                                [&] { forgetful.rpc("importmempool", file.string()); });
      });
    };
    const std::string unreadable = "Failed to deserialize mempool data on file";
    Bytes cut = good;
    cut.pop_back();
    assert_not_imported(cut, {unreadable});
    assert_not_imported({}, {unreadable});
    assert_not_imported({good.begin(), good.begin() + 12}, {unreadable});
    Bytes unknown = good;
    unknown.front() = std::byte{3};  // the format
    assert_not_imported(unknown, {});
    fs::remove(file);
    assert_in_log(forgetful, {"Failed to open mempool file"}, [&] {
      assert_raises_rpc_error(-1, "Unable to import mempool file",
                              [&] { forgetful.rpc("importmempool", file.string()); });
    });
    for (const Uint256& txid : before) assert_true(in_mempool(forgetful, txid));
  });

  subtest("cannot_be_written", {}, [&] {
    // The file is written aside under this name first; a folder there stands in the way.
    const fs::path aside = mempool_file(node).string() + ".new";
    node.rpc("savemempool");
    const Bytes kept = read_file(mempool_file(node));
    wallet.send();
    fs::create_directory(aside);
    assert_raises_rpc_error(-1, "Unable to dump mempool to disk", [&] { node.rpc("savemempool"); });
    fs::remove(aside);
    assert_equal(read_file(mempool_file(node)), kept);
    node.rpc("savemempool");
    assert_true(read_file(mempool_file(node)).size() > kept.size());
  });
}
