#include <noderig/framework/runner/control_groups.h>
#include <algorithm>
#include <fstream>
#include <sstream>
#include <string_view>
#include <vector>

namespace noderig {
namespace {

namespace fs = std::filesystem;

// The number that the file begins with, or that follows the word `name` in it; nothing when there
// is none, as where it says "max".
std::optional<double> number_in(const fs::path& file, std::string_view name = {}) {
  std::ifstream in(file);
  std::string word;
  while (!name.empty() && in >> word && word != name) {
  }
  double number = 0;
  if (in >> number) return number;
  return {};
}

// What differs between the two versions.
struct MemoryFiles {
  const char* limit;
  const char* used;
  const char* reclaimable;  // of what is used: its name in memory.stat
};
constexpr MemoryFiles kMemory1 = {"memory.limit_in_bytes", "memory.usage_in_bytes",
                                  "total_inactive_file"};
constexpr MemoryFiles kMemory2 = {"memory.max", "memory.current", "inactive_file"};

template <class T>
void keep_less(std::optional<T>& least, T value) {
  least = least ? std::min(*least, value) : value;
}

void heed_cores(GroupLimits& limits, std::optional<double> quota, std::optional<double> period) {
  // The first version says -1 for no limit.
  if (quota && period && *quota > 0 && *period > 0) keep_less(limits.cores, *quota / *period);
}

void heed_memory(GroupLimits& limits, const fs::path& group, const MemoryFiles& files) {
  const auto limit = number_in(group / files.limit);
  const auto used = number_in(group / files.used);
  if (!limit || !used) return;
  // Files that were read and written count as used, and go when memory is needed.
  const double reclaimable = number_in(group / "memory.stat", files.reclaimable).value_or(0);
  const double free = std::clamp(*limit - *used + reclaimable, 0.0, *limit);
  keep_less(limits.free_bytes, static_cast<std::int64_t>(std::min(free, 1e18)));
}

// "MAX PERIOD", in one file.
void heed_cpu_max(GroupLimits& limits, const fs::path& file) {
  std::ifstream in(file);
  double quota = 0;
  double period = 0;
  if (in >> quota >> period) heed_cores(limits, quota, period);
}

// The group and those around it. A container may see its own as the root, and its path as the
// machine has it: then only the root is there.
std::vector<fs::path> with_parents(const fs::path& hierarchy, const std::string& path) {
  std::vector<fs::path> groups;
  fs::path group = fs::path(path).lexically_normal().relative_path();
  while (!group.empty()) {
    groups.push_back(hierarchy / group);
    group = group.parent_path();
  }
  groups.push_back(hierarchy);
  return groups;
}

}  // namespace

GroupLimits group_limits(const std::string& membership, const fs::path& hierarchies) {
  GroupLimits limits;
  std::istringstream lines(membership);
  // "4:cpu,cpuacct:/path", and of the second version "0::/path".
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string path = line.substr(second + 1);
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    if (controllers == ",,") {
      for (const fs::path& hierarchy : {hierarchies, hierarchies / "unified"}) {
        for (const fs::path& group : with_parents(hierarchy, path)) {
          heed_cpu_max(limits, group / "cpu.max");
          heed_memory(limits, group, kMemory2);
        }
      }
    }
    if (controllers.find(",cpu,") != std::string::npos) {
      for (const fs::path& group : with_parents(hierarchies / "cpu", path)) {
        heed_cores(limits, number_in(group / "cpu.cfs_quota_us"),
                   number_in(group / "cpu.cfs_period_us"));
      }
    }
    if (controllers.find(",memory,") != std::string::npos) {
      for (const fs::path& group : with_parents(hierarchies / "memory", path)) {
        heed_memory(limits, group, kMemory1);
      }
    }
  }
  return limits;
}

GroupLimits group_limits() {
  std::ostringstream membership;
  membership << std::ifstream("/proc/self/cgroup").rdbuf();
  return group_limits(membership.str(), "/sys/fs/cgroup");
}

}  // namespace noderig
