// Payloads that are no block. The node ignores them, keeps the peer, and holds nothing against the
// block whose header they carry.
#include "fixture.h"

namespace noderig::full_block_consensus {
namespace {

constexpr std::uint64_t kLargestSize = 0x02000000;  // that a node reads

Bytes header_and(const Block& block, const std::function<void(Writer&)>& rest) {
  Writer writer;
  block.header.encode(writer);
  rest(writer);
  return writer.take();
}

}  // namespace

void encoding_parts(Fixture& f) {
  f.part("truncated_block", [&](BlockDriver& driver) {
    const Block block = f.solved(f.plan({spend(f.coin())}));
    const Bytes whole = encode_of(block);
    for (const std::size_t size :
         {std::size_t(0), BlockHeader::kSize - 1, BlockHeader::kSize, BlockHeader::kSize + 1,
          BlockHeader::kSize + 30, whole.size() - 1}) {
      driver.expect_payload(ByteSpan(whole).first(size), block.hash(), Undecodable{});
    }
    driver.expect_payload(whole, block.hash(), Accepted{});
  });

  f.part("oversized_counts", [&](BlockDriver& driver) {
    const Block block = f.solved(f.plan({spend(f.coin())}));
    const Transaction& transaction = block.transactions[1];
    const auto expect_undecodable = [&](const std::function<void(Writer&)>& rest) {
      driver.expect_payload(header_and(block, rest), block.hash(), Undecodable{});
    };
    // Counts of transactions: more than there are, more than any message holds, in too many bytes.
    for (const std::uint64_t count : {std::uint64_t(3), kLargestSize, kLargestSize + 1}) {
      expect_undecodable([&](Writer& writer) {
        writer.compact_size(count);
        for (const Transaction& one : block.transactions) one.encode(writer);
      });
    }
    expect_undecodable([&](Writer& writer) {
      writer.integer(std::uint8_t(0xfd)).integer(std::uint16_t(2));
      for (const Transaction& one : block.transactions) one.encode(writer);
    });
    // A witness form without a witness, and one of a later kind.
    for (const std::uint8_t flag : {std::uint8_t(1), std::uint8_t(2)}) {
      expect_undecodable([&](Writer& writer) {
        writer.compact_size(2);
        block.transactions[0].encode(writer);
        writer.integer(transaction.version).integer(std::uint8_t(0)).integer(flag);
        writer.compact_size(1);
        transaction.inputs[0].prevout.encode(writer);
        writer.compact_size(0).integer(transaction.inputs[0].sequence);
        writer.compact_size(1);
        transaction.outputs[0].encode(writer);
        writer.compact_size(0).integer(transaction.lock_time);
      });
    }
    driver.expect(block, Accepted{});
  });

  f.part("trailing_bytes", [&](BlockDriver& driver) {
    // Ignored: the block is read from the front.
    const Block block = f.solved(f.plan());
    Bytes longer = encode_of(block);
    longer.resize(longer.size() + 3);
    driver.expect_payload(longer, block.hash(), Accepted{});
  });
}

}  // namespace noderig::full_block_consensus
