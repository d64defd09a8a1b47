#include <noderig/p2p/primitives/bloom.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace noderig::p2p {
namespace {

std::uint32_t scramble(std::uint32_t word) {
  return std::rotl(word * 0xcc9e2d51, 15) * 0x1b873593;
}

Bytes bytes_of(const OutPoint& outpoint) {
  return encode_of(outpoint);
}

// Where the hash function of this number puts `data`. The filter must not be empty.
std::size_t bit_of(const BloomFilter& filter, std::uint32_t number, ByteSpan data) {
  return murmur3(number * 0xfba4c795 + filter.tweak, data) % (filter.bits.size() * 8);
}

}  // namespace

std::uint32_t murmur3(std::uint32_t seed, ByteSpan data) {
  std::uint32_t hash = seed;
  const auto length = static_cast<std::uint32_t>(data.size());
  for (; data.size() >= 4; data = data.subspan(4)) {
    std::uint32_t word;
    std::memcpy(&word, data.data(), sizeof word);
    hash = std::rotl(hash ^ scramble(word), 13) * 5 + 0xe6546b64;
  }
  std::uint32_t last = 0;
  if (!data.empty()) std::memcpy(&last, data.data(), data.size());
  hash ^= scramble(last) ^ length;
  hash = (hash ^ hash >> 16) * 0x85ebca6b;
  hash = (hash ^ hash >> 13) * 0xc2b2ae35;
  return hash ^ hash >> 16;
}

BloomFilter BloomFilter::sized_for(std::size_t elements, double false_positive_rate,
                                   std::uint32_t filter_tweak) {
  using std::numbers::ln2;
  const auto count = static_cast<double>(std::max<std::size_t>(elements, 1));
  const double bits =
      std::min(-count * std::log(false_positive_rate) / (ln2 * ln2), kMaxBytes * 8.0);
  BloomFilter filter;
  // At least a byte: an empty filter contains everything.
  filter.bits.resize(std::max<std::size_t>(static_cast<std::size_t>(bits) / 8, 1));
  const double functions = static_cast<double>(filter.bits.size() * 8) / count * ln2;
  filter.hash_functions =
      static_cast<std::uint32_t>(std::clamp(functions, 1.0, double{kMaxHashFunctions}));
  filter.tweak = filter_tweak;
  return filter;
}

void BloomFilter::insert(ByteSpan data) {
  if (bits.empty()) return;
  for (std::uint32_t i = 0; i < hash_functions; ++i) {
    const std::size_t bit = bit_of(*this, i, data);
    bits[bit / 8] |= std::byte{1} << (bit % 8);
  }
}

void BloomFilter::insert(const OutPoint& outpoint) {
  insert(ByteSpan(bytes_of(outpoint)));
}

bool BloomFilter::contains(ByteSpan data) const {
  if (bits.empty()) return true;
  for (std::uint32_t i = 0; i < hash_functions; ++i) {
    const std::size_t bit = bit_of(*this, i, data);
    if ((bits[bit / 8] >> (bit % 8) & std::byte{1}) == std::byte{0}) return false;
  }
  return true;
}

bool BloomFilter::contains(const OutPoint& outpoint) const {
  return contains(ByteSpan(bytes_of(outpoint)));
}

}  // namespace noderig::p2p
