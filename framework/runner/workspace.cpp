#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/metadata.h>
#include <noderig/framework/runner/workspace.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

namespace noderig {
namespace fs = std::filesystem;
namespace {

// Below the ephemeral range (32768 and up), so that no outgoing connection can have them.
constexpr std::uint16_t kFirstPort = 18100;
constexpr std::uint16_t kLastPort = 32000;

// Lets the socket listen at the address and returns it; closed and -1 with errno when that fails.
int listen_at(int fd, const void* address, std::size_t size) {
  if (fd < 0) return -1;
  const auto length = static_cast<socklen_t>(size);
  if (::bind(fd, static_cast<const sockaddr*>(address), length) == 0 && ::listen(fd, 1) == 0) {
    return fd;
  }
  const int error = errno;
  ::close(fd);
  errno = error;
  return -1;
}

// Whether nothing else listens at the port, 0 being one that the system chooses; errno when not.
bool can_listen(const std::string& host, std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) return false;
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  const int probe = listen_at(fd, &address, sizeof address);
  if (probe >= 0) ::close(probe);
  return probe >= 0;
}

// The socket that holds the address; -1 with errno when another process has it. It listens on a
// name without a file, made from the address, and not on one of its ports: a program that listens
// there on all addresses would take them all, and with several ports to choose from two workers
// could hold one address by different ones. Such a name is as wide as the loopback interface, the
// network namespace, and the kernel frees it in the same way.
int hold(const std::string& host) {
  if (!can_listen(host, 0)) return -1;  // there may be no loopback interface
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = "noderig-" + host;
  name.copy(address.sun_path + 1, sizeof address.sun_path - 1);  // the first byte 0: no file
  return listen_at(::socket(AF_UNIX, SOCK_STREAM, 0), &address,
                   offsetof(sockaddr_un, sun_path) + 1 + name.size());
}

// Locks a file without waiting; -1 when somebody else has it or it cannot be opened.
int lock_file(const fs::path& path, int flags) {
  const int fd = ::open(path.c_str(), flags, 0600);
  if (fd < 0) return -1;
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  ::close(fd);
  return -1;
}

fs::path scratch_root() {
  return scratch_parent() / fmt::format("noderig-{}", ::getuid());
}

// A copy can have none, and one that nobody listens on tells nothing.
void remove_sockets(const fs::path& directory) {
  std::vector<fs::path> sockets;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_socket()) sockets.push_back(entry.path());
  }
  std::error_code ignored;  // then the copy says what it is about
  for (const fs::path& socket : sockets) fs::remove(socket, ignored);
}

std::string lack_of_disk_in(const fs::path& directory, int needed_mb) {
  std::error_code unknown;  // then the nodes find out
  const std::uintmax_t free_mb = fs::space(directory, unknown).available / 1'000'000;
  if (unknown || free_mb >= static_cast<std::uintmax_t>(needed_mb)) return {};
  return fmt::format("needs {} MB of disk in {}, which has {} MB", needed_mb, directory.string(),
                     free_mb);
}

// Room for what every run writes to the home; what a failure leaves there takes more.
constexpr int kSmallestHomeMb = 5;

constexpr const char* kLockName = ".lock";
constexpr const char* kNewPrefix = "new.";

}  // namespace

LoopbackAddress::LoopbackAddress(std::uint64_t hint) : next_port_(kFirstPort) {
  std::mt19937_64 random(hint);
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const std::uint64_t bits = random();
    // Never 127.0.x.y: that is where other programs are. The last byte 1 leaves siblings.
    const auto host = fmt::format("127.{}.{}.1", 1 + bits % 254, (bits >> 16) % 256);
    lock_ = hold(host);
    if (lock_ >= 0) {
      host_ = host;
      return;
    }
    if (errno != EADDRINUSE) break;
  }
  throw EnvironmentError(
      fmt::format("no loopback address 127.x.y.1 could be taken: {}", strerror(errno)));
}

LoopbackAddress::~LoopbackAddress() {
  ::close(lock_);
}

std::string LoopbackAddress::sibling(std::uint8_t last) const {
  return fmt::format("{}.{}", host_.substr(0, host_.rfind('.')), last);
}

std::uint16_t LoopbackAddress::free_port() {
  while (next_port_ < kLastPort) {
    const std::uint16_t port = next_port_++;
    // A program that listens on all addresses occupies the port here as well.
    if (can_listen(host_, port)) return port;
  }
  throw EnvironmentError(
      fmt::format("no free port between {} and {} on {}", kFirstPort, kLastPort, host_));
}

