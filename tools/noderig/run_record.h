// What the history says of a run before its first execution, and what its sources are. One thread.
#pragma once

#include <noderig/framework/history/records.h>
#include <optional>
#include <string>
#include <vector>

namespace noderig {

// The run of this process that begins now, without executions.
RecordedRun run_record(const std::string& name, std::uint64_t seed,
                       const std::vector<DaemonUsed>& daemons);

// The commit that the git work tree one stands in is at; empty outside of one.
std::string source_revision();

// Whether tracked files there differ from that commit; nothing where git cannot tell.
std::optional<bool> source_modified();

}  // namespace noderig
