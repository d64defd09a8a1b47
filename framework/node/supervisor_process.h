// The supervisor's own side: what runs in the forked process. Internal to framework/node.
//
// Messages are JSON objects, one a SOCK_SEQPACKET packet. To the supervisor:
//   {"spawn":{"argv":[],"environment":[],"directory":"","stdout":"","stderr":""}}
//   {"signal":{"pid":N,"signal":N}}
// From it:
//   {"spawned":{"pid":N}} or {"failed":"reason"}, in the order of the requests;
//   {"exited":{"pid":N,"status":N,"signal":N,"cpu":seconds,"rss":bytes}}
// A closed socket means: kill every child and what they have detached, reap and report them, end.
#pragma once

#include <sys/types.h>
#include <cstddef>

namespace noderig::detail {

inline constexpr std::size_t kSupervisorPacket = 256 * 1024;

// Serves `socket` until its other end closes. `parent` is the worker. Never returns.
[[noreturn]] void run_supervisor(int socket, pid_t parent);

}  // namespace noderig::detail
