// Whether the results of a run that was spread over machines are all of it. Free functions; any
// thread.
#pragma once

#include <noderig/framework/history/records.h>
#include <string>
#include <vector>

namespace noderig {

// What is in none of the shards among `runs` because their machines divided the same tests
// differently: a sentence for each such run. Shards that are not there are not missed.
std::vector<std::string> lost_between_shards(const std::vector<RecordedRun>& runs);

}  // namespace noderig
