// The `risk-live` order: as `risk`, but after each verdict of the cycle the rows that used to fail
// together with a failed one move up. Pure functions; any thread.
#pragma once

#include "metrics.h"
#include "replay_history.h"

namespace noderig::risk {

// `scores` are log-odds, one a row, from earlier cycles. A row's verdict is looked at only once the
// row has its place.
Order live_order(const ReplayHistory& history, const Cycle& cycle,
                 const std::vector<double>& scores);

// How the log-odds that `other` fails change once `failed` has, from the cycles where the one
// failed and the other ran; never negative.
double co_failure_lift(const NameHistory& failed, const NameHistory& other, double probability);

}  // namespace noderig::risk
