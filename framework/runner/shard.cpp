#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/runner/shard.h>
#include <noderig/p2p/primitives/hash.h>
#include <algorithm>
#include <charconv>
#include <numeric>
#include <span>
#include <tuple>

namespace noderig {
namespace {

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

Shard require_shard(std::optional<int> index, std::optional<int> count, const std::string& from,
                    const std::string& given) {
  if (index && count && *count >= 1 && *index >= 1 && *index <= *count) {
    return {*index, *count, from};
  }
  throw UsageError(fmt::format("{} names no shard of a run", given));
}

// A variable that is empty is not set: how many an engine leaves those that it has no value for.
const char* set_in(const Environment& environment, const char* name) {
  const char* value = environment(name);
  return value == nullptr || *value == '\0' ? nullptr : value;
}

// By a pair of variables; `first` is what the first shard's index is.
std::optional<Shard> shard_in(const Environment& environment, const char* index, const char* count,
                              int first) {
  const char* its_index = set_in(environment, index);
  const char* its_count = set_in(environment, count);
  // GitLab sets the total alone, to 1, for a job that is not divided.
  if (its_index == nullptr) return {};
  if (its_count == nullptr) {
    throw UsageError(
        fmt::format("{}={} without {} names no shard of a run", index, its_index, count));
  }
  auto from_one = number(its_index);
  if (from_one) *from_one += 1 - first;
  return require_shard(from_one, number(its_count), index,
                       fmt::format("{}={} with {}={}", index, its_index, count, its_count));
}

}  // namespace

std::optional<Shard> choose_shard(std::string_view option, const Environment& environment) {
  if (!option.empty()) {
    const std::size_t slash = option.find('/');
    const bool divided = slash != std::string_view::npos;
    return require_shard(number(option.substr(0, slash)),
                         divided ? number(option.substr(slash + 1)) : std::nullopt, "--shard",
                         fmt::format("--shard {} (I/N, I from 1 to N)", option));
  }
  if (const auto shard = shard_in(environment, "TEST_SHARD_INDEX", "TEST_TOTAL_SHARDS", 0)) {
    return shard;
  }
  return shard_in(environment, "CI_NODE_INDEX", "CI_NODE_TOTAL", 1);
}

Division divide(const std::vector<ShardItem>& items, int count) {
  // Ties are broken by name and by shard, never by the order in which a machine lists its tests.
  std::vector<std::size_t> longest_first(items.size());
  std::iota(longest_first.begin(), longest_first.end(), std::size_t{0});
  std::ranges::sort(longest_first, {}, [&](std::size_t item) {
    return std::tuple(-items[item].seconds, std::string_view(items[item].id));
  });
  struct Load {
    double seconds = 0;
    std::size_t items = 0;
    auto operator<=>(const Load&) const = default;
  };
  std::vector<Load> loads(static_cast<std::size_t>(count));
  Division division;
  division.shards.resize(loads.size());
  for (const std::size_t item : longest_first) {
    const auto least = std::ranges::min_element(loads);
    least->seconds += items[item].seconds;
    ++least->items;
    division.shards[static_cast<std::size_t>(least - loads.begin())].push_back(item);
  }
  std::string all;
  for (std::vector<std::size_t>& shard : division.shards) {
    std::ranges::sort(shard);
    std::vector<std::string_view> ids;
    for (const std::size_t item : shard) ids.push_back(items[item].id);
    std::ranges::sort(ids);
    all += fmt::format("{}\n\n", fmt::join(ids, "\n"));
  }
  division.name = p2p::sha256(std::as_bytes(std::span(all))).to_string().substr(0, 8);
  return division;
}

}  // namespace noderig
