// What the control groups that this process is in leave to it: a container may have less than its
// machine. Both versions of them. Free functions that read files; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace noderig {

// The least that one of the groups allows; nothing where none says so.
struct GroupLimits {
  std::optional<double> cores{};             // seconds of CPU time in a second
  std::optional<std::int64_t> free_bytes{};  // what can still be allocated
};

// Of the groups in `membership`, the text of /proc/<pid>/cgroup, and those around them.
// `hierarchies` is where they are mounted, as on every usual system below /sys/fs/cgroup.
GroupLimits group_limits(const std::string& membership, const std::filesystem::path& hierarchies);

// Of this process.
GroupLimits group_limits();

}  // namespace noderig
