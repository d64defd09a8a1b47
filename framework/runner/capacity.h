// What the machine can give to a run: how many cores, how much memory, how fast it is and how busy.
// Read anew at each call. Free functions; one thread.
#pragma once

#include <cstdint>
#include <filesystem>

namespace noderig {

// The cores that this process may use, or the CPU time that it may take when that is less: a
// container may have a share of them (control_groups.h).
int usable_cores();

// How many scenarios they can carry at a time: these wait much of their time, for their nodes and
// for each other's share of a core.
int scenarios_at_a_time();

// What can be allocated, in MB, without swapping and within the limits of a container.
std::int64_t available_memory_mb();

// How many processes wanted each of the machine's cores in the last minute, on average: of all
// cores, since nobody counts those who wait for the ones that this process may use.
double load_a_core();

// How many times slower this machine is than the one on which the scenarios' timeouts were chosen;
// less than 1 when it is faster. Measured by a millisecond of hashing and reading JSON, in CPU
// time. What else runs makes even that longer, so the least since the machine was started counts,
// which is remembered for each build below `home`. Measures only where nothing is remembered: no
// node is kept waiting for it.
double machine_slowness(const std::filesystem::path& home);

// Measures once more, when nobody waits, and remembers it where it is less.
void measure_machine_again(const std::filesystem::path& home);

}  // namespace noderig
