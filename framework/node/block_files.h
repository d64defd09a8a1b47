// What a node keeps on disk of its blocks, read from the files themselves: blk?????.dat with their
// blocks in the order in which the node wrote them. For scenarios about pruning and reindexing. A
// node that runs may be read: it writes whole blocks. Value types and free functions; any thread.
#pragma once

#include <noderig/p2p/primitives/block.h>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace noderig {

struct BlockFile {
  int number = 0;               // 0 for blk00000.dat
  std::vector<Uint256> blocks;  // hashes, in the order of writing
};

// The block files in a node's blocks directory, by number. Takes account of the key in xor.dat, by
// which newer daemons scramble them. Throws EnvironmentError when a file cannot be read.
std::vector<BlockFile> read_block_files(const std::filesystem::path& blocks_directory);

// The numbers of the block files that are there, in order; quicker than reading them.
std::vector<int> block_file_numbers(const std::filesystem::path& blocks_directory);

// Bytes of all files in the directory itself: blocks, undo data and the key, but no index.
std::uintmax_t block_files_bytes(const std::filesystem::path& blocks_directory);

}  // namespace noderig
