#include <fmt/format.h>
#include <noderig/framework/runner/timeouts.h>
#include <algorithm>

namespace noderig {
namespace {

using Seconds = std::chrono::duration<double>;

// Times vary: only what takes this much longer than nine of ten runs did hangs.
constexpr double kPastMultiple = 8;
// Fewer runs say too little of how times vary.
constexpr int kEnoughRuns = 3;
// One wait that fails by itself says what did not come, and leaves other sub-tests their turn. The
// bound of waits that name none must fit in, however quick the scenario was or is said to be.
constexpr Seconds kLeast{75};
// Authors declare many times what a scenario takes on an idle machine.
constexpr double kDeclaredMultiple = 10;
// Beyond that, something is wrong that waiting does not mend. It bounds the machine's slowness and
// its crowding together, since a crowded machine measures as a slow one as well; and what both make
// of the time that is declared, since earlier runs may have been crowded, too.
constexpr double kMost = 10;
// What `noderig run` does before its worker starts and after it ended: probing a daemon that is
// new, for one.
constexpr Seconds kAround{120};

Seconds most_without_asking(std::chrono::seconds declared) {
  return kMost * std::max(Seconds(declared), kLeast);
}

}  // namespace

double crowding(int jobs, int cores, double load) {
  return std::max({static_cast<double>(jobs) / std::max(cores, 1), load, 1.0});
}

TimeLimit time_limit(std::chrono::seconds declared, const std::optional<PastTimes>& past,
                     const Pace& pace) {
  // A faster machine makes nothing fail sooner: what it waits for may not depend on its speed.
  const double here = std::min(std::max(pace.slowness, 1.0) * pace.crowding, kMost);
  const double factor = here * pace.asked;
  TimeLimit limit{.wait_factor = factor};
  Seconds whole = std::max(kLeast, Seconds(declared));
  if (past && past->runs >= kEnoughRuns) {
    whole = std::max(kLeast, Seconds(past->high * kPastMultiple));
    limit.basis = whole > kLeast ? fmt::format("{} times the {:.1f} s it took before",
                                               kPastMultiple, past->high)
                                 : fmt::format("the least, {:.0f} s: it took {:.1f} s before",
                                               kLeast.count(), past->high);
  } else {
    limit.basis = whole > Seconds(declared) ? fmt::format("the least, {:.0f} s: it declares {} s",
                                                          kLeast.count(), declared.count())
                                            : fmt::format("the {} s it declares", declared.count());
  }
  if (factor != 1) {
    limit.basis += fmt::format(", times {:.2g}", factor);
    if (pace.slowness > 1) limit.basis += fmt::format("; machine {:.2g}", pace.slowness);
    if (pace.crowding > 1)
      limit.basis += fmt::format("; jobs and load a core {:.2g}", pace.crowding);
    if (here == kMost) limit.basis += fmt::format("; both together at most {:.0f}", kMost);
    if (pace.asked != 1) limit.basis += fmt::format("; --timeout-factor {:.2g}", pace.asked);
  }
  const Seconds most = most_without_asking(declared);
  if (whole * here > most) {
    limit.basis += fmt::format("; no more than {:.0f} s, for the {} s it declares",
                               (most * pace.asked).count(), declared.count());
  }
  limit.whole =
      std::chrono::ceil<std::chrono::milliseconds>(std::min(whole * here, most) * pace.asked);
  return limit;
}

std::chrono::seconds latest_end(std::chrono::seconds declared) {
  return std::chrono::ceil<std::chrono::seconds>(most_without_asking(declared) + kMost * kGrace +
                                                 kAround);
}

double expected_seconds(std::chrono::seconds declared, const std::optional<PastTimes>& past) {
  return past ? past->median : Seconds(declared).count() / kDeclaredMultiple;
}

}  // namespace noderig
