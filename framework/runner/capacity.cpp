#include <fmt/format.h>
#include <noderig/framework/files.h>
#include <noderig/framework/plugin.h>
#include <noderig/framework/runner/capacity.h>
#include <noderig/framework/runner/control_groups.h>
#include <noderig/p2p/primitives/hash.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace noderig {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// The CPU time of one measure_slowness() on the machine on which the scenarios' timeouts were
// chosen.
constexpr double kReferenceSeconds = 0.0011;

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Hashes, as do nodes and the rig, and reads JSON, which a debug or sanitized build of the rig
// takes longer for.
double measure_slowness() {
  std::vector<std::byte> block(64 << 10);
  const std::string reply = Json(std::vector<Json>(100, {{"height", 1}, {"hash", "00"}})).dump();
  p2p::sha256({});  // the first call prepares more than a hash
  const double begin = cpu_seconds();
  for (int i = 0; i < 16; ++i) {
    const Uint256 hash = p2p::sha256(block);
    block.front() = hash.wire().front();  // so that no compiler leaves it out
  }
  std::size_t read = 0;
  for (int i = 0; i < 16; ++i) read += Json::parse(reply).size();
  return read == 0 ? 1 : (cpu_seconds() - begin) / kReferenceSeconds;
}

// The value of the line that begins with `name` and has a colon; empty when there is none.
std::string value_of(const char* file, std::string_view name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(':');
    if (!line.starts_with(name) || colon == std::string::npos) continue;
    const std::size_t value = line.find_first_not_of(" \t", colon + 1);
    return value == std::string::npos ? "" : line.substr(value);
  }
  return {};
}

// What tells whether a remembered measurement is one of this machine, as it was started now, and of
// this build: a sanitized one is slower by itself.
Json identity() {
  std::string boot;
  std::getline(std::ifstream("/proc/sys/kernel/random/boot_id") >> std::ws, boot);
  return {{"boot", boot},
          {"processor", value_of("/proc/cpuinfo", "model name")},
          {"build", library_fingerprint()}};
}

fs::path slowness_file(const fs::path& home) {
  return home / "machine.json";
}

std::optional<double> remembered_slowness(const fs::path& home) {
  const Json known = Json::parse(read_file(slowness_file(home)), nullptr, false);
  const bool fits = known.is_object() && known.value("machine", Json()) == identity() &&
                    known.value("slowness", Json()).is_number();
  if (!fits) return {};
  return known["slowness"].get<double>();
}

// Where it cannot be written, the next run begins anew.
void remember_slowness(const fs::path& home, double slowness) {
  std::error_code ignored;
  fs::create_directories(home, ignored);
  // Written aside and renamed: another run may be reading.
  const fs::path file = slowness_file(home);
  const fs::path written = file.string() + fmt::format(".{}", ::getpid());
  if (std::ofstream out(written); out) {
    out << Json{{"machine", identity()}, {"slowness", slowness}}.dump(1) << '\n';
  }
  fs::rename(written, file, ignored);
}

}  // namespace

int usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  const int allowed = CPU_COUNT(&set);
  const double share = std::ceil(group_limits().cores.value_or(allowed));
  return std::max(share < allowed ? static_cast<int>(share) : allowed, 1);
}

int scenarios_at_a_time() {
  constexpr int kPerCore = 3;
  return kPerCore * usable_cores();
}

std::int64_t available_memory_mb() {
  const std::string value = value_of("/proc/meminfo", "MemAvailable");  // "12345 kB"
  const std::int64_t machine = std::strtoll(value.c_str(), nullptr, 10) / 1024;
  const auto group = group_limits().free_bytes;
  return group ? std::min(machine, *group >> 20) : machine;
}

double load_a_core() {
  double load = 0;
  if (::getloadavg(&load, 1) != 1) return 0;
  return load / static_cast<double>(std::max(::sysconf(_SC_NPROCESSORS_ONLN), 1L));
}

double machine_slowness(const fs::path& home) {
  if (const auto known = remembered_slowness(home)) return *known;
  // The least counts: what comes between makes it longer, nothing makes it shorter.
  const double slowness = std::min({measure_slowness(), measure_slowness(), measure_slowness()});
  remember_slowness(home, slowness);
  return slowness;
}

void measure_machine_again(const fs::path& home) {
  const double slowness = measure_slowness();
  if (slowness < remembered_slowness(home).value_or(slowness)) remember_slowness(home, slowness);
}

}  // namespace noderig
