#include <fmt/format.h>
#include <noderig/framework/chain_store/block_records.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/block_files.h>
#include <noderig/p2p/transport/v1.h>
#include <cstring>

namespace noderig {
namespace {

// In front of each block: the network's magic and the block's size.
constexpr std::size_t kRecordHeader = 8;

}  // namespace

BlockRecords::BlockRecords(const std::filesystem::path& blocks_directory, int number) {
  std::ifstream key(blocks_directory / "xor.dat", std::ios::binary);
  key.read(reinterpret_cast<char*>(key_.data()), key_.size());
  const auto file = blocks_directory / fmt::format("blk{:05}.dat", number);
  in_.open(file, std::ios::binary);
  std::error_code gone;
  size_ = std::filesystem::file_size(file, gone);
  if (!in_ || gone) throw EnvironmentError(fmt::format("cannot read {}", file.string()));
}

std::uint32_t BlockRecords::next() {
  const Bytes header = read(kRecordHeader);
  // Space that is reserved for further blocks does not begin with the magic.
  if (header.size() < kRecordHeader ||
      std::memcmp(header.data(), p2p::kRegtestMagic.data(), p2p::kRegtestMagic.size()) != 0) {
    return 0;
  }
  std::uint32_t size = 0;
  std::memcpy(&size, header.data() + p2p::kRegtestMagic.size(), sizeof size);
  return size < p2p::BlockHeader::kSize || size > size_ - offset_ ? 0 : size;
}

Bytes BlockRecords::read(std::size_t size) {
  Bytes bytes(size);
  in_.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  bytes.resize(static_cast<std::size_t>(in_.gcount()));
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] ^= key_[(offset_ + i) % key_.size()];
  offset_ += bytes.size();
  return bytes;
}

void BlockRecords::skip(std::size_t size) {
  in_.seekg(static_cast<std::streamoff>(size), std::ios::cur);
  offset_ += size;
}

std::unordered_map<Uint256, Bytes> stored_blocks(const std::filesystem::path& blocks_directory) {
  std::unordered_map<Uint256, Bytes> blocks;
  for (const int number : block_file_numbers(blocks_directory)) {
    BlockRecords records(blocks_directory, number);
    while (const std::uint32_t size = records.next()) {
      Bytes block = records.read(size);
      const Uint256 hash = p2p::sha256d(ByteSpan(block).first(p2p::BlockHeader::kSize));
      blocks.insert_or_assign(hash, std::move(block));
    }
  }
  return blocks;
}

}  // namespace noderig
