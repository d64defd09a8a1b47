#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <noderig/framework/chain_store/sparse_file.h>
#include <noderig/framework/errors.h>
#include <noderig/p2p/primitives/bytes.h>
#include <noderig/p2p/primitives/hash.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <utility>

namespace noderig {
namespace fs = std::filesystem;
namespace {

constexpr off_t kPage = 4096;
constexpr off_t kBuffer = 64 * kPage;

class OpenFile {
 public:
  OpenFile(const fs::path& path, int flags)
      : path_(path), fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
    if (fd_ < 0) fail("open");
  }
  ~OpenFile() { ::close(fd_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int fd() const { return fd_; }

  off_t size() const {
    struct stat status {};
    if (::fstat(fd_, &status) != 0) fail("stat");
    return status.st_size;
  }

  [[noreturn]] void fail(const char* what) const {
    throw EnvironmentError(fmt::format("cannot {} {}: {}", what, path_.string(), strerror(errno)));
  }

 private:
  fs::path path_;
  int fd_;
};

bool is_zero(ByteSpan bytes) {
  return std::ranges::all_of(bytes, [](std::byte one) { return one == std::byte{0}; });
}

// Calls `take` with each page that is not all zeros, in order. Holes are not read.
void for_each_page(const OpenFile& file,
                   const std::function<void(off_t offset, ByteSpan page)>& take) {
  const off_t size = file.size();
  Bytes buffer(kBuffer);
  for (off_t at = 0; at < size;) {
    // A file system that knows no holes calls everything data.
    const off_t data = ::lseek(file.fd(), at, SEEK_DATA);
    if (data < 0 && errno == ENXIO) return;
    if (data > at) at = data / kPage * kPage;
    const off_t hole = ::lseek(file.fd(), at, SEEK_HOLE);
    const off_t end = hole > at ? std::min((hole + kPage - 1) / kPage * kPage, size) : size;
    while (at < end) {
      const auto wanted = static_cast<std::size_t>(std::min(kBuffer, end - at));
      const ssize_t got = ::pread(file.fd(), buffer.data(), wanted, at);
      if (got <= 0) file.fail("read");
      const ByteSpan bytes(buffer.data(), static_cast<std::size_t>(got));
      for (std::size_t from = 0; from < bytes.size(); from += kPage) {
        const ByteSpan page =
            bytes.subspan(from, std::min<std::size_t>(kPage, bytes.size() - from));
        if (!is_zero(page)) take(at + static_cast<off_t>(from), page);
      }
      at += got;
    }
  }
}

}  // namespace

void clone_file(const fs::path& from, const fs::path& to) {
  const OpenFile source(from, O_RDONLY);
  const OpenFile target(to, O_WRONLY | O_CREAT | O_TRUNC);
  if (::ioctl(target.fd(), FICLONE, source.fd()) == 0) return;
  for_each_page(source, [&](off_t offset, ByteSpan page) {
    const ssize_t written = ::pwrite(target.fd(), page.data(), page.size(), offset);
    if (written != static_cast<ssize_t>(page.size())) target.fail("write");
  });
  if (::ftruncate(target.fd(), source.size()) != 0) target.fail("write");
}

Uint256 content_hash(const fs::path& file) {
  const OpenFile source(file, O_RDONLY);
  p2p::Sha256 hash;
  for_each_page(source, [&](off_t offset, ByteSpan page) {
    hash.write(as_byte_span(fmt::format("{}:", offset))).write(page);
  });
  return hash.finish();
}

}  // namespace noderig