ScratchDirectory::ScratchDirectory(const std::string& label) : root_(scratch_root()) {
  const fs::path& root = root_;
  // Made under a name that sweep() leaves alone, locked, and only then given its own. The root goes
  // with the last directory in it, maybe just now: then it is made once more.
  std::string name;
  std::string lack = "it is gone again and again";
  bool made_one = false;
  for (int attempt = 0; attempt < 10 && !made_one; ++attempt) {
    std::error_code error;
    fs::create_directories(root, error);
    if (error) {
      lack = error.message();
      break;
    }
    fs::permissions(root, fs::perms::owner_all, error);
    name = (root / kNewPrefix).string() + "XXXXXX";
    made_one = ::mkdtemp(name.data()) != nullptr;
    if (made_one || errno == ENOENT) continue;
    lack = strerror(errno);
    break;
  }
  if (!made_one) {
    throw EnvironmentError(
        fmt::format("no scratch directory can be made in {}: {} (TMPDIR chooses another place)",
                    root.string(), lack));
  }
  const fs::path made = name;
  lock_ = lock_file(made / kLockName, O_RDWR | O_CREAT);
  if (lock_ < 0) {
    const std::string reason = strerror(errno);
    std::error_code ignored;
    fs::remove_all(made, ignored);
    fs::remove(root, ignored);
    throw EnvironmentError(fmt::format("cannot lock {}: {}", (made / kLockName).string(), reason));
  }
  path_ = root / fmt::format("{}-{}", label, name.substr(name.size() - 6));
  fs::rename(made, path_);
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;  // what cannot be removed now is swept by the next run
  if (!path_.empty()) fs::remove_all(path_, ignored);
  fs::remove(root_, ignored);  // unless it holds another one
  ::close(lock_);
}

void ScratchDirectory::keep_as(const fs::path& to) {
  keep_directory(path_, to);
  path_.clear();
}

void keep_directory(const fs::path& scratch, const fs::path& to) {
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  fs::rename(scratch, to, error);
  if (error) {  // on another file system, for one
    remove_sockets(scratch);
    fs::copy(scratch, to, fs::copy_options::recursive, error);
    if (error) {
      std::error_code ignored;
      fs::remove_all(to, ignored);
      throw EnvironmentError(
          fmt::format("nothing can be kept in {}: {}", to.parent_path().string(), error.message()));
    }
    fs::remove_all(scratch, error);
  }
  fs::remove(to / kLockName, error);
}

int ScratchDirectory::sweep() {
  int swept = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(scratch_root(), error)) {
    if (!entry.is_directory(error)) continue;
    const bool fresh = entry.path().filename().string().starts_with(kNewPrefix);
    const auto age = fs::file_time_type::clock::now() - entry.last_write_time(error);
    if (fresh && age < std::chrono::hours(1)) continue;
    const int lock = lock_file(entry.path() / kLockName, O_RDWR);
    if (lock < 0 && fs::exists(entry.path() / kLockName, error)) continue;  // its owner lives
    fs::remove_all(entry.path(), error);
    if (lock >= 0) ::close(lock);
    ++swept;
  }
  fs::remove(scratch_root(), error);  // unless it holds another one
  return swept;
}

void sweep_logs(const fs::path& bundles) {
  std::error_code error;
  for (const auto& run : fs::directory_iterator(bundles, error)) {
    bool swept = false;
    for (const auto& entry : fs::directory_iterator(run.path(), error)) {
      if (entry.path().extension() != ".log" || !entry.is_regular_file(error)) continue;
      // One that was made just now may be about to be locked.
      const auto age = fs::file_time_type::clock::now() - entry.last_write_time(error);
      const int lock = age < std::chrono::minutes(1) ? -1 : lock_file(entry.path(), O_RDWR);
      if (lock < 0) continue;
      swept = fs::remove(entry.path(), error) || swept;
      ::close(lock);
    }
    if (swept) fs::remove(run.path(), error);  // unless it has a bundle
  }
}

fs::path scratch_parent() {
  std::error_code unusable;
  const fs::path temporary = fs::temp_directory_path(unusable);
  if (unusable) {
    const char* chosen = std::getenv("TMPDIR");
    throw EnvironmentError(fmt::format("TMPDIR, {}, is no directory that can be used: {}",
                                       chosen == nullptr ? "/tmp" : chosen, unusable.message()));
  }
  return fs::absolute(temporary);  // a node does not stand where its runner does
}

std::string lack_of_disk(int needed_mb) {
  return lack_of_disk_in(scratch_parent(), needed_mb);
}

void require_workspace(const fs::path& home) {
  ScratchDirectory("check");
  if (const std::string lack = lack_of_disk(kSmallestDiskMb); !lack.empty()) {
    throw EnvironmentError(fmt::format("a node {} (TMPDIR chooses another place)", lack));
  }
  // The home is made when something goes into it. Until then it is its parent that counts.
  fs::path there = home;
  std::error_code error;
  while (!fs::exists(there, error) && there.has_relative_path()) there = there.parent_path();
  const bool directory = fs::is_directory(there, error);
  if (!directory) errno = ENOTDIR;
  if (!directory || ::access(there.c_str(), W_OK | X_OK) != 0) {
    throw EnvironmentError(
        fmt::format("noderig's state cannot be written to {}: {} (NODERIG_HOME chooses another "
                    "place)",
                    home.string(), strerror(errno)));
  }
  if (const std::string lack = lack_of_disk_in(there, kSmallestHomeMb); !lack.empty()) {
    throw EnvironmentError(
        fmt::format("noderig's state {} (NODERIG_HOME chooses another place)", lack));
  }
}

}  // namespace noderig
