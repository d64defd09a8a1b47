// What a node publishes by ZMQ: blocks and transactions, whole and by hash, and the sequence of
// what happens to its chain and mempool.
//
//   genesis - 1 ... 110 - what the sub-tests mine, each on the tip that it finds
//
//   node0  hashblock, hashtx, rawblock, rawtx and sequence at one address, so in one order;
//          hashblock and sequence also at a second address
//
// Each sub-test comes as a new subscriber, for which a block is mined: the first it sees. A lost
// notification shows as a gap in the numbers, which the subscriber checks.

#include <noderig/framework/chain/wallet.h>
#include <noderig/scenario.h>
#include <set>

namespace {

using namespace noderig;
using Events = std::vector<SequenceEvent>;

const std::vector<std::string> kAllTopics = {"hashblock", "hashtx", "rawblock", "rawtx",
                                             "sequence"};

// The number that the next change of the mempool will have.
std::uint64_t next_mempool_sequence(const Node& node) {
  return node.rpc("getrawmempool", false, true).at("mempool_sequence").get<std::uint64_t>();
}

// A block on `parent` that the node does not know yet.
BuiltBlock build_on(const Uint256& parent, int height, std::chrono::sys_seconds time,
                    std::string tag, BlockContent content = {}) {
  ChainBuilder builder(parent, height, time, {.tag = std::move(tag)});
  return builder.mine(std::move(content));
}

void submit(Node& node, const BuiltBlock& block, std::string_view answer = "") {
  assert_equal(node.submit(block.block()), answer);
}

}  // namespace

