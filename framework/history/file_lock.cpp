#include <fcntl.h>
#include <noderig/framework/history/file_lock.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace noderig {

FileLock FileLock::shared(const std::filesystem::path& file) {
  return {file, LOCK_SH};
}

FileLock FileLock::alone_in_turn(const std::filesystem::path& file) {
  return {file, LOCK_EX};
}

FileLock FileLock::alone(const std::filesystem::path& file) {
  return {file, LOCK_EX | LOCK_NB};
}

FileLock::FileLock(const std::filesystem::path& file, int operation)
    : fd_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  if (fd_ < 0 || ::flock(fd_, operation) == 0) return;
  ::close(std::exchange(fd_, -1));
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace noderig
