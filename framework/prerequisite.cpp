#include <noderig/framework/prerequisite.h>
#include <atomic>

namespace noderig::detail {
namespace {

std::atomic<int> built = 0;

}  // namespace

void count_prerequisite() noexcept {
  ++built;
}

int prerequisites_built() noexcept {
  return built;
}

}  // namespace noderig::detail
