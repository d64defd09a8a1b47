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

}  // namespace noderig::risk
