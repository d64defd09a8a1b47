// Work on many tests, on all cores. Any thread.
#pragma once

#include <cstddef>
#include <functional>

namespace noderig::risk {

// Calls work(begin, end) for parts of [0, count) that are side by side, and returns when all are
// done: one part for each core, but none of fewer than `fewest`. What work throws goes through.
void in_parts(std::size_t count,
              const std::function<void(std::size_t begin, std::size_t end)>& work,
              std::size_t fewest = 500);

}  // namespace noderig::risk
