// What the history tells of the scenarios of a run, for its reports. One thread.
#pragma once

#include <noderig/framework/report/report.h>
#include <vector>

namespace noderig {

// A trend for each scenario and daemon of the run, in its order, whole executions only. Empty when
// there is no history that can be read, which whoever records the run has said by then.
std::vector<Trend> trends_of(const RunResult& run);

}  // namespace noderig
