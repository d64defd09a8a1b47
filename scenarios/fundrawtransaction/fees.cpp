// What a funded transaction pays is what the wallet pays when it sends the same by itself.
#include "fundrawtransaction/parts.h"

#include <algorithm>

namespace noderig::fundraw {
namespace {

// A signature may come out shorter than the wallet counted on, by so much for each input.
constexpr Amount kTolerance = 2 * kFeeRate / 1000;

std::string multisig_address(const Node& node, int required, int keys) {
  std::vector<descriptor::KeyExpression> public_keys;
  for (int i = 0; i < keys; ++i) public_keys.emplace_back(recipient_key(i).public_key());
  const std::string multi = descriptor::sh(descriptor::multi(required, public_keys));
  return node.rpc("deriveaddresses", with_checksum(multi)).at(0).get<std::string>();
}

// Funds a payment of these amounts to these addresses, then has the wallet send it.
void assert_fee_as_sent(const Course& course, const ScopedWallet& wallet,
                        const std::vector<std::pair<std::string, Amount>>& payments) {
  std::vector<TxOut> outputs;
  Json amounts = Json::object();
  for (const auto& [address, amount] : payments) {
    outputs.push_back(pay_to(address, amount));
    amounts[address] = amount;
  }
  const Funded funded = fund(wallet, draft(outputs));
  const Json txid = wallet.rpc("sendmany", "", amounts);
  const Json sent = course.node.rpc("getmempoolentry", txid);
  const Amount sent_fee = amount_of(sent.at("fees").at("base"));
  const auto inputs = static_cast<std::int64_t>(funded.transaction.inputs.size());
  assert_greater_than_or_equal(funded.fee, sent_fee);
  assert_greater_than_or_equal(sent_fee + inputs * kTolerance, funded.fee);
  assert_fee_amount(sent_fee, sent.at("vsize").get<std::int64_t>(), kFeeRate);
  course.node.mine_mempool();
}

void fee_as_sent(const Course& course, const std::string& name,
                 const std::vector<std::pair<std::string, Amount>>& payments) {
  ScopedWallet wallet(course.node, name);
  wallet.receive(course.bank, {5_btc}, "legacy");
  assert_fee_as_sent(course, wallet, payments);
}

std::string p2pkh_address(int who) {
  return address_of(p2p::p2pkh(p2p::hash160(recipient_key(who).public_key().bytes()))).value();
}

// 20 coins: 19 cover the payments, the fee takes the other.
void receive_small_coins(const Course& course, ScopedWallet& wallet) {
  wallet.receive(course.bank, std::vector<Amount>(20, mbtc(10)));
}

void many_inputs_fee(const Course& course) {
  ScopedWallet wallet(course.node, "many_inputs_fee");
  receive_small_coins(course, wallet);
  assert_fee_as_sent(course, wallet, {{recipient(0), mbtc(150)}, {recipient(1), mbtc(40)}});
}

void many_inputs_send(const Course& course) {
  ScopedWallet wallet(course.node, "many_inputs_send");
  ScopedWallet receiver(course.node, "many_inputs_receiver");
  receive_small_coins(course, wallet);
  const Funded funded = fund(wallet, draft({pay_to(receiver.new_address(), mbtc(150)),
                                            pay_to(receiver.new_address(), mbtc(40))}));
  assert_greater_than_or_equal(funded.transaction.inputs.size(), 19);
  confirm(course.node, wallet.sign(funded.transaction));
  assert_equal(receiver.balance(), mbtc(190));
  assert_equal(wallet.balance(), mbtc(10) - funded.fee);
}

void op_return_only(const Course& course) {
  ScopedWallet wallet(course.node, "op_return");
  wallet.receive(course.bank, {5_btc});
  const Funded funded =
      fund(wallet, draft({{.value = {}, .script_pubkey = p2p::op_return(as_byte_span("test"))}}));
  assert_equal(funded.transaction.inputs.size(), 1);
  assert_equal(funded.change().value, 5_btc - funded.fee);
  confirm(course.node, wallet.sign(funded.transaction));
}

}  // namespace

void run_fees(const Course& course) {
  Rig& rig = course.rig;
  rig.subtest("fee_p2pkh", [&] {
    fee_as_sent(course, "fee_p2pkh", {{p2pkh_address(0), mbtc(1100)}});
  });
  rig.subtest("fee_p2pkh_six_outputs", [&] {
    fee_as_sent(course, "fee_p2pkh_six_outputs",
                {{p2pkh_address(0), mbtc(1100)},
                 {p2pkh_address(1), mbtc(1200)},
                 {p2pkh_address(2), mbtc(100)},
                 {p2pkh_address(3), mbtc(1300)},
                 {p2pkh_address(4), mbtc(200)},
                 {p2pkh_address(5), mbtc(300)}});
  });
  rig.subtest("fee_p2sh_2_of_2", [&] {
    fee_as_sent(course, "fee_p2sh_2_of_2", {{multisig_address(course.node, 2, 2), mbtc(1100)}});
  });
  rig.subtest("fee_p2sh_4_of_5", [&] {
    fee_as_sent(course, "fee_p2sh_4_of_5", {{multisig_address(course.node, 4, 5), mbtc(1100)}});
  });
  rig.subtest("many_inputs_fee", [&] { many_inputs_fee(course); });
  rig.subtest("many_inputs_send", [&] { many_inputs_send(course); });
  rig.subtest("op_return_only", [&] { op_return_only(course); });
}

}  // namespace noderig::fundraw
