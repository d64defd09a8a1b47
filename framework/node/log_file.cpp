#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/framework/node/log_file.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

namespace noderig {
namespace fs = std::filesystem;

LogFile::LogFile(fs::path path)
    : path_(std::move(path)),
      notify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  // The directory is watched, not the file: the daemon makes the file, and may replace it.
  if (notify_ < 0 || wake_ < 0 ||
      ::inotify_add_watch(notify_, path_.parent_path().c_str(), IN_MODIFY | IN_CREATE) < 0) {
    const std::string reason = strerror(errno);
    ::close(notify_);
    ::close(wake_);
    throw EnvironmentError(fmt::format("cannot watch {}: {}", path_.string(), reason));
  }
}

LogFile::~LogFile() {
  ::close(notify_);
  ::close(wake_);
}

std::uint64_t LogFile::mark() const {
  std::error_code absent;
  const auto size = fs::file_size(path_, absent);
  return absent ? 0 : size;
}

std::string LogFile::since(std::uint64_t from) const {
  return read_file(path_, from);
}

std::string LogFile::tail(int lines) const {
  constexpr std::uint64_t kLongest = 64 * 1024;
  const std::uint64_t end = mark();
  const std::string text = since(end > kLongest ? end - kLongest : 0);
  std::size_t at = text.size();
  if (!text.ends_with('\n')) --lines;  // its last line has no end to be found
  for (int line = 0; line <= lines && at != std::string::npos && at > 0; ++line) {
    at = text.rfind('\n', at - 1);
  }
  return at == std::string::npos || at == 0 ? text : text.substr(at + 1);
}

bool LogFile::wait_until(const std::function<bool()>& done,
                         std::chrono::milliseconds timeout) const {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!done()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd ready[] = {{notify_, POLLIN, 0}, {wake_, POLLIN, 0}};
    ::poll(ready, 2, static_cast<int>(left.count()) + 1);
    char discarded[4096];
    while (::read(notify_, discarded, sizeof discarded) > 0) {
    }
    while (::read(wake_, discarded, sizeof(std::uint64_t)) > 0) {
    }
  }
  return true;
}

void LogFile::wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
}

std::vector<std::string> missing_lines(std::string_view text,
                                       const std::vector<std::string>& lines) {
  std::vector<std::string> missing;
  for (const std::string& line : lines) {
    if (text.find(line) == std::string_view::npos) missing.push_back(line);
  }
  return missing;
}

std::size_t occurrences(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
  return count;
}

}  // namespace noderig
