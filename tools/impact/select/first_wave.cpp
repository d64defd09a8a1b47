#include <impact/select/first_wave.h>

#include <algorithm>
#include <map>
#include <queue>
#include <set>
#include <tuple>

namespace noderig::impact {
namespace {

// How many candidates reach each change.
std::map<std::size_t, std::size_t> popularity(const std::vector<Candidate>& candidates) {
  std::map<std::size_t, std::size_t> count;
  for (const Candidate& one : candidates) {
    for (const std::size_t change : one.reaches) ++count[change];
  }
  return count;
}

// What makes a candidate the next: how much it adds, then how specific and how quick it is.
using Rank = std::tuple<std::size_t, double, double>;

// The smallest cover is hard to find; taking whoever reaches most of what is left comes close.
std::vector<std::size_t> greedy_cover(const std::vector<Candidate>& candidates,
                                      std::set<std::size_t> left) {
  const auto rank_of = [&](std::size_t i) {
    const Candidate& one = candidates[i];
    const auto adds = std::ranges::count_if(
        one.reaches, [&](std::size_t change) { return left.contains(change); });
    return Rank(adds, -static_cast<double>(one.executed), -one.seconds);
  };
  std::priority_queue<std::pair<Rank, std::size_t>> open;
  for (std::size_t i = 0; i < candidates.size(); ++i) open.emplace(rank_of(i), i);
  std::vector<std::size_t> cover;
  while (!left.empty()) {
    // What a candidate adds only shrinks: one that is still first when counted anew is the best.
    const auto [was, best] = open.top();
    open.pop();
    const Rank rank = rank_of(best);
    if (rank != was) {
      open.emplace(rank, best);
      continue;
    }
    cover.push_back(best);
    for (const std::size_t change : candidates[best].reaches) left.erase(change);
  }
  return cover;
}

// Leaves out whoever turned out not to be needed, the least specific first.
void drop_needless(std::vector<std::size_t>& cover, const std::vector<Candidate>& candidates) {
  std::map<std::size_t, std::size_t> times;
  for (const std::size_t i : cover) {
    for (const std::size_t change : candidates[i].reaches) ++times[change];
  }
  std::vector<std::size_t> widest = cover;
  std::ranges::stable_sort(widest, std::ranges::greater(),
                           [&](std::size_t i) { return candidates[i].executed; });
  for (const std::size_t i : widest) {
    const auto& reaches = candidates[i].reaches;
    if (!std::ranges::all_of(reaches, [&](std::size_t change) { return times[change] > 1; })) {
      continue;
    }
    for (const std::size_t change : reaches) --times[change];
    std::erase(cover, i);
  }
}

}  // namespace

Waves in_waves(const std::vector<Candidate>& candidates) {
  const auto popular = popularity(candidates);
  std::set<std::size_t> all;
  for (const auto& [change, count] : popular) all.insert(change);
  Waves waves{.order = greedy_cover(candidates, all)};
  drop_needless(waves.order, candidates);
  waves.first = waves.order.size();

  std::vector<std::size_t> others;
  const std::set<std::size_t> first(waves.order.begin(), waves.order.end());
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (!first.contains(i)) others.push_back(i);
  }
  const auto rarity = [&](std::size_t i) {
    double sum = 0;
    for (const std::size_t change : candidates[i].reaches) {
      sum += 1.0 / static_cast<double>(popular.at(change));
    }
    return sum;
  };
  std::vector<std::tuple<bool, double, double>> rank(candidates.size());
  for (const std::size_t i : others) {
    rank[i] = {!candidates[i].uncertain, -rarity(i), candidates[i].seconds};
  }
  std::ranges::stable_sort(others, {}, [&](std::size_t i) { return rank[i]; });
  waves.order.insert(waves.order.end(), others.begin(), others.end());
  return waves;
}

}  // namespace noderig::impact
