#include <fmt/format.h>
#include <noderig/framework/runner/machine.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace noderig {

Machine this_machine() {
  utsname name{};
  ::uname(&name);
  cpu_set_t usable;
  CPU_ZERO(&usable);
  ::sched_getaffinity(0, sizeof usable, &usable);
  return {.host = name.nodename,
          .system = fmt::format("{} {} {}", name.sysname, name.release, name.machine),
          .cores = CPU_COUNT(&usable),
          .memory_bytes = std::int64_t{::sysconf(_SC_PHYS_PAGES)} * ::sysconf(_SC_PAGESIZE)};
}

}  // namespace noderig
