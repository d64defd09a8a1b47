// The daemons that `run` and `prove` use. One thread.
#pragma once

#include <noderig/framework/node/profile.h>
#include <noderig/framework/runner/interruption.h>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace noderig {

// Those of --daemon, or the usual one when there is none; a new one is started to see what it
// offers. Nothing when the user ends that, which `out` is told. Throws UsageError when two are one
// program, EnvironmentError when there is no such daemon.
std::optional<std::vector<DaemonProfile>> choose_daemons(std::vector<std::string> choices,
                                                         const Interruption& interruption,
                                                         std::FILE* out);

}  // namespace noderig
