// The business layer's automatic parameters: likelihood from complexity, impact from keywords.
// Pure functions; any thread.
#pragma once

#include "config.h"

namespace noderig::risk {

// A step of an axis with what led to it, in a sentence.
struct Judged {
  std::optional<std::size_t> step{};
  std::string why{};
};

// The mean of the two in the middle for an even number; 0 for none.
double median_complexity(const std::vector<TestCase>& tests);

Judged automatic_likelihood(int complexity, double median, const Config& config);

// The word with the highest score among the title, preconditions, steps and expected results:
// whole words, the longest first, in any case.
Judged automatic_impact(const TestCase& test, const std::map<std::string, int>& keywords);

}  // namespace noderig::risk
