// Watches how much memory a piece of a test asks for. Replaces the global operator new of the test
// program. Counts the calling thread only.
#pragma once

#include <cstddef>

namespace noderig::p2p::test {

// While it lives, notes the largest single allocation of this thread. Meters do not nest.
class AllocationMeter {
 public:
  AllocationMeter();
  ~AllocationMeter();
  AllocationMeter(const AllocationMeter&) = delete;
  AllocationMeter& operator=(const AllocationMeter&) = delete;

  // Bytes.
  std::size_t largest() const;
};

}  // namespace noderig::p2p::test
