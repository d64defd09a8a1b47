// Golomb-coded sets: the compact block filters of BIP158. Value type; any thread.
#pragma once

#include <noderig/p2p/primitives/block.h>
#include <span>

namespace noderig::p2p {

// The basic filter of one block, in the form that travels in a cfilter message.
class GcsFilter {
 public:
  // The filter over `elements`; equal ones count once. The block's hash is the key.
  GcsFilter(const Uint256& block_hash, std::vector<Bytes> elements);

  // The basic filter: output scripts, and `spent`, the scripts of the outputs that the inputs
  // spend. Empty scripts and OP_RETURN outputs are left out.
  static GcsFilter basic(const Block& block, std::span<const Script> spent);

  // Takes an encoded filter; checks that it holds as many elements as it says.
  static Decoded<GcsFilter> decode(const Uint256& block_hash, ByteSpan encoded);

  const Bytes& encoded() const { return encoded_; }

  // Number of elements.
  std::uint64_t size() const { return count_; }

  // Whether one of the elements may be in the set.
  bool match(ByteSpan element) const;
  bool match_any(std::span<const Bytes> elements) const;

  // The hash of the encoded filter, and the filter header that follows `previous`.
  Uint256 hash() const;
  Uint256 header(const Uint256& previous) const;

  friend bool operator==(const GcsFilter&, const GcsFilter&) = default;

 private:
  // The key alone.
  explicit GcsFilter(const Uint256& block_hash);

  std::uint64_t reduced_hash(ByteSpan element) const;
  bool match_hashes(std::vector<std::uint64_t> hashes) const;

  std::uint64_t k0_ = 0;
  std::uint64_t k1_ = 0;
  std::uint64_t count_ = 0;
  Bytes encoded_;
};

}  // namespace noderig::p2p
