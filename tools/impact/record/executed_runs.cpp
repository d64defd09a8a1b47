#include <impact/record/executed_runs.h>

#include <noderig/framework/errors.h>
#include <algorithm>

namespace noderig::impact {
namespace {

void put(std::string& bytes, std::uint32_t number) {
  for (; number >= 0x80; number >>= 7) bytes += static_cast<char>(number | 0x80);
  bytes += static_cast<char>(number);
}

std::uint32_t take(std::string_view& bytes) {
  std::uint64_t number = 0;
  for (int shift = 0; shift < 35 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    number |= std::uint64_t{byte & 0x7fU} << shift;
    if ((byte & 0x80U) != 0) continue;
    if (number > UINT32_MAX) break;
    return static_cast<std::uint32_t>(number);
  }
  throw EnvironmentError("a recorded set of functions is damaged");
}

}  // namespace

ExecutedRuns::ExecutedRuns(std::span<const std::uint32_t> ascending) : size_(ascending.size()) {
  for (const std::uint32_t number : ascending) {
    if (runs_.empty() || runs_.back().end != number) runs_.push_back({number, number});
    ++runs_.back().end;
  }
}

bool ExecutedRuns::contains(std::uint32_t number) const {
  const auto after = std::ranges::upper_bound(runs_, number, {}, &Run::begin);
  return after != runs_.begin() && number < std::prev(after)->end;
}

std::vector<std::uint32_t> ExecutedRuns::numbers() const {
  std::vector<std::uint32_t> all;
  all.reserve(size_);
  for (const Run& run : runs_) {
    for (std::uint32_t number = run.begin; number < run.end; ++number) all.push_back(number);
  }
  return all;
}

std::string ExecutedRuns::encode() const {
  std::string bytes;
  std::uint32_t end = 0;
  for (const Run& run : runs_) {
    put(bytes, run.begin - end);
    put(bytes, run.end - run.begin);
    end = run.end;
  }
  return bytes;
}

ExecutedRuns ExecutedRuns::decode(std::string_view bytes) {
  ExecutedRuns set;
  std::uint32_t end = 0;
  while (!bytes.empty()) {
    const std::uint32_t begin = end + take(bytes);
    end = begin + take(bytes);
    if (begin >= end) throw EnvironmentError("a recorded set of functions is damaged");
    set.runs_.push_back({begin, end});
    set.size_ += end - begin;
  }
  return set;
}

}  // namespace noderig::impact
