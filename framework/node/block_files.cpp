#include <noderig/framework/chain_store/block_records.h>
#include <noderig/framework/node/block_files.h>
#include <algorithm>
#include <charconv>

namespace noderig {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kPrefix = "blk";
constexpr std::string_view kSuffix = ".dat";

std::vector<Uint256> block_hashes(const fs::path& blocks_directory, int number) {
  BlockRecords records(blocks_directory, number);
  std::vector<Uint256> hashes;
  while (const std::uint32_t size = records.next()) {
    hashes.push_back(p2p::sha256d(records.read(p2p::BlockHeader::kSize)));
    records.skip(size - p2p::BlockHeader::kSize);
  }
  return hashes;
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
  std::vector<BlockFile> files;
  for (const int number : block_file_numbers(blocks_directory)) {
    files.push_back({number, block_hashes(blocks_directory, number)});
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