NODERIG_SCENARIO(zmq_notifications,
    .summary = "ZMQ tells blocks, transactions and mempool changes in order and without gaps",
    .needs = {"zmq"},
    .tags = {"rpc", "mempool"},
    .likelihood = Likelihood::Unlikely,
    .impact = Impact::Moderate,
    .links = {"src/zmq/zmqnotificationinterface.cpp", "src/zmq/zmqpublishnotifier.cpp"},
    .subtests = {"active_notifiers", "blocks", "transactions", "reorganisation",
                 "sequence_of_replacement", "sequence_of_conflict", "sequence_of_reorganisation",
                 "mempool_follower", "several_publishers", "unix_socket", "wrong_addresses"},
    .start = Start::Manual) {
  constexpr int kHashTxLimit = 77;
  constexpr int kDefaultLimit = 1000;
  Node& node = rig.node(0);
  const std::string first = rig.free_endpoint();
  const std::string second = rig.free_endpoint();
  std::vector<std::string> arguments{fmt::format("-zmqpubhashtxhwm={}", kHashTxLimit)};
  for (const std::string& topic : kAllTopics) {
    arguments.push_back(fmt::format("-zmqpub{}={}", topic, first));
  }
  arguments.push_back("-zmqpubhashblock=" + second);
  arguments.push_back("-zmqpubsequence=" + second);
  node.set_arguments(arguments);
  rig.start({node});

  RigWallet wallet(node);
  wallet.mine(regtest::kCoinbaseMaturity + 10);

  // A subscriber of these topics that misses nothing from here on, beside an empty mempool.
  const auto subscribe = [&](std::vector<std::string> topics) -> ZmqSubscriber& {
    ZmqSubscriber& subscriber =
        rig.subscribe_zmq({.endpoint = first, .topics = std::move(topics), .name = "zmq"});
    subscriber.sync([&] { return node.mine_mempool(); });
    return subscriber;
  };
  // The transaction with another fee, which the node takes instead of it.
  const auto replacement_of = [&](const WalletTransaction& original,
                                  const std::vector<Coin>& coins) {
    return wallet.create({.coins = coins, .fee = original.fee + 1000_sat});
  };

  rig.subtest("active_notifiers", [&] {
    const auto notifier = [](const std::string& topic, const std::string& address, int limit) {
      return Json{{"type", "pub" + topic}, {"address", address}, {"hwm", limit}};
    };
    assert_equal(
        node.rpc("getzmqnotifications"),
        Json({notifier("hashblock", first, kDefaultLimit),
              notifier("hashblock", second, kDefaultLimit), notifier("hashtx", first, kHashTxLimit),
              notifier("rawblock", first, kDefaultLimit), notifier("rawtx", first, kDefaultLimit),
              notifier("sequence", first, kDefaultLimit),
              notifier("sequence", second, kDefaultLimit)}));
  });

  rig.subtest("blocks", [&] {
    ZmqSubscriber& subscriber = subscribe(kAllTopics);
    const WalletTransaction paid = wallet.send();
    subscriber.expect("hashtx");
    subscriber.expect("rawtx");
    subscriber.expect("sequence");
    std::vector<BuiltBlock> blocks;
    for (int i = 0; i < 3; ++i) blocks.push_back(node.mine_mempool());
    assert_equal(blocks.front().block().transactions.size(), 2);
    for (const BuiltBlock& block : blocks) {
      for (const Transaction& transaction : block.block().transactions) {
        assert_equal(subscriber.expect("hashtx").hash(), transaction.txid());
        assert_equal(subscriber.expect("rawtx").body, encode_of(transaction));
      }
      assert_equal(subscriber.expect_sequence(1), Events{SequenceEvent::connected(block.hash())});
      assert_equal(subscriber.expect("hashblock").hash(), block.hash());
      assert_equal(subscriber.expect("rawblock").body, block.encoded());
    }
    assert_equal(subscriber.untaken().size(), 0);
    // Each tip makes one hashblock from the node's start on. The genesis block makes none.
    const BuiltBlock last = node.mine(BlockContent{});
    assert_equal(subscriber.expect("hashblock").number, last.height() - 1);
    assert_equal(paid.txid(), blocks.front().block().transactions.at(1).txid());
  });

  rig.subtest("transactions", [&] {
    ZmqSubscriber& subscriber = subscribe({"hashtx", "rawtx"});
    const WalletTransaction sent = wallet.send();
    const ZmqNotification hash = subscriber.expect("hashtx");
    const ZmqNotification raw = subscriber.expect("rawtx");
    assert_equal(hash.hash(), sent.txid());
    assert_equal(raw.transaction(), sent.transaction);
    assert_equal(raw.transaction().wtxid(), sent.wtxid());

    // Refused, sent again, or only tested: nothing to tell. The next block is what comes next.
    Transaction refused = sent.transaction;
    refused.outputs.at(0).value += 1_btc;
    assert_raises_rpc_error(-26, "bad-txns-in-belowout",
                            [&] { node.rpc("sendrawtransaction", refused); });
    node.rpc("sendrawtransaction", sent.transaction);
    node.rpc("testmempoolaccept", Json::array({Json(wallet.create().transaction)}));
    const BuiltBlock block = node.mine_mempool();
    const ZmqNotification next = subscriber.expect("hashtx");
    assert_equal(next.hash(), block.coinbase().txid());
    assert_equal(next.number, hash.number + 1);
    assert_equal(subscriber.expect("hashtx").hash(), sent.txid());
  });

  // Two blocks beside the tip that replace it, built on its parent.
  const auto outdo = [&](const BuiltBlock& tip) {
    const BuiltBlock one = build_on(tip.header().previous, tip.height() - 1,
                                    tip.time() - std::chrono::seconds(1), "other");
    const BuiltBlock two = build_on(one.hash(), one.height(), one.time(), "other");
    submit(node, one, "inconclusive");
    submit(node, two);
    assert_equal(node.tip(), two.hash());
    return std::vector{one, two};
  };

  rig.subtest("reorganisation", [&] {
    ZmqSubscriber& subscriber = subscribe({"hashblock", "hashtx"});
    const WalletTransaction sent = wallet.send();
    const BuiltBlock old_tip = node.mine_mempool();
    const std::vector<BuiltBlock> branch = outdo(old_tip);

    // Of blocks only the tips are told, each once it stands.
    assert_equal(subscriber.expect("hashblock").hash(), old_tip.hash());
    assert_equal(subscriber.expect("hashblock").hash(), branch.back().hash());
    const Uint256 payment = sent.txid();
    const Uint256 old_coinbase = old_tip.coinbase().txid();
    for (const Uint256& expected : {payment,                // into the mempool
                                    old_coinbase, payment,  // connected
                                    old_coinbase, payment,  // disconnected
                                    payment,                // into the mempool again
                                    branch[0].coinbase().txid(), branch[1].coinbase().txid()}) {
      assert_equal(subscriber.expect("hashtx").hash(), expected);
    }

    // Going back without going on: the transactions of what is disconnected, and no tip.
    const BuiltBlock top = node.mine_mempool();
    assert_equal(subscriber.expect("hashblock").hash(), top.hash());
    assert_equal(subscriber.expect("hashtx").hash(), top.coinbase().txid());
    subscriber.expect("hashtx");
    node.rpc("invalidateblock", top.hash());
    assert_equal(subscriber.expect("hashtx").hash(), top.coinbase().txid());
    assert_equal(subscriber.expect("hashtx").hash(), payment);
    node.rpc("reconsiderblock", top.hash());
    assert_equal(subscriber.expect("hashblock").hash(), top.hash());
  });

  rig.subtest("sequence_of_replacement", [&] {
    ZmqSubscriber& subscriber = subscribe({"sequence"});
    std::uint64_t number = next_mempool_sequence(node);
    const std::vector<Coin> coins{wallet.coins().front()};
    const WalletTransaction original = wallet.send({.coins = coins});
    const WalletTransaction better = replacement_of(original, coins);
    node.rpc("sendrawtransaction", better.transaction);
    // A block tells itself alone, but takes a number for each transaction that it takes out.
    const BuiltBlock block = node.mine_mempool();
    const WalletTransaction later = wallet.send();
    assert_equal(subscriber.expect_sequence(5),
                 Events{SequenceEvent::added(original.txid(), number),
                        SequenceEvent::removed(original.txid(), number + 1),
                        SequenceEvent::added(better.txid(), number + 2),
                        SequenceEvent::connected(block.hash()),
                        SequenceEvent::added(later.txid(), number + 4)});
    assert_equal(next_mempool_sequence(node), number + 5);
    node.mine_mempool();
  });

  rig.subtest("sequence_of_conflict", [&] {
    ZmqSubscriber& subscriber = subscribe({"sequence"});
    const std::uint64_t number = next_mempool_sequence(node);
    const std::vector<Coin> coins{wallet.coins().front()};
    const WalletTransaction mined = wallet.create({.coins = coins});
    const WalletTransaction evicted = replacement_of(mined, coins);
    const WalletTransaction child = [&] {
      node.rpc("sendrawtransaction", evicted.transaction);
      return wallet.send({.coins = {evicted.change.front()}});
    }();
    const BuiltBlock block = node.mine(BlockContent{.transactions = {mined.transaction}});
    // What conflicts goes before the block is told, with what depends on it.
    const Events events = subscriber.expect_sequence(5);
    assert_equal(events[0], SequenceEvent::added(evicted.txid(), number));
    assert_equal(events[1], SequenceEvent::added(child.txid(), number + 1));
    const std::set<std::string> removed{events[2].to_string(), events[3].to_string()};
    const auto either = [&](const Uint256& one, const Uint256& other) {
      return std::set{SequenceEvent::removed(one, number + 2).to_string(),
                      SequenceEvent::removed(other, number + 3).to_string()};
    };
    assert_true(removed == either(evicted.txid(), child.txid()) ||
                removed == either(child.txid(), evicted.txid()));
    assert_equal(events[4], SequenceEvent::connected(block.hash()));
    assert_equal(node.rpc("getrawmempool"), Json::array());
  });

  rig.subtest("sequence_of_reorganisation", [&] {
    ZmqSubscriber& subscriber = subscribe({"sequence"});
    const WalletTransaction sent = wallet.send();
    const BuiltBlock old_tip = node.mine_mempool();
    subscriber.expect_sequence(2);
    const std::uint64_t number = next_mempool_sequence(node);
    const std::vector<BuiltBlock> branch = outdo(old_tip);
    assert_equal(subscriber.expect_sequence(4), Events{SequenceEvent::disconnected(old_tip.hash()),
                                                       SequenceEvent::added(sent.txid(), number),
                                                       SequenceEvent::connected(branch[0].hash()),
                                                       SequenceEvent::connected(branch[1].hash())});

    node.rpc("invalidateblock", branch[0].hash());
    assert_equal(subscriber.expect_sequence(3),
                 Events{SequenceEvent::disconnected(branch[1].hash()),
                        SequenceEvent::disconnected(branch[0].hash()),
                        SequenceEvent::connected(old_tip.hash())});
    assert_equal(node.rpc("getrawmempool"), Json::array());
    node.rpc("reconsiderblock", branch[0].hash());
    assert_equal(subscriber.expect_sequence(4),
                 Events{SequenceEvent::disconnected(old_tip.hash()),
                        SequenceEvent::added(sent.txid(), number + 2),
                        SequenceEvent::connected(branch[0].hash()),
                        SequenceEvent::connected(branch[1].hash())});
    node.mine_mempool();
  });

  rig.subtest("mempool_follower", [&] {
    // Whoever starts from one look at the mempool and applies what is told since has the mempool.
    constexpr int kSteps = 40;
    ZmqSubscriber& subscriber = subscribe({"sequence"});
    wallet.send();
    subscriber.expect_sequence(1);
    const Json seed = node.rpc("getrawmempool", false, true);
    std::set<Uint256> view;
    for (const Json& txid : seed.at("txids")) view.insert(hash_of(txid));
    assert_equal(view.size(), 1);

    std::size_t events = 0;
    std::map<Uint256, BuiltBlock> blocks;
    std::vector<std::pair<WalletTransaction, std::vector<Coin>>> replaceable;
    for (int step = 0; step < kSteps; ++step) {
      switch (rig.random()() % 6) {
        case 0: {
          const BuiltBlock block = node.mine_mempool();
          blocks.emplace(block.hash(), block);
          replaceable.clear();
          events += 1;
          break;
        }
        case 1:
          if (!replaceable.empty()) {
            const auto [original, coins] = replaceable.back();
            replaceable.pop_back();
            node.rpc("sendrawtransaction", replacement_of(original, coins).transaction);
            events += 2;
            break;
          }
          [[fallthrough]];
        default: {
          const std::vector<Coin> coins{wallet.coins().front()};
          replaceable.emplace_back(wallet.send({.coins = coins}), coins);
          events += 1;
        }
      }
    }
    std::uint64_t number = seed.at("mempool_sequence").get<std::uint64_t>();
    for (const SequenceEvent& event : subscriber.expect_sequence(events)) {
      switch (event.label) {
        case SequenceEvent::Label::TransactionAdded:
          assert_equal(event.mempool_sequence.value(), number++);
          assert_true(view.insert(event.hash).second);
          break;
        case SequenceEvent::Label::TransactionRemoved:
          assert_equal(event.mempool_sequence.value(), number++);
          assert_equal(view.erase(event.hash), 1);
          break;
        case SequenceEvent::Label::BlockConnected:
          for (const Transaction& transaction : blocks.at(event.hash).block().transactions) {
            number += view.erase(transaction.txid());
          }
          break;
        case SequenceEvent::Label::BlockDisconnected:
          assert_true(false);
      }
    }
    const Json now = node.rpc("getrawmempool", false, true);
    std::set<Uint256> expected;
    for (const Json& txid : now.at("txids")) expected.insert(hash_of(txid));
    assert_true(view == expected);
    assert_equal(now.at("mempool_sequence"), number);
    node.mine_mempool();
  });

  rig.subtest("several_publishers", [&] {
    ZmqSubscriber& one = subscribe({"hashblock", "sequence"});
    ZmqSubscriber& other = rig.subscribe_zmq(
        {.endpoint = second, .topics = {"hashblock", "sequence"}, .name = "second zmq"});
    other.sync([&] { return node.mine(BlockContent{}); });
    const BuiltBlock block = node.mine(BlockContent{});
    const ZmqNotification at_first = one.expect("hashblock");
    ZmqNotification at_last = at_first;
    while (at_last.hash() != block.hash()) at_last = one.expect("hashblock");
    const ZmqNotification at_second = other.expect("hashblock");
    assert_equal(at_second.hash(), block.hash());
    // Each publisher counts for itself; these two have told the same.
    assert_equal(at_second.number, at_last.number);
    assert_equal(other.expect_sequence(1), Events{SequenceEvent::connected(block.hash())});
  });

  rig.subtest("unix_socket", [&] {
    constexpr std::size_t kLongestPath = 107;  // of sockaddr_un
    Node& local = rig.add_node();
    const std::string path = (local.data_directory() / "zmq").string();
    if (path.size() > kLongestPath) {
      rig.skip(fmt::format("the path of the socket has {} bytes, more than {}: {}", path.size(),
                           kLongestPath, path));
    }
    local.set_arguments({"-zmqpubhashblock=unix:" + path});
    local.start();
    assert_equal(local.rpc("getzmqnotifications").at(0).at("address"), "ipc://" + path);
    ZmqSubscriber& subscriber =
        rig.subscribe_zmq({.endpoint = "ipc://" + path, .topics = {"hashblock"}, .name = "ipc"});
    subscriber.sync([&] { return local.mine(BlockContent{}); });
    const BuiltBlock block = local.mine(BlockContent{});
    assert_equal(subscriber.expect("hashblock").hash(), block.hash());
  });

  rig.subtest("wrong_addresses", [&] {
    // The node runs all the same, without notifications.
    Node& local = rig.add_node({"-zmqpubrawtx=foo", "-zmqpubhashtx=bar"});
    assert_in_log(local, {"Failed to bind address"}, [&] { local.start(); });
    assert_equal(local.rpc("getzmqnotifications"), Json::array());
  });
}
