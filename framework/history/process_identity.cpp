#include <fmt/format.h>
#include <noderig/framework/history/process_identity.h>
#include <unistd.h>
#include <fstream>
#include <sstream>

namespace noderig {
namespace {

std::string this_boot() {
  std::ifstream in("/proc/sys/kernel/random/boot_id");
  std::string id;
  in >> id;
  return id;
}

// When the process started; 0 when it does not run.
std::uint64_t start_of(pid_t pid) {
  std::ifstream in(fmt::format("/proc/{}/stat", pid));
  std::string line;
  std::getline(in, line);
  // The second field is the program's name in parentheses, which may hold spaces and parentheses.
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(line.substr(name_end + 1));
  std::string field;
  fields >> field;  // the third: its state
  if (field == "Z" || field == "X") return 0;
  for (int number = 4; number <= 22; ++number) fields >> field;
  return fields ? std::stoull(field) : 0;
}

}  // namespace

ProcessIdentity this_process() {
  return {::getpid(), start_of(::getpid()), this_boot()};
}

bool runs(const ProcessIdentity& process) {
  return process.boot == this_boot() && process.start != 0 &&
         start_of(process.pid) == process.start;
}

}  // namespace noderig
