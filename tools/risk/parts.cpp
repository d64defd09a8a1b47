#include "parts.h"

#include <algorithm>
#include <future>
#include <thread>
#include <vector>

namespace noderig::risk {

void in_parts(std::size_t count, const std::function<void(std::size_t, std::size_t)>& work,
              std::size_t fewest) {
  std::size_t parts = std::max<std::size_t>(count / fewest, 1);
  if (parts > 1) {  // how many cores there are is read from a file
    parts = std::min<std::size_t>(parts, std::max(std::thread::hardware_concurrency(), 1U));
  }
  std::vector<std::future<void>> others;
  for (std::size_t i = 1; i < parts; ++i) {
    others.push_back(
        std::async(std::launch::async, work, count * i / parts, count * (i + 1) / parts));
  }
  work(0, count / parts);
  for (auto& one : others) one.get();
}

}  // namespace noderig::risk
