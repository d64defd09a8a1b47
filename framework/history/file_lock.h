// A lock that processes share or hold alone, on a file that has no other purpose. The kernel frees
// it with the process, however that ends. Belongs to one thread.
#pragma once

#include <filesystem>

namespace noderig {

class FileLock {
 public:
  // Waits until nobody holds it alone. Where the file cannot be made, nothing is locked.
  static FileLock shared(const std::filesystem::path& file);

  // Waits until nobody else holds it.
  static FileLock alone_in_turn(const std::filesystem::path& file);

  // Does not wait: not held() when anybody has it.
  static FileLock alone(const std::filesystem::path& file);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

  bool held() const { return fd_ >= 0; }

 private:
  FileLock(const std::filesystem::path& file, int operation);

  int fd_ = -1;
};

}  // namespace noderig
