#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/history/exchange/shards.h>
#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

namespace noderig {
namespace {

using Names = std::set<std::string>;

// What shards of one run have in common, whoever divided it.
using DividedRun = std::tuple<std::string, int, Names>;  // revision, shards, tests

DividedRun divided_run(const RecordedRun& run) {
  Names tests(run.shard->own.begin(), run.shard->own.end());
  tests.insert(run.shard->others.begin(), run.shard->others.end());
  return {run.revision, run.shard->count, tests};
}

}  // namespace

std::vector<std::string> lost_between_shards(const std::vector<RecordedRun>& runs) {
  std::map<DividedRun, std::map<std::string, std::map<int, const RecordedRun*>>> found;
  for (const RecordedRun& run : runs) {
    if (run.shard) found[divided_run(run)][run.shard->division][run.shard->index] = &run;
  }
  std::vector<std::string> sentences;
  for (const auto& [divided, divisions] : found) {
    const auto& [revision, count, tests] = divided;
    Names lost = tests;
    std::set<int> indices;
    std::vector<std::string> shards;
    for (const auto& [division, by_index] : divisions) {
      // A division of which all shards are there is a run of its own, and whole.
      if (by_index.size() == static_cast<std::size_t>(count)) continue;
      for (const auto& [index, run] : by_index) {
        for (const std::string& one : run->shard->own) lost.erase(one);
        indices.insert(index);
        shards.push_back(
            fmt::format("{} (shard {} of {}, division {})", run->name, index, count, division));
      }
    }
    if (indices.size() < static_cast<std::size_t>(count) || lost.empty()) continue;
    sentences.push_back(
        fmt::format("the runs {} divided the same tests differently, for their machines knew "
                    "different times; none of them had {}",
                    fmt::join(shards, ", "), fmt::join(lost, ", ")));
  }
  return sentences;
}

}  // namespace noderig
