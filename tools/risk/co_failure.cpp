#include "co_failure.h"

#include "probability.h"

#include <algorithm>
#include <bit>

namespace noderig::risk {
namespace {

constexpr double kTrust = 0.3;

void set_bit(std::vector<std::uint64_t>& bits, std::size_t at) {
  bits.resize(std::max(bits.size(), at / 64 + 1));
  bits[at / 64] |= std::uint64_t{1} << (at % 64);
}

}  // namespace

void PastCycles::add(std::size_t cycle, bool has_failed) {
  set_bit(ran, cycle);
  if (has_failed) set_bit(failed, cycle);
}

int common(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  int bits = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) bits += std::popcount(a[i] & b[i]);
  return bits;
}

double co_failure_lift(const PastCycles& failed, const PastCycles& other, double probability) {
  const double together = common(failed.failed, other.failed);
  const double chances = common(failed.failed, other.ran);
  const double strength = ProbabilityModel{}.strength;
  const double given = (strength * probability + together) / (strength + chances);
  return kTrust * std::max(0.0, log_odds(given) - log_odds(probability));
}

}  // namespace noderig::risk
