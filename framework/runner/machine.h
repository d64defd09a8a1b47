// What the run runs on, for its reports. Any thread.
#pragma once

#include <noderig/framework/runner/results.h>

namespace noderig {

Machine this_machine();

}  // namespace noderig
