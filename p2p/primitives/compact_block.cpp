#include <noderig/p2p/primitives/compact_block.h>
#include <noderig/p2p/primitives/siphash.h>

#include <algorithm>
#include <stdexcept>
#include <unordered_map>

namespace noderig::p2p {
namespace {

constexpr std::uint64_t kMaxIndex = 0xffff;

// Turns places into differences, one at a time.
class DifferenceWriter {
 public:
  explicit DifferenceWriter(Writer& writer) : writer_(writer) {}

  void write(std::uint16_t index) {
    writer_.compact_size(static_cast<std::uint16_t>(index - next_));
    next_ = std::uint32_t{index} + 1;
  }

 private:
  Writer& writer_;
  std::uint32_t next_ = 0;
};

class DifferenceReader {
 public:
  explicit DifferenceReader(Reader& reader) : reader_(reader) {}

  std::uint16_t read() {
    const std::size_t begin = reader_.offset();
    const std::uint64_t index = next_ + reader_.compact_size("index");
    if (index > kMaxIndex) {
      reader_.fail_at(begin, DecodeFault::Malformed, "index " + std::to_string(index));
      return 0;
    }
    next_ = index + 1;
    return static_cast<std::uint16_t>(index);
  }

 private:
  Reader& reader_;
  std::uint64_t next_ = 0;
};

// One of `available` for each short id; null where two different ones share it.
std::unordered_map<std::uint64_t, const Transaction*> by_short_id(
    const ShortIdKey& key, std::span<const Transaction> available) {
  std::unordered_map<std::uint64_t, const Transaction*> found;
  found.reserve(available.size());
  for (const Transaction& tx : available) {
    const auto [at, added] = found.try_emplace(short_id(key, tx.wtxid()), &tx);
    if (!added && at->second != nullptr && *at->second != tx) at->second = nullptr;
  }
  return found;
}

}  // namespace

void encode_differential(Writer& writer, std::span<const std::uint16_t> indexes) {
  writer.compact_size(indexes.size());
  DifferenceWriter differences(writer);
  for (const std::uint16_t index : indexes) differences.write(index);
}

std::vector<std::uint16_t> decode_differential(Reader& reader) {
  const std::size_t count = reader.count("index count", 1);
  std::vector<std::uint16_t> indexes;
  indexes.reserve(count);
  DifferenceReader differences(reader);
  for (std::size_t i = 0; i < count && reader.ok(); ++i) indexes.push_back(differences.read());
  return indexes;
}

ShortIdKey::ShortIdKey(const BlockHeader& header, std::uint64_t nonce) {
  Writer writer(BlockHeader::kSize + sizeof nonce);
  header.encode(writer);
  writer.integer(nonce);
  const Uint256 hash = sha256(writer.written());
  std::memcpy(&k0, hash.wire().data(), sizeof k0);
  std::memcpy(&k1, hash.wire().data() + sizeof k0, sizeof k1);
}

std::uint64_t short_id(const ShortIdKey& key, const Uint256& wtxid) {
  return siphash(key.k0, key.k1, wtxid.wire()) & 0xffff'ffff'ffff;
}

void CompactBlock::encode(Writer& writer) const {
  header.encode(writer);
  writer.integer(nonce).compact_size(short_ids.size());
  for (const std::uint64_t id : short_ids) {
    writer.integer(static_cast<std::uint32_t>(id)).integer(static_cast<std::uint16_t>(id >> 32));
  }
  writer.compact_size(prefilled.size());
  DifferenceWriter differences(writer);
  for (const PrefilledTransaction& entry : prefilled) {
    differences.write(entry.index);
    entry.transaction.encode(writer);
  }
}

CompactBlock CompactBlock::decode(Reader& reader) {
  CompactBlock block;
  block.header = BlockHeader::decode(reader);
  block.nonce = reader.integer<std::uint64_t>("nonce");
  block.short_ids.resize(reader.count("short id count", kShortIdSize));
  for (std::uint64_t& id : block.short_ids) {
    const std::uint64_t low = reader.integer<std::uint32_t>("short id");
    id = low | std::uint64_t{reader.integer<std::uint16_t>("short id")} << 32;
  }
  const std::size_t count_at = reader.offset();
  const std::size_t count = reader.count("prefilled count", 1 + Transaction::kMinSize);
  if (block.short_ids.size() + count > kMaxIndex) {
    reader.fail_at(count_at, DecodeFault::Malformed, "more transactions than indexes reach");
    return block;
  }
  block.prefilled.reserve(count);
  DifferenceReader differences(reader);
  for (std::size_t i = 0; i < count && reader.ok(); ++i) {
    const std::uint16_t index = differences.read();
    block.prefilled.push_back({index, Transaction::decode(reader)});
  }
  return block;
}

CompactBlock CompactBlock::from_block(const Block& block, std::uint64_t nonce,
                                      const std::vector<std::uint16_t>& prefilled) {
  CompactBlock compact{block.header, nonce, {}, {}};
  for (const std::uint16_t index : prefilled) {
    compact.prefilled.push_back({index, block.transactions.at(index)});
  }
  const ShortIdKey key = compact.key();
  auto whole = prefilled.begin();
  for (std::size_t i = 0; i < block.transactions.size(); ++i) {
    if (whole != prefilled.end() && *whole == i) {
      ++whole;
    } else {
      compact.short_ids.push_back(short_id(key, block.transactions[i].wtxid()));
    }
  }
  return compact;
}

CompactBlock::Reconstruction CompactBlock::reconstruct(
    std::span<const Transaction> available) const {
  // Null for a place that a short id must fill.
  std::vector<const Transaction*> places(transaction_count(), nullptr);
  std::size_t next = 0;
  for (const PrefilledTransaction& entry : prefilled) {
    if (entry.index < next || entry.index >= places.size()) {
      throw std::invalid_argument("prefilled index " + std::to_string(entry.index) +
                                  " in a block of " + std::to_string(places.size()));
    }
    next = entry.index + std::size_t{1};
    places[entry.index] = &entry.transaction;
  }

  const auto found = by_short_id(key(), available);
  std::vector<std::uint16_t> unfilled;
  Reconstruction result;
  auto id = short_ids.begin();
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i] != nullptr) continue;
    unfilled.push_back(static_cast<std::uint16_t>(i));
    const auto match = found.find(*id++);
    if (match != found.end()) places[i] = match->second;
    if (places[i] == nullptr) result.missing.push_back(unfilled.back());
  }
  if (!result.missing.empty()) return result;

  Block block{header, {}};
  for (const Transaction* tx : places) block.transactions.push_back(*tx);
  if (block.merkle_root() == header.merkle_root) {
    result.block = std::move(block);
  } else {
    result.missing = std::move(unfilled);
  }
  return result;
}

}  // namespace noderig::p2p
