#include <noderig/framework/history/statistics.h>
#include <algorithm>
#include <cmath>

namespace noderig {
namespace {

constexpr std::size_t kLatest = 10;
constexpr std::size_t kMostBefore = 50;
constexpr std::size_t kLeastBefore = 5;

}  // namespace

std::optional<double> median(std::vector<double> values) {
  if (values.empty()) return {};
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

Interval wilson_interval(std::size_t hits, std::size_t trials) {
  if (trials == 0) return {};
  constexpr double kZ = 1.959963984540054;  // the normal distribution's 97.5 % quantile
  const auto n = static_cast<double>(trials);
  const double rate = static_cast<double>(hits) / n;
  const double scale = 1 + kZ * kZ / n;
  const double centre = rate + kZ * kZ / (2 * n);
  const double spread = kZ * std::sqrt(rate * (1 - rate) / n + kZ * kZ / (4 * n * n));
  return {std::max(0.0, (centre - spread) / scale), std::min(1.0, (centre + spread) / scale)};
}

std::optional<double> trend(const std::vector<double>& oldest_first) {
  if (oldest_first.size() < kLatest + kLeastBefore) return {};
  const auto latest = oldest_first.end() - kLatest;
  const auto before =
      latest - static_cast<std::ptrdiff_t>(std::min(kMostBefore, oldest_first.size() - kLatest));
  const double earlier = *median({before, latest});
  if (earlier <= 0) return {};
  return *median({latest, oldest_first.end()}) / earlier - 1;
}

}  // namespace noderig
