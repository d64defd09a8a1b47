#include <noderig/p2p/primitives/gcs_filter.h>
#include <noderig/p2p/primitives/siphash.h>

#include <algorithm>

namespace noderig::p2p {
namespace {

// The parameters of basic filters.
constexpr unsigned kRemainderBits = 19;
constexpr std::uint64_t kInverseFalsePositiveRate = 784'931;

constexpr std::uint64_t kMaxElements = 0xffffffff;

// Appends bits, most significant first.
class BitWriter {
 public:
  explicit BitWriter(Bytes& out) : out_(out) {}

  void write(std::uint64_t value, unsigned bits) {
    for (unsigned i = bits; i-- > 0;) {
      if (used_ % 8 == 0) out_.push_back(std::byte{0});
      const auto bit = static_cast<std::byte>(value >> i & 1);
      out_.back() |= bit << (7 - used_ % 8);
      ++used_;
    }
  }

 private:
  Bytes& out_;
  std::size_t used_ = 0;
};

class BitReader {
 public:
  explicit BitReader(ByteSpan in) : in_(in) {}

  // Past the end, bits are zero and ok() is false.
  std::uint64_t read(unsigned bits) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < bits; ++i, ++used_) {
      const bool bit = ok() && used_ < in_.size() * 8 &&
                       (in_[used_ / 8] >> (7 - used_ % 8) & std::byte{1}) != std::byte{0};
      value = value << 1 | (bit ? 1 : 0);
    }
    return value;
  }

  bool ok() const { return used_ <= in_.size() * 8; }
  std::size_t bytes_used() const { return (used_ + 7) / 8; }

 private:
  ByteSpan in_;
  std::size_t used_ = 0;
};

// A number as its quotient in unary and its remainder in binary (Golomb-Rice coding).
void write_number(BitWriter& writer, std::uint64_t number) {
  for (std::uint64_t quotient = number >> kRemainderBits; quotient > 0; --quotient) {
    writer.write(1, 1);
  }
  writer.write(0, 1);
  writer.write(number, kRemainderBits);
}

std::uint64_t read_number(BitReader& reader) {
  std::uint64_t quotient = 0;
  while (reader.read(1) == 1) ++quotient;
  return quotient << kRemainderBits | reader.read(kRemainderBits);
}

// The encoded numbers without the count before them.
ByteSpan without_count(const Bytes& encoded) {
  Reader reader(encoded);
  reader.compact_size("element count", kMaxElements);
  return ByteSpan(encoded).subspan(reader.offset());
}

}  // namespace

GcsFilter::GcsFilter(const Uint256& block_hash) {
  std::memcpy(&k0_, block_hash.wire().data(), sizeof k0_);
  std::memcpy(&k1_, block_hash.wire().data() + sizeof k0_, sizeof k1_);
}

GcsFilter::GcsFilter(const Uint256& block_hash, std::vector<Bytes> elements)
    : GcsFilter(block_hash) {
  std::ranges::sort(elements);
  elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
  count_ = elements.size();
  std::vector<std::uint64_t> hashes;
  hashes.reserve(elements.size());
  for (const Bytes& element : elements) hashes.push_back(reduced_hash(element));
  std::ranges::sort(hashes);

  encoded_ = Writer().compact_size(count_).take();
  BitWriter writer(encoded_);
  std::uint64_t last = 0;
  for (const std::uint64_t hash : hashes) {
    write_number(writer, hash - last);
    last = hash;
  }
}

GcsFilter GcsFilter::basic(const Block& block, std::span<const Script> spent) {
  std::vector<Bytes> elements;
  const auto add = [&](ByteSpan script) { elements.emplace_back(script.begin(), script.end()); };
  for (const Transaction& tx : block.transactions) {
    for (const TxOut& output : tx.outputs) {
      const Script& script = output.script_pubkey;
      if (!script.empty() && script[0] != static_cast<std::byte>(Op::Return)) add(script);
    }
  }
  for (const Script& script : spent) {
    if (!script.empty()) add(script);
  }
  return {block.hash(), std::move(elements)};
}

Decoded<GcsFilter> GcsFilter::decode(const Uint256& block_hash, ByteSpan encoded) {
  GcsFilter filter(block_hash);
  Reader reader(encoded);
  filter.count_ = reader.compact_size("element count", kMaxElements);
  if (!reader.ok()) return *reader.error();
  filter.encoded_.assign(encoded.begin(), encoded.end());

  const std::size_t begin = reader.offset();
  BitReader bits(encoded.subspan(begin));
  for (std::uint64_t i = 0; i < filter.count_ && bits.ok(); ++i) read_number(bits);
  if (!bits.ok()) return DecodeError{DecodeFault::Truncated, encoded.size(), "filter"};
  if (begin + bits.bytes_used() != encoded.size()) {
    return DecodeError{DecodeFault::TrailingBytes, begin + bits.bytes_used(), "after the filter"};
  }
  return filter;
}

bool GcsFilter::match(ByteSpan element) const {
  return match_hashes({reduced_hash(element)});
}

bool GcsFilter::match_any(std::span<const Bytes> elements) const {
  std::vector<std::uint64_t> hashes;
  hashes.reserve(elements.size());
  for (const Bytes& element : elements) hashes.push_back(reduced_hash(element));
  return match_hashes(std::move(hashes));
}

bool GcsFilter::match_hashes(std::vector<std::uint64_t> hashes) const {
  std::ranges::sort(hashes);
  BitReader reader(without_count(encoded_));
  std::uint64_t value = 0;
  auto wanted = hashes.begin();
  for (std::uint64_t i = 0; i < count_; ++i) {
    value += read_number(reader);
    while (wanted != hashes.end() && *wanted < value) ++wanted;
    if (wanted == hashes.end()) return false;
    if (*wanted == value) return true;
  }
  return false;
}

// The keyed hash brought into the range of the filter, which keeps its order.
std::uint64_t GcsFilter::reduced_hash(ByteSpan element) const {
  __extension__ using Wide = unsigned __int128;
  const std::uint64_t range = count_ * kInverseFalsePositiveRate;
  return static_cast<std::uint64_t>(Wide{siphash(k0_, k1_, element)} * range >> 64);
}

Uint256 GcsFilter::hash() const {
  return sha256d(encoded_);
}

Uint256 GcsFilter::header(const Uint256& previous) const {
  return sha256d(hash(), previous);
}

}  // namespace noderig::p2p
