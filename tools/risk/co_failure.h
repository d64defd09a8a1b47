// Which tests used to fail together, cycle by cycle of a suite. Value types; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace noderig::risk {

// The cycles in which one test ran, and those in which it failed: a bit each.
struct PastCycles {
  std::vector<std::uint64_t> ran{};
  std::vector<std::uint64_t> failed{};

  void add(std::size_t cycle, bool has_failed);
};

// Cycles in which both bits are set.
int common(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b);

// How the log-odds that `other`, which fails with that probability, fails change once `failed` has:
// from the cycles where the one failed and the other ran. Never negative, and only in part what
// those cycles say: a test that failed together with another did so among many.
double co_failure_lift(const PastCycles& failed, const PastCycles& other, double probability);

}  // namespace noderig::risk
