#include <fmt/format.h>
#include <noderig/framework/runner/capacity.h>
#include <noderig/framework/runner/machine.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace noderig {

Machine this_machine() {
  utsname name{};
  ::uname(&name);
  return {.host = name.nodename,
          .system = fmt::format("{} {} {}", name.sysname, name.release, name.machine),
          .cores = usable_cores(),
          .memory_bytes = std::int64_t{::sysconf(_SC_PHYS_PAGES)} * ::sysconf(_SC_PAGESIZE)};
}

}  // namespace noderig
