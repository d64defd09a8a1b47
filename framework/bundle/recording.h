// A timeline's file, "timeline.bin": written through a shared mapping, so that an entry costs a
// copy and no system call, and what was written outlives the process, whatever way it ends. Two
// halves take turns; when one is full, the older one begins anew, so that the file is bounded and
// the latest entries are always there.
//
// A writer belongs to its Timeline, which guards it. A Recording is a value of its own; one thread.
#pragma once

#include <noderig/framework/timeline.h>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace noderig {

inline constexpr std::string_view kRecordingName = "timeline.bin";

class RecordingWriter {
 public:
  static constexpr std::size_t kHalfBytes = 16 << 20;

  // Makes the file. Throws EnvironmentError.
  explicit RecordingWriter(const std::filesystem::path& file, std::size_t half_bytes = kHalfBytes);
  ~RecordingWriter();
  RecordingWriter(const RecordingWriter&) = delete;
  RecordingWriter& operator=(const RecordingWriter&) = delete;

  // An entry that does not fit into a half, or into a disk that is full, is dropped and counted.
  void append(const Timeline::Entry& entry);

  // The file's bytes as they are now.
  std::string_view bytes() const;

 private:
  bool make_room(std::size_t end);

  std::size_t half_bytes_;
  std::size_t mapped_bytes_;
  std::size_t file_bytes_ = 0;  // what the disk has given so far
  int fd_ = -1;
  char* data_ = nullptr;
};

// What a recording holds, oldest first. The entries refer to its bytes.
class Recording {
 public:
  // Reads a file. Throws EnvironmentError when it is not there or no recording; entries that do not
  // make sense end the half they are in.
  explicit Recording(const std::filesystem::path& file);
  // The same for the bytes of one, which must outlive this.
  explicit Recording(std::string_view bytes);
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  const std::vector<Timeline::Entry>& entries() const { return entries_; }
  std::uint64_t dropped() const { return dropped_; }

 private:
  void read(std::string_view bytes);

  std::string owned_;
  std::vector<Timeline::Entry> entries_;
  std::uint64_t dropped_ = 0;
};

}  // namespace noderig
