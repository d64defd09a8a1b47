// What `noderig run` is to execute, from its options: scenarios, plan, sub-tests, daemons, shard,
// order. One thread.
#pragma once

#include "changed_since.h"
#include "run_options.h"

#include <noderig/framework/history/history.h>
#include <noderig/framework/node/profile.h>
#include <noderig/framework/runner/runner.h>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace noderig {

// What is known of a scenario's earlier executions on a flavour.
using PastTimesOf = std::function<std::optional<PastTimes>(const std::string& scenario,
                                                           const std::string& flavour)>;

// As the history knows them: of that flavour, else of others the median alone.
std::optional<PastTimes> past_times_of(const ExpectedSeconds& known, const std::string& scenario,
                                       const std::string& flavour);

// Every execution that is asked for, in the order of the plan or of what has changed, else by name.
// Throws UsageError when a word matches nothing.
std::vector<PlannedExecution> make_plan(const RunCommandOptions& options,
                                        const std::optional<ChangedSince>& changed,
                                        const std::vector<DaemonProfile>& daemons,
                                        const PastTimesOf& past_times);

// Leaves those of the shard that is asked for, and tells `out` which. Nothing when none is.
std::optional<ShardOfRun> keep_shard(std::vector<PlannedExecution>& plan,
                                     const RunCommandOptions& options, std::FILE* out);

// What runs first. By risk, it adds to what the plan says of each.
std::unique_ptr<Order> choose_order(const RunCommandOptions& options,
                                    const std::optional<ChangedSince>& changed,
                                    std::vector<PlannedExecution>& plan, std::uint64_t seed);

}  // namespace noderig
