// Spreads a run over machines: each runs one shard, every test is in exactly one, and all machines
// that are given the same tests with the same times agree on which. Pure functions; any thread.
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

// The items of the shard, as places in `items`, in their order: the longest first, each went to the
// shard that had the least to do.
std::vector<std::size_t> items_of_shard(const std::vector<ShardItem>& items, const Shard& shard);

}  // namespace noderig
