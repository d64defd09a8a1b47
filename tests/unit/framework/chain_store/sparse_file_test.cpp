#include <noderig/framework/chain_store/sparse_file.h>

#include "../support.h"

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <sys/stat.h>
#include <unistd.h>

namespace noderig {
namespace {

namespace fs = std::filesystem;

class SparseFile : public testing::Test {
 protected:
  // `text` at `offset` of a file of `size` bytes, with nothing before and after it.
  fs::path file(const std::string& name, const std::string& text, off_t offset, off_t size) const {
    const fs::path path = directory_.path() / name;
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    EXPECT_EQ(::pwrite(fd, text.data(), text.size(), offset), static_cast<ssize_t>(text.size()));
    EXPECT_EQ(::ftruncate(fd, size), 0);
    ::close(fd);
    return path;
  }

  static std::intmax_t bytes_on_disk(const fs::path& path) {
    struct stat status {};
    ::stat(path.c_str(), &status);
    return std::intmax_t{status.st_blocks} * 512;
  }

  TemporaryDirectory directory_;
};

TEST_F(SparseFile, CopyHasTheContentAndTheSize) {
  // Larger than what is copied at once, in several extents, with an odd end.
  std::string text(700'001, 'x');
  text.replace(100'000, 300'000, 300'000, '\0');
  const fs::path original = file("original", text, 12'345, 2'000'003);
  clone_file(original, directory_.path() / "copy");
  EXPECT_EQ(read_file(directory_.path() / "copy"), read_file(original));
}

TEST_F(SparseFile, CopyOfSpaceThatIsReservedTakesNone) {
  const fs::path original = file("original", "block", 0, 5);
  {
    const int fd = ::open(original.c_str(), O_RDWR);
    if (::posix_fallocate(fd, 0, 16'000'000) != 0) GTEST_SKIP() << "no space can be reserved here";
    ::close(fd);
  }
  clone_file(original, directory_.path() / "copy");
  EXPECT_EQ(fs::file_size(directory_.path() / "copy"), 16'000'000u);
  if (bytes_on_disk(original) < 16'000'000) GTEST_SKIP() << "the file system reserves nothing";
  EXPECT_LT(bytes_on_disk(directory_.path() / "copy"), 1'000'000);
}

TEST_F(SparseFile, HashIsThatOfTheContentWithoutRegardToHoles) {
  const fs::path sparse = file("sparse", "block", 50'000, 100'000);
  const fs::path full = directory_.write("full", read_file(sparse));
  EXPECT_EQ(content_hash(sparse), content_hash(full));
}

TEST_F(SparseFile, HashTellsApartWhatDiffersInAByteOrAPlace) {
  const Uint256 hash = content_hash(file("one", "block", 50'000, 100'000));
  EXPECT_NE(content_hash(file("other", "blocK", 50'000, 100'000)), hash);
  EXPECT_NE(content_hash(file("moved", "block", 50'000 + 4096, 100'000)), hash);
  EXPECT_NE(content_hash(file("shifted", "block", 50'001, 100'000)), hash);
}

TEST_F(SparseFile, SaysWhichFileIsNotThere) {
  EXPECT_THAT([&] { content_hash(directory_.path() / "absent"); },
              testing::ThrowsMessage<EnvironmentError>(testing::HasSubstr("absent")));
}

}  // namespace
}  // namespace noderig
