#include <noderig/framework/chain/regtest.h>
#include <noderig/p2p/primitives/serialize.h>

namespace noderig::regtest {
namespace {

// The one coinbase that every Bitcoin network starts from, without witness.
constexpr std::string_view kGenesisCoinbase =
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d"
    "0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66"
    "207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe55"
    "48271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba"
    "0b8d578a4c702b6bf11d5fac00000000";

p2p::Block make_genesis() {
  p2p::Block block;
  block.transactions.push_back(
      p2p::decode_as<p2p::Transaction>(bytes_from_hex(kGenesisCoinbase)).value());
  block.header.version = 1;
  block.header.merkle_root = block.transactions.front().txid();
  block.header.time = static_cast<std::uint32_t>(kGenesisTime.time_since_epoch().count());
  block.header.bits = kBits;
  block.header.nonce = 2;
  return block;
}

}  // namespace

Amount subsidy(int height) {
  const int halvings = height / kHalvingInterval;
  // A shift by the width of the type has no value of its own.
  return halvings < 63 ? Amount::sat(Amount::btc(50).satoshi() >> halvings) : Amount();
}

const p2p::Block& genesis_block() {
  static const p2p::Block block = make_genesis();
  return block;
}

const Uint256& genesis_hash() {
  static const Uint256 hash = genesis_block().header.hash();
  return hash;
}

}  // namespace noderig::regtest
