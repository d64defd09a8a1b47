#include "allocation_meter.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace noderig::p2p::test {
namespace {

thread_local bool measuring = false;
thread_local std::size_t largest_allocation = 0;

}  // namespace

AllocationMeter::AllocationMeter() {
  largest_allocation = 0;
  measuring = true;
}

AllocationMeter::~AllocationMeter() {
  measuring = false;
}

std::size_t AllocationMeter::largest() const {
  return largest_allocation;
}

static void* try_allocate(std::size_t size) noexcept {
  if (measuring) largest_allocation = std::max(largest_allocation, size);
  return std::malloc(std::max<std::size_t>(size, 1));
}

static void* allocate(std::size_t size) {
  if (void* memory = try_allocate(size)) return memory;
  throw std::bad_alloc();
}

}  // namespace noderig::p2p::test

void* operator new(std::size_t size) {
  return noderig::p2p::test::allocate(size);
}
void* operator new[](std::size_t size) {
  return noderig::p2p::test::allocate(size);
}
// The sanitizers' own forms of these would not go with the delete below.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return noderig::p2p::test::try_allocate(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return noderig::p2p::test::try_allocate(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}
