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
// bound of waits that name none must fit in, however quick the scenario was.
constexpr Seconds kLeast{75};
// Authors declare many times what a scenario takes on an idle machine.
constexpr double kDeclaredMultiple = 10;
// Beyond that, something is wrong that waiting does not mend.
constexpr double kMostCrowded = 16;

}  // namespace

double crowding(int jobs, int cores, double load) {
  const double wanted = std::max(static_cast<double>(jobs), load);
  return std::clamp(wanted / std::max(cores, 1), 1.0, kMostCrowded);
}

TimeLimit time_limit(std::chrono::seconds declared, const std::optional<PastTimes>& past,
                     const Pace& pace) {
  // A faster machine makes nothing fail sooner: what it waits for may not depend on its speed.
  const double factor = std::max(pace.slowness, 1.0) * pace.crowding * pace.asked;
  TimeLimit limit{.wait_factor = factor};
  Seconds whole = declared;
  if (past && past->runs >= kEnoughRuns) {
    whole = std::max(kLeast, Seconds(past->high * kPastMultiple));
    limit.basis = whole > kLeast ? fmt::format("{} times the {:.1f} s it took before",
                                               kPastMultiple, past->high)
                                 : fmt::format("the least, {:.0f} s: it took {:.1f} s before",
                                               kLeast.count(), past->high);
  } else {
    limit.basis = fmt::format("the {} s it declares", declared.count());
  }
  if (factor != 1) {
    limit.basis += fmt::format(", times {:.2g}", factor);
    if (pace.slowness > 1) limit.basis += fmt::format("; machine {:.2g}", pace.slowness);
    if (pace.crowding > 1)
      limit.basis += fmt::format("; jobs and load a core {:.2g}", pace.crowding);
    if (pace.asked != 1) limit.basis += fmt::format("; --timeout-factor {:.2g}", pace.asked);
  }
  limit.whole = std::chrono::ceil<std::chrono::milliseconds>(whole * factor);
  return limit;
}

double expected_seconds(std::chrono::seconds declared, const std::optional<PastTimes>& past) {
  return past ? past->median : Seconds(declared).count() / kDeclaredMultiple;
}

}  // namespace noderig
