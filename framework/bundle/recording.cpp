#include <fcntl.h>
#include <fmt/format.h>
#include <noderig/framework/bundle/recording.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <sys/mman.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <cstring>

namespace noderig {
namespace fs = std::filesystem;
namespace {

constexpr char kRecordingMagic[16] = "noderig time 1\n";
// Disk is taken in steps of this size: a disk that is full is then an error here, and no signal
// when the mapping is written to.
constexpr std::size_t kStep = 1 << 20;
constexpr std::size_t kFirstHalf = 4096;  // where it begins, behind the file's header

// One half's state. `used` is written last, so that an entry counts once it is whole.
struct HalfState {
  std::uint64_t turn;  // of two halves the one with the larger turn is the newer; 0: not begun
  std::uint64_t used;
  std::uint64_t entries;
};

struct FileHeader {
  char magic[sizeof kRecordingMagic];
  std::uint64_t half_bytes;
  std::uint64_t dropped;
  HalfState halves[2];
};

// What comes before an entry's texts and bytes.
struct EntryHeader {
  std::uint32_t size;  // of all of it
  std::uint8_t kind;
  std::uint8_t failed;
  std::uint8_t sent;
  std::uint8_t unused;
  std::int64_t time_us;
  std::int64_t duration_us;
  std::uint32_t connection;
  std::uint32_t parts[6];  // sizes: source, name, text, reply, header, payload
};

std::string_view text_of(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <typename T>
T copy_at(std::string_view bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

}  // namespace

RecordingWriter::RecordingWriter(const fs::path& file, std::size_t half_bytes)
    : half_bytes_(half_bytes), mapped_bytes_(kFirstHalf + 2 * half_bytes) {
  const auto fail = [&] {
    const std::string reason = strerror(errno);
    if (fd_ >= 0) ::close(fd_);
    throw EnvironmentError(fmt::format("cannot record in {}: {}", file.string(), reason));
  };
  fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd_ < 0 || !make_room(kFirstHalf)) fail();
  void* mapped = ::mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
  if (mapped == MAP_FAILED) fail();
  data_ = static_cast<char*>(mapped);
  auto* header = reinterpret_cast<FileHeader*>(data_);
  header->half_bytes = half_bytes_;
  header->halves[0].turn = 1;
  std::memcpy(header->magic, kRecordingMagic, sizeof kRecordingMagic);
}

RecordingWriter::~RecordingWriter() {
  ::munmap(data_, mapped_bytes_);
  ::close(fd_);
}

bool RecordingWriter::make_room(std::size_t end) {
  while (file_bytes_ < end) {
    const std::size_t more = std::min(kStep, mapped_bytes_ - file_bytes_);
    errno = ::posix_fallocate(fd_, static_cast<off_t>(file_bytes_), static_cast<off_t>(more));
    if (errno != 0) return false;
    file_bytes_ += more;
  }
  return true;
}

void RecordingWriter::append(const Timeline::Entry& entry) {
  const std::string_view parts[] = {
      entry.source,          entry.name, entry.text, entry.reply, text_of(entry.header),
      text_of(entry.payload)};
  EntryHeader head{};
  std::size_t size = sizeof head;
  for (std::size_t i = 0; i < std::size(parts); ++i) {
    head.parts[i] = static_cast<std::uint32_t>(parts[i].size());
    size += parts[i].size();
  }
  auto* header = reinterpret_cast<FileHeader*>(data_);
  std::size_t index = header->halves[0].turn < header->halves[1].turn ? 1 : 0;
  if (size > half_bytes_) {
    ++header->dropped;
    return;
  }
  if (header->halves[index].used + size > half_bytes_) {
    const std::uint64_t turn = header->halves[index].turn + 1;
    index = 1 - index;
    header->dropped += header->halves[index].entries;
    header->halves[index].entries = 0;
    std::atomic_ref(header->halves[index].used).store(0, std::memory_order_release);
    std::atomic_ref(header->halves[index].turn).store(turn, std::memory_order_release);
  }
  HalfState& half = header->halves[index];
  const std::size_t at = kFirstHalf + index * half_bytes_ + half.used;
  if (!make_room(at + size)) {
    ++header->dropped;
    return;
  }
  head.size = static_cast<std::uint32_t>(size);
  head.kind = static_cast<std::uint8_t>(entry.kind);
  head.failed = entry.failed;
  head.sent = entry.sent;
  head.time_us =
      std::chrono::duration_cast<std::chrono::microseconds>(entry.time.time_since_epoch()).count();
  head.duration_us = entry.duration.count();
  head.connection = entry.connection;
  char* to = data_ + at;
  std::memcpy(to, &head, sizeof head);
  to += sizeof head;
  for (const std::string_view part : parts) to = std::copy(part.begin(), part.end(), to);
  ++half.entries;
  // Not before: the process may be killed between any two of these lines.
  std::atomic_ref(half.used).store(half.used + size, std::memory_order_release);
}

std::string_view RecordingWriter::bytes() const {
  return {data_, file_bytes_};
}

Recording::Recording(const fs::path& file) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) {
    throw EnvironmentError("there is no recording " + file.string());
  }
  owned_ = read_file(file);
  if (owned_.size() < sizeof(FileHeader) ||
      std::memcmp(owned_.data(), kRecordingMagic, sizeof kRecordingMagic) != 0) {
    throw EnvironmentError(file.string() + " is no recording of this version of noderig");
  }
  read(owned_);
}

Recording::Recording(std::string_view bytes) {
  read(bytes);
}

void Recording::read(std::string_view bytes) {
  const auto header = copy_at<FileHeader>(bytes, 0);
  dropped_ = header.dropped;
  const std::size_t older = header.halves[0].turn < header.halves[1].turn ? 0 : 1;
  for (const std::size_t index : {older, 1 - older}) {
    if (header.halves[index].turn == 0) continue;
    std::size_t at = kFirstHalf + index * header.half_bytes;
    if (at > bytes.size()) continue;
    const std::size_t end =
        at + std::min<std::size_t>(header.halves[index].used, bytes.size() - at);
    while (end - at >= sizeof(EntryHeader)) {
      const auto head = copy_at<EntryHeader>(bytes, at);
      std::uint64_t size = sizeof head;
      for (const std::uint32_t part : head.parts) size += part;
      if (head.size != size || size > end - at ||
          head.kind > static_cast<std::uint8_t>(Timeline::Kind::Log)) {
        break;
      }
      std::string_view parts[std::size(head.parts)];
      std::size_t from = at + sizeof head;
      for (std::size_t i = 0; i < std::size(parts); ++i) {
        parts[i] = bytes.substr(from, head.parts[i]);
        from += head.parts[i];
      }
      entries_.push_back(
          {.time = std::chrono::system_clock::time_point(std::chrono::microseconds(head.time_us)),
           .kind = static_cast<Timeline::Kind>(head.kind),
           .source = parts[0],
           .name = parts[1],
           .text = parts[2],
           .reply = parts[3],
           .duration = std::chrono::microseconds(head.duration_us),
           .failed = head.failed != 0,
           .sent = head.sent != 0,
           .connection = head.connection,
           .header = as_byte_span(parts[4]),
           .payload = as_byte_span(parts[5])});
      at += size;
    }
  }
}

}  // namespace noderig
