// The records of a node's block files, blk?????.dat, in the order in which it wrote them: magic,
// size and block. Takes account of the key in xor.dat, by which newer daemons scramble them. A node
// that runs may be read: it writes whole blocks. An object belongs to one thread.
#pragma once

#include <noderig/p2p/primitives/bytes.h>
#include <noderig/p2p/primitives/uint256.h>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <unordered_map>

namespace noderig {

class BlockRecords {
 public:
  // Reads blk`number`.dat from its beginning. Throws EnvironmentError when it cannot be read.
  BlockRecords(const std::filesystem::path& blocks_directory, int number);

  // Goes to the next block and tells its size, at least that of a header; 0 behind the last one
  // that is whole.
  std::uint32_t next();

  // The next bytes of the block, all of which are to be read or skipped before the next one.
  Bytes read(std::size_t size);
  void skip(std::size_t size);

 private:
  std::ifstream in_;
  std::array<std::byte, 8> key_{};  // all zero, which scrambles nothing, where there is none
  std::uintmax_t size_ = 0;
  std::uintmax_t offset_ = 0;
};

// All blocks of all files, by hash: for chains that fit into memory. Throws EnvironmentError when a
// file cannot be read.
std::unordered_map<Uint256, Bytes> stored_blocks(const std::filesystem::path& blocks_directory);

}  // namespace noderig
