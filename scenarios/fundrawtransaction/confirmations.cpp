// Unconfirmed coins: those of others are unsafe, those of one's own are told apart by their depth.
#include "fundrawtransaction/parts.h"

#include <algorithm>

namespace noderig::fundraw {
namespace {

void include_unsafe(const Course& course) {
  ScopedWallet wallet(course.node, "unsafe");
  std::vector<OutPoint> foreign;
  for (int i = 0; i < 2; ++i) {
    const auto payment = course.bank.send(
        {.outputs = {pay_to(wallet.new_address(), 5_btc)}, .fee_rate = 10'000_sat});
    foreign.push_back({payment.txid(), 0});
  }
  course.node.finish_validation();
  const auto assert_spends_foreign = [&](const Funded& funded) {
    assert_equal(funded.transaction.inputs.size(), 2);
    for (const OutPoint& coin : foreign) assert_true(spends(funded.transaction, coin));
    assert_acceptable(course.node, wallet.sign(funded.transaction));
  };
  const Transaction payment = draft({pay(mbtc(7500))});

  assert_refused(wallet, payment, {}, -4, kInsufficientFunds);
  assert_spends_foreign(fund(wallet, payment, {{"include_unsafe", true}}));

  course.node.mine_mempool();
  assert_spends_foreign(fund(wallet, payment, {{"include_unsafe", false}}));
}

// Coins two blocks deep, one block deep, and unconfirmed ones of the wallet's own; then a
// transaction is replaced by one that adds inputs.
void minimum_and_maximum(const Course& course) {
  Node& node = course.node;
  ScopedWallet wallet(node, "confirmations");
  wallet.receive(course.bank, {1_btc, 1_btc});
  wallet.receive(course.bank, {1_btc, 1_btc});
  const Uint256 unconfirmed = hash_of(wallet.rpc("sendtoaddress", wallet.new_address(), mbtc(500)));

  course.rig.step("confirmations: at most 0");
  const Funded fresh = fund(wallet, draft({pay(mbtc(100))}), {{"fee_rate", 1}, {"maxconf", 0}});
  assert_equal(fresh.transaction.inputs.size(), 1);
  const OutPoint coin = fresh.transaction.inputs[0].prevout;
  assert_equal(coin.txid, unconfirmed);
  // Said to be replaceable, for nodes that hold to BIP125.
  Transaction replaceable = fresh.transaction;
  replaceable.inputs[0].sequence = 0xfffffffd;
  const Transaction first = wallet.sign(replaceable);
  node.rpc("sendrawtransaction", first);

  course.rig.step("confirmations: at least more than any has");
  const Transaction payment = draft({pay(1_btc)}, {coin});
  assert_refused(wallet, payment, {{"add_inputs", true}, {"minconf", 3}, {"fee_rate", 10}}, -4,
                 kInsufficientFunds);

  // 0.9 BTC more from unconfirmed coins alone takes the change of the first transaction, which is
  // gone once it is replaced.
  course.rig.step("confirmations: at most 0, from the transaction that is to be replaced");
  const Funded circular =
      fund(wallet, payment, {{"add_inputs", true}, {"maxconf", 0}, {"fee_rate", 10}});
  assert_true(std::ranges::any_of(circular.transaction.inputs,
                                  [&](const auto& in) { return in.prevout.txid == first.txid(); }));
  const Transaction invalid = wallet.sign(circular.transaction);
  assert_raises_rpc_error(-26, "bad-txns-spends-conflicting-tx",
                          [&] { node.rpc("sendrawtransaction", invalid); });

  course.rig.step("confirmations: at least 2");
  const Funded deep =
      fund(wallet, payment, {{"add_inputs", true}, {"minconf", 2}, {"fee_rate", 10}});
  assert_greater_than_or_equal(deep.transaction.inputs.size(), 2);
  for (const auto& in : deep.transaction.inputs) {
    if (in.prevout == coin) continue;
    const Json found = node.rpc("gettxout", in.prevout.txid, in.prevout.index);
    assert_greater_than_or_equal(found.at("confirmations"), 2);
  }
  const Transaction second = wallet.sign(deep.transaction);
  node.rpc("sendrawtransaction", second);
  const Json mempool = node.rpc("getrawmempool");
  assert_true(std::ranges::find(mempool, Json(first.txid())) == mempool.end());
  assert_true(std::ranges::find(mempool, Json(second.txid())) != mempool.end());
  node.mine_mempool();
}

}  // namespace

void run_confirmations(const Course& course) {
  course.rig.subtest("include_unsafe", [&] { include_unsafe(course); });
  course.rig.subtest("minimum_and_maximum_confirmations", [&] { minimum_and_maximum(course); });
}

}  // namespace noderig::fundraw
