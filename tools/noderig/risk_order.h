// `noderig run --order risk`: what the risk layers know of the scenarios of a run puts them into
// order, with a reason for each. One thread.
#pragma once

#include "changed_since.h"
#include "run_options.h"

#include <noderig/framework/runner/runner.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace noderig {

struct RiskOrder {
  std::unique_ptr<Order> order{};
  std::vector<std::string> notes{};  // what a reader should know: no history, for one
};

// Also gives each of the plan its risk, and adds to its reasons. With a budget, what takes away
// most risk a second comes first, else what carries most risk. `changed` gives the coverage layer,
// as --changed-since gives the release scope. A history that cannot be read counts as none.
RiskOrder order_by_risk(std::vector<PlannedExecution>& plan, const RunCommandOptions& options,
                        const std::optional<ChangedSince>& changed);

}  // namespace noderig
