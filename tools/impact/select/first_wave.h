// In which order selected tests are run, so that a change that breaks something is seen early.
// Pure functions; any thread.
#pragma once

#include <cstddef>
#include <vector>

namespace noderig::impact {

struct Candidate {
  std::vector<std::size_t> reaches{};  // numbers of the changes that it reaches, ascending
  std::size_t executed = 0;  // how many functions it executes: the fewer, the more specific
  double seconds = 0;
  bool uncertain = false;  // it failed last, or nothing is known of it
};

struct Waves {
  std::vector<std::size_t> order{};  // of all candidates, by their place in the input
  std::size_t first = 0;             // how many of them are the first wave
};

// The first wave reaches every change that any candidate reaches, by few and specific tests; no
// test is in it whose changes the others of it reach. Behind it come the uncertain ones, then those
// that reach what few reach, the quick ones first.
Waves in_waves(const std::vector<Candidate>& candidates);

}  // namespace noderig::impact
