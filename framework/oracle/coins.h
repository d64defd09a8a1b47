// The unspent outputs of a chain counted from its blocks, to hold a daemon's own count to. Value
// types; any thread.
#pragma once

#include <noderig/p2p/primitives/block.h>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace noderig {

struct Coins {
  Amount value{};
  std::int64_t count = 0;

  // "50.00000000 BTC in 1 outputs"
  std::string to_string() const;
  friend bool operator==(const Coins&, const Coins&) = default;
};

class CoinCount {
 public:
  // The next block, from height 1 on: the genesis block's output is in no daemon's set.
  void add(const p2p::Block& block);

  const Coins& coins() const { return coins_; }

 private:
  Coins coins_;
  std::map<p2p::OutPoint, Amount> unspent_;
};

// What is wrong with the coins that a node has at `height`: more than all subsidies, or others than
// were counted, if they were. Empty when nothing is.
std::string fault_in_supply(const Coins& coins, int height, const std::optional<Coins>& counted);

}  // namespace noderig
