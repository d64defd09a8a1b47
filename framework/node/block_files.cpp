#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/block_files.h>
#include <noderig/p2p/transport/v1.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <fstream>

namespace noderig {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kPrefix = "blk";
constexpr std::string_view kSuffix = ".dat";
// In front of each block: the network's magic and the block's size.
constexpr std::size_t kRecordHeader = 8;

using Key = std::array<std::byte, 8>;

// All zero, which scrambles nothing, where there is no xor.dat.
Key scrambling_key(const fs::path& blocks_directory) {
  Key key{};
  std::ifstream in(blocks_directory / "xor.dat", std::ios::binary);
  in.read(reinterpret_cast<char*>(key.data()), key.size());
  return key;
}

// Reads at a place in a file; fewer bytes than asked for at its end.
Bytes read_at(std::ifstream& in, std::uint64_t offset, std::size_t size, const Key& key) {
  Bytes bytes(size);
  in.clear();
  in.seekg(static_cast<std::streamoff>(offset));
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] ^= key[(offset + i) % key.size()];
  return bytes;
}

std::vector<Uint256> block_hashes(const fs::path& file, const Key& key) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw EnvironmentError(fmt::format("cannot read {}", file.string()));
  std::vector<Uint256> hashes;
  std::uint64_t offset = 0;
  while (true) {
    const Bytes record = read_at(in, offset, kRecordHeader + p2p::BlockHeader::kSize, key);
    // Space that is reserved for further blocks does not begin with the magic.
    if (record.size() < kRecordHeader + p2p::BlockHeader::kSize ||
        std::memcmp(record.data(), p2p::kRegtestMagic.data(), p2p::kRegtestMagic.size()) != 0) {
      return hashes;
    }
    std::uint32_t size = 0;
    std::memcpy(&size, record.data() + p2p::kRegtestMagic.size(), sizeof size);
    hashes.push_back(p2p::sha256d(ByteSpan(record).subspan(kRecordHeader)));
    offset += kRecordHeader + size;
  }
}

fs::path path_of(const fs::path& blocks_directory, int number) {
  return blocks_directory / fmt::format("{}{:05}{}", kPrefix, number, kSuffix);
}

}  // namespace

std::vector<int> block_file_numbers(const fs::path& blocks_directory) {
  std::vector<int> numbers;
  for (const auto& entry : fs::directory_iterator(blocks_directory)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) continue;
    int number = 0;
    const char* end = name.data() + name.size() - kSuffix.size();
    const auto parsed = std::from_chars(name.data() + kPrefix.size(), end, number);
    if (parsed.ec == std::errc() && parsed.ptr == end) numbers.push_back(number);
  }
  std::ranges::sort(numbers);
  return numbers;
}

std::vector<BlockFile> read_block_files(const fs::path& blocks_directory) {
  const Key key = scrambling_key(blocks_directory);
  std::vector<BlockFile> files;
  for (const int number : block_file_numbers(blocks_directory)) {
    files.push_back({number, block_hashes(path_of(blocks_directory, number), key)});
  }
  return files;
}

std::uintmax_t block_files_bytes(const fs::path& blocks_directory) {
  std::uintmax_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(blocks_directory)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  return bytes;
}

}  // namespace noderig
