// Transactions that a node must not take, each wrong in one way: what it says to RPC, what it notes
// of a peer that sends it, and whether a block may hold it nevertheless, since some are against
// policy alone.
//
//   genesis - 1 ... 200, whose coinbases are the coins that the transactions spend, the last
//   hundred of them too young

#include <noderig/framework/chain/wallet.h>
#include <noderig/framework/node/mempool.h>
#include <noderig/framework/node/peer_info.h>
#include <noderig/p2p/messages/tx_message.h>
#include <noderig/scenario.h>

namespace {

using namespace noderig;

// What is wrong with a transaction, and what the node must make of it.
struct Fault {
  std::string name;
  p2p::Transaction transaction;
  std::string mempool_reason;  // as testmempoolaccept gives it
  // As submitblock gives it; nothing: a block may hold it.
  std::optional<std::string> block_reason;
};

}  // namespace

NODERIG_SCENARIO(invalid_transactions,
    .summary = "wrong transactions are refused by RPC, P2P and in blocks, each for its reason",
    .chain = Chain::Mature,
    .tags = {"mempool", "validation", "p2p"},
    .likelihood = Likelihood::Unlikely,
    .impact = Impact::Serious,
    .links = {"src/consensus/tx_check.cpp", "src/consensus/tx_verify.cpp",
              "src/policy/policy.cpp"},
    .subtests = {"consensus", "policy", "scripts", "known", "from_peers", "undecodable"}) {
  constexpr std::int64_t kMostMoney = 2'100'000'000'000'000;  // satoshi
  constexpr std::uint32_t kHeightLock = 10;  // a sequence: ten blocks upon the coin (BIP68)
  Node& node = rig.node(0);
  RigWallet wallet(node);
  wallet.mine(200 - kMatureBlocks);

  std::vector<Coin> coins = wallet.coins();
  // A good transaction on a coin of its own, to be spoilt.
  const auto good = [&] {
    if (coins.empty()) throw std::logic_error("more coins are needed");
    const WalletTransaction made = wallet.create({.coins = {coins.back()}});
    coins.pop_back();
    return made.transaction;
  };
  const auto spoilt = [&](const std::function<void(Transaction&)>& spoil) {
    Transaction transaction = good();
    spoil(transaction);
    return transaction;
  };

  const auto consensus_faults = [&] {
    std::vector<Fault> faults;
    const auto add = [&](const std::string& name, const Transaction& transaction,
                         const std::string& reason, std::string block_reason = {}) {
      if (block_reason.empty()) block_reason = reason;
      faults.push_back({name, transaction, reason, block_reason});
    };
    add("no output", spoilt([](Transaction& tx) { tx.outputs.clear(); }), "bad-txns-vout-empty");
    add("negative output", spoilt([](Transaction& tx) { tx.outputs[0].value = -1_sat * 1; }),
        "bad-txns-vout-negative");
    add("output above all money",
        spoilt([](Transaction& tx) { tx.outputs[0].value = Amount::sat(kMostMoney + 1); }),
        "bad-txns-vout-toolarge");
    add("outputs above all money together", spoilt([](Transaction& tx) {
          tx.outputs[0].value = Amount::sat(kMostMoney);
          tx.outputs.push_back(tx.outputs[0]);
        }),
        "bad-txns-txouttotal-toolarge");
    add("more than the inputs",
        spoilt([](Transaction& tx) { tx.outputs[0].value = Amount::btc(50) + 1_sat; }),
        "bad-txns-in-belowout");
    add("one input twice", spoilt([](Transaction& tx) { tx.inputs.push_back(tx.inputs[0]); }),
        "bad-txns-inputs-duplicate");
    add("null input beside another",
        spoilt([](Transaction& tx) { tx.inputs.push_back({.prevout = OutPoint::null()}); }),
        "bad-txns-prevout-null");
    add("unknown input", spoilt([](Transaction& tx) { tx.inputs[0].prevout.index = 100; }),
        "missing-inputs", "bad-txns-inputs-missingorspent");
    add(
        "coinbase too young",
        [&] {
          Transaction transaction = good();
          const Json block = node.rpc("getblock", node.rpc("getblockhash", node.height() - 50));
          transaction.inputs[0].prevout = {hash_of(block.at("tx").at(0)), 0};
          return transaction;
        }(),
        "bad-txns-premature-spend-of-coinbase");
    add("locked until later", spoilt([&](Transaction& tx) {
          tx.lock_time = static_cast<std::uint32_t>(node.height() + 10);
        }),
        "non-final", "bad-txns-nonfinal");
    // A coin of the latest block, so that its age does not suffice.
    const WalletTransaction parent = wallet.create({.coins = {coins.back()}});
    coins.pop_back();
    node.mine(BlockContent{.transactions = {parent.transaction}});
    const WalletTransaction young =
        wallet.create({.coins = parent.change, .sequence = kHeightLock});
    add("coin not old enough", young.transaction, "non-BIP68-final", "bad-txns-nonfinal");
    return faults;
  };

  const auto policy_faults = [&] {
    std::vector<Fault> faults;
    const auto add = [&](const std::string& name, const Transaction& transaction,
                         const std::string& reason) {
      faults.push_back({name, transaction, reason, std::nullopt});
    };
    add("version 0", spoilt([](Transaction& tx) { tx.version = 0; }), "version");
    add("version 4", spoilt([](Transaction& tx) { tx.version = 4; }), "version");
    add("dust", spoilt([](Transaction& tx) {
          tx.outputs.push_back({1_sat, tx.outputs[0].script_pubkey});
          tx.outputs[0].value -= 1_sat;
        }),
        "dust");
    add("unknown output script",
        spoilt([](Transaction& tx) { tx.outputs[0].script_pubkey = anyone_can_spend(); }),
        "scriptpubkey");
    // 60 bytes and the output's script: a block's inner node has 64 bytes too.
    add("64 bytes", spoilt([](Transaction& tx) {
          tx.outputs = {{0_sat, Script(ByteSpan(bytes_from_hex("6a515151")))}};
        }),
        "tx-size-small");
    add("too heavy", spoilt([](Transaction& tx) {
          tx.outputs.assign(2'400, TxOut{1000_sat, tx.outputs[0].script_pubkey});
        }),
        "tx-size");
    add("no fee", spoilt([](Transaction& tx) { tx.outputs[0].value = Amount::btc(50); }),
        "min relay fee not met");
    return faults;
  };

  // By RPC it is refused for its reason, and stays out of the mempool; a block with it is taken or
  // refused as the fault says.
  const auto check = [&](const std::vector<Fault>& faults) {
    for (const Fault& fault : faults) {
      rig.step(fault.name);
      const MempoolVerdict verdict = test_mempool(node, fault.transaction);
      assert_equal(verdict.allowed, false);
      assert_equal(verdict.reason, fault.mempool_reason);
      ChainBuilder chain = node.chain();
      const BuiltBlock block = chain.mine({.transactions = {fault.transaction}});
      assert_equal(node.submit(block.block()), fault.block_reason.value_or(""));
      assert_equal(node.tip(), fault.block_reason ? block.header().previous : block.hash());
      assert_true(!in_mempool(node, fault.transaction.txid()));
    }
  };

  rig.subtest("consensus", [&] { check(consensus_faults()); });

  rig.subtest("policy", [&] { check(policy_faults()); });

  rig.subtest("scripts", [&] {
    // The words before the reason differ between versions.
    const auto check_script = [&](const Transaction& transaction, const std::string& why,
                                  const std::string& why_in_block) {
      const auto flag_and_reason = [](const std::string& reason) {
        return reason.substr(std::min(reason.find("script-verify-flag"), reason.size()));
      };
      const auto failed = [](const std::string& text) {
        return "script-verify-flag-failed (" + text + ")";
      };
      assert_equal(flag_and_reason(test_mempool(node, transaction).reason), failed(why));
      ChainBuilder chain = node.chain();
      const std::string in_block = node.submit(chain.mine({.transactions = {transaction}}).block());
      assert_equal(flag_and_reason(in_block), failed(why_in_block));
    };
    check_script(spoilt([](Transaction& tx) { tx.inputs[0].witness.clear(); }),
                 "Witness program was passed an empty witness",
                 "Witness program was passed an empty witness");
    check_script(spoilt([](Transaction& tx) { tx.inputs[0].witness[0] = {std::byte{0x52}}; }),
                 "Witness program hash mismatch", "Witness program hash mismatch");
    check_script(spoilt([](Transaction& tx) { tx.inputs[0].script_sig = Script{Op::One}; }),
                 "Witness requires empty scriptSig", "Witness requires empty scriptSig");
    // A signature by the wrong key, of another hash, and none at all.
    RigWallet keys(node, CoinKind::P2wpkh);
    const Coin coin = coins.back();
    coins.pop_back();
    const WalletTransaction funding = wallet.create(
        {.coins = {coin}, .outputs = {{.value = 10_btc, .script_pubkey = keys.script()}}});
    node.mine(BlockContent{.transactions = {funding.transaction}});
    const WalletTransaction spending = keys.create();
    Transaction other = spending.transaction;
    other.outputs[0].value -= 1_sat;
    // Policy asks for an empty signature where it fails (NULLFAIL).
    check_script(
        other, "Signature must be zero for failed CHECK(MULTI)SIG operation",
        "Script evaluated without error but finished with a false/empty top stack element");
    assert_equal(refusal_of(node, spending.transaction), "");
    node.mine_mempool();
  });

  rig.subtest("known", [&] {
    const Transaction sent = good();
    assert_equal(refusal_of(node, sent), "");
    assert_equal(test_mempool(node, sent).reason, "txn-already-in-mempool");
    Transaction other_witness = sent;
    other_witness.inputs[0].witness = {Bytes{std::byte{1}}, sent.inputs[0].witness[0]};
    assert_equal(other_witness.txid(), sent.txid());
    assert_equal(test_mempool(node, other_witness).reason, "txn-same-nonwitness-data-in-mempool");
    assert_equal(refusal_of(node, sent), "");  // sending it again is none of its faults
    node.mine_mempool();
    assert_equal(test_mempool(node, sent).reason, "txn-already-known");
    assert_raises_rpc_error(-27, "outputs already in utxo set",
                            [&] { node.rpc("sendrawtransaction", sent); });
    ChainBuilder chain = node.chain();
    const BuiltBlock known = chain.mine();
    assert_equal(node.submit(known.block()), "");
    const Transaction coinbase_again = known.block().transactions.at(0);
    assert_equal(test_mempool(node, coinbase_again).reason, "coinbase");
    assert_equal(node.submit(chain.mine({.transactions = {coinbase_again}}).block()),
                 "bad-cb-multiple");
  });

  rig.subtest("from_peers", [&] {
    // A peer may not know better: it stays.
    Peer& peer = rig.connect_peer(node);
    std::vector<Fault> faults = consensus_faults();
    for (Fault& fault : policy_faults()) faults.push_back(std::move(fault));
    const int id = peer_id(node, peer);
    std::vector<std::string> lines;
    for (const Fault& fault : faults) {
      // What has unknown inputs also waits for its parents.
      const bool orphan = fault.mempool_reason == "missing-inputs";
      lines.push_back(fmt::format("{} (wtxid={}) from peer={} was not accepted: {}",
                                  fault.transaction.txid().to_string(),
                                  fault.transaction.wtxid().to_string(), id,
                                  orphan ? *fault.block_reason : fault.mempool_reason));
    }
    assert_in_log(node, lines, [&] {
      for (const Fault& fault : faults) peer.send(TxMessage{fault.transaction});
      peer.sync_with_ping();
    });
    for (const Fault& fault : faults) {
      assert_true(!in_mempool(node, fault.transaction.txid()));
    }
    const Transaction sound = good();
    peer.send(TxMessage{sound});
    peer.sync_with_ping();
    assert_true(in_mempool(node, sound.txid()));
    node.mine_mempool();
  });

  rig.subtest("undecodable", [&] {
    const std::string hex = to_hex(encode_of(good()));
    for (const std::string& wrong :
         {std::string(""), std::string("zz"), hex.substr(2), hex.substr(0, hex.size() - 2),
          hex + "00", hex.substr(0, hex.size() - 1)}) {
      assert_raises_rpc_error(-22, "TX decode failed",
                              [&] { node.rpc("sendrawtransaction", wrong); });
    }
    // Without inputs it looks like the mark of a witness that does not come.
    Transaction no_input = good();
    no_input.inputs.clear();
    assert_raises_rpc_error(-22, "TX decode failed",
                            [&] { node.rpc("sendrawtransaction", no_input); });
  });
}
