#include <gmock/gmock.h>

#include <noderig/framework/chain/chain_plan.h>
#include <noderig/framework/chain_store/block_records.h>
#include <noderig/framework/node/block_files.h>
#include <noderig/framework/runner/workspace.h>
#include <noderig/p2p/transport/v1.h>
#include <fstream>

namespace noderig {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What a node writes: magic, size and block one after the other, then room for more.
Bytes file_of(std::span<const PlannedBlock> blocks, const Bytes& key) {
  p2p::Writer writer;
  for (const PlannedBlock& planned : blocks) {
    const Bytes block = p2p::encode_of(planned.build());
    for (const std::uint8_t byte : p2p::kRegtestMagic) writer.integer(byte);
    writer.integer(static_cast<std::uint32_t>(block.size())).bytes(block);
  }
  Bytes file = writer.take();
  for (std::size_t i = 0; i < file.size(); ++i) file[i] ^= key[i % key.size()];
  file.resize(file.size() + 1000);
  return file;
}

void write(const fs::path& file, const Bytes& bytes) {
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

TEST(BlockFiles, ListsTheBlocksOfEachFile) {
  const ScratchDirectory scratch("block_files");
  ChainPlan plan;
  plan.extend(3).extend(1, 5000).extend(1);
  const Bytes none(8);
  write(scratch.path() / "blk00000.dat", file_of(plan.blocks().first(2), none));
  write(scratch.path() / "blk00012.dat", file_of(plan.after(2), none));
  write(scratch.path() / "rev00000.dat", Bytes(10));

  const auto files = read_block_files(scratch.path());
  ASSERT_EQ(files.size(), 2);
  EXPECT_EQ(files[0].number, 0);
  EXPECT_THAT(files[0].blocks, ElementsAre(plan.at(1).hash, plan.at(2).hash));
  EXPECT_EQ(files[1].number, 12);
  EXPECT_THAT(files[1].blocks, ElementsAre(plan.at(3).hash, plan.at(4).hash, plan.at(5).hash));
  EXPECT_THAT(block_file_numbers(scratch.path()), ElementsAre(0, 12));
}

TEST(BlockFiles, AreReadThroughTheKey) {
  const ScratchDirectory scratch("block_files");
  ChainPlan plan;
  plan.extend(3, 1001);
  const Bytes key = bytes_from_hex("0123456789abcdef");
  write(scratch.path() / "xor.dat", key);
  write(scratch.path() / "blk00000.dat", file_of(plan.blocks(), key));
  EXPECT_THAT(read_block_files(scratch.path()).at(0).blocks,
              ElementsAre(plan.at(1).hash, plan.at(2).hash, plan.at(3).hash));
}

TEST(BlockFiles, GiveTheBlocksThemselves) {
  const ScratchDirectory scratch("block_files");
  ChainPlan plan;
  plan.extend(2).extend(1, 5000);
  const Bytes key = bytes_from_hex("0123456789abcdef");
  write(scratch.path() / "xor.dat", key);
  write(scratch.path() / "blk00000.dat", file_of(plan.blocks().first(1), key));
  write(scratch.path() / "blk00001.dat", file_of(plan.after(1), key));
  const auto blocks = stored_blocks(scratch.path());
  EXPECT_EQ(blocks.size(), 3);
  for (const PlannedBlock& planned : plan.blocks()) {
    EXPECT_EQ(blocks.at(planned.hash), p2p::encode_of(planned.build()));
  }
}

TEST(BlockFiles, EndBeforeABlockThatIsNotWhole) {
  const ScratchDirectory scratch("block_files");
  ChainPlan plan;
  plan.extend(2, 5000);
  Bytes file = file_of(plan.blocks(), Bytes(8));
  file.resize(file.size() - 1001);
  write(scratch.path() / "blk00000.dat", file);
  EXPECT_THAT(read_block_files(scratch.path()).at(0).blocks, ElementsAre(plan.at(1).hash));
  EXPECT_EQ(stored_blocks(scratch.path()).size(), 1);
}

TEST(BlockFiles, CountTheirBytesWithoutFolders) {
  const ScratchDirectory scratch("block_files");
  EXPECT_THAT(read_block_files(scratch.path()), IsEmpty());
  EXPECT_EQ(block_files_bytes(scratch.path()), 0);
  write(scratch.path() / "blk00000.dat", Bytes(100));
  write(scratch.path() / "rev00000.dat", Bytes(10));
  fs::create_directory(scratch.path() / "index");
  write(scratch.path() / "index" / "LOCK", Bytes(1));
  EXPECT_EQ(block_files_bytes(scratch.path()), 110);
}

}  // namespace
}  // namespace noderig
