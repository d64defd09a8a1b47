// Spreads a run over machines: each runs one shard. Every test is in exactly one only as long as
// all of them are given the same tests with the same times, and each machine knows those of its own
// history. So a division has a name, which shards that fit together share; without that, who has
// their results finds out what is in none: see history/exchange/shards.h. Pure functions; any
// thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

struct Shard {
  int index = 1;  // from 1
  int count = 1;
  std::string from{};  // who chose it: "--shard", or the environment variable

  bool operator==(const Shard&) const = default;
};

// Looks up an environment variable: null when it is not set.
using Environment = std::function<const char*(const char* name)>;

// The shard that is asked for: by the option's value ("2/5"; empty: not given), else by
// TEST_SHARD_INDEX (from 0) and TEST_TOTAL_SHARDS, else by CI_NODE_INDEX (from 1) and
// CI_NODE_TOTAL. Nothing when none of them says so. Throws UsageError that names what is wrong.
std::optional<Shard> choose_shard(std::string_view option, const Environment& environment);

struct ShardItem {
  std::string id;  // unique
  double seconds = 0;
};

struct Division {
  // Of each shard the items, as places in what was divided, in their order.
  std::vector<std::vector<std::size_t>> shards{};
  // Eight digits, the same only where each item is in the same shard.
  std::string name{};
};

// The longest first, each item goes to the shard that has the least to do.
Division divide(const std::vector<ShardItem>& items, int count);

}  // namespace noderig
