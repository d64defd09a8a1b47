// A set of small numbers as the runs of consecutive ones that it consists of. Recordings number
// functions in the order in which tests first reached them, so what most tests execute lies
// together: a set of 20,000 functions is a few hundred runs. Value type; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace noderig::impact {

class ExecutedRuns {
 public:
  ExecutedRuns() = default;
  // From numbers in ascending order, each once.
  explicit ExecutedRuns(std::span<const std::uint32_t> ascending);

  bool contains(std::uint32_t number) const;
  std::size_t size() const { return size_; }
  std::vector<std::uint32_t> numbers() const;

  // As bytes: for each run its distance from the end of the one before and its length, each in
  // groups of seven bits.
  std::string encode() const;
  // Throws EnvironmentError when the bytes are no such set.
  static ExecutedRuns decode(std::string_view bytes);

  bool operator==(const ExecutedRuns&) const = default;

 private:
  struct Run {
    std::uint32_t begin;
    std::uint32_t end;  // behind the last

    bool operator==(const Run&) const = default;
  };
  std::vector<Run> runs_{};
  std::size_t size_ = 0;
};

}  // namespace noderig::impact
