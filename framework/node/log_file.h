// A daemon's log as it grows. Waits are driven by the kernel's file notifications. The log is read
// from a mark onwards, so that what an earlier step wrote never counts for a later one.
// Used by one thread at a time, except interrupt().
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

class LogFile {
 public:
  // The file need not exist yet, its directory must. Throws EnvironmentError when the kernel gives
  // no notifications.
  explicit LogFile(std::filesystem::path path);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // Where the log ends now, in bytes.
  std::uint64_t mark() const;

  // What was written since `from`.
  std::string since(std::uint64_t from) const;

  // The last `lines` lines.
  std::string tail(int lines) const;

  // Waits until `done` holds, asking again whenever the file has grown or wake() was called, at
  // most `timeout`. Returns the last answer.
  bool wait_until(const std::function<bool()>& done, std::chrono::milliseconds timeout) const;

  // Makes a wait ask again. Any thread.
  void wake() const;

 private:
  std::filesystem::path path_;
  int notify_ = -1;  // inotify on the file's directory
  int wake_ = -1;    // eventfd
};

// Which of `lines` do not occur in `text`.
std::vector<std::string> missing_lines(std::string_view text,
                                       const std::vector<std::string>& lines);

// How often `what`, which is not empty, begins in `text`.
std::size_t occurrences(std::string_view text, std::string_view what);

}  // namespace noderig
