// The few statistics that history shows. Pure functions; any thread.
#pragma once

#include <optional>
#include <vector>

namespace noderig {

// The middle value, the mean of the two middle ones of an even number; nothing of nothing.
std::optional<double> median(std::vector<double> values);

struct Interval {
  double low = 0;
  double high = 1;
};

// Wilson's 95 % interval of a proportion: where the true rate lies when `hits` of `trials` were
// seen. Without trials it may be anything.
Interval wilson_interval(std::size_t hits, std::size_t trials);

// How much longer the latest values are than those before, as a fraction: the median of the last
// ten over that of the up to fifty before them, less 1. Nothing when there are fewer than five
// before, or these take no time.
std::optional<double> trend(const std::vector<double>& oldest_first);

}  // namespace noderig
