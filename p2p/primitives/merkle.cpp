#include <noderig/p2p/primitives/hash.h>
#include <noderig/p2p/primitives/merkle.h>

#include <stdexcept>

namespace noderig::p2p {
namespace {

// Replaces the nodes of one level by their parents. Tells whether two siblings were equal before
// the last node of an odd level was repeated.
bool climb(std::vector<Uint256>& level) {
  bool mutated = false;
  const std::size_t size = level.size();
  for (std::size_t i = 0; i < size; i += 2) {
    const bool has_sibling = i + 1 < size;
    const Uint256& right = has_sibling ? level[i + 1] : level[i];
    mutated |= has_sibling && level[i] == right;
    level[i / 2] = sha256d(level[i], right);
  }
  level.resize((size + 1) / 2);
  return mutated;
}

// The nodes of each level of a whole tree, leaves first, and above which of them there is a match.
struct Level {
  std::vector<Uint256> hashes;
  std::vector<bool> matches;
};

class TreeWriter {
 public:
  explicit TreeWriter(std::vector<Level> levels) : levels_(std::move(levels)) {}

  void write(std::size_t height, std::size_t index) {
    const bool match = levels_[height].matches[index];
    flags.push_back(match);
    if (height == 0 || !match) {
      hashes.push_back(levels_[height].hashes[index]);
      return;
    }
    write(height - 1, index * 2);
    if (index * 2 + 1 < levels_[height - 1].hashes.size()) write(height - 1, index * 2 + 1);
  }

  std::vector<Uint256> hashes;
  std::vector<bool> flags;

 private:
  std::vector<Level> levels_;
};

class TreeReader {
 public:
  explicit TreeReader(const PartialMerkleTree& tree) : tree_(tree) {}

  std::optional<PartialMerkleTree::Contents> read() {
    std::size_t height = 0;
    while (width(height) > 1) ++height;
    contents_.root = node(height, 0);
    const bool all_flags = (flags_used_ + 7) / 8 == tree_.flags.size();
    const bool all_hashes = hashes_used_ == tree_.hashes.size();
    if (bad_ || !all_flags || !all_hashes) return std::nullopt;
    return std::move(contents_);
  }

 private:
  std::size_t width(std::size_t height) const {
    return (tree_.total + (std::size_t{1} << height) - 1) >> height;
  }

  Uint256 node(std::size_t height, std::size_t index) {
    const std::size_t flag = flags_used_++;
    if (bad_ || flag / 8 >= tree_.flags.size()) return fault();
    const bool match = (std::to_integer<unsigned>(tree_.flags[flag / 8]) >> (flag % 8) & 1) != 0;
    if (height == 0 || !match) {
      if (hashes_used_ >= tree_.hashes.size()) return fault();
      const Uint256& hash = tree_.hashes[hashes_used_++];
      if (match) contents_.matches.push_back({hash, static_cast<std::uint32_t>(index)});
      return hash;
    }
    const Uint256 left = node(height - 1, index * 2);
    if (index * 2 + 1 >= width(height - 1)) return sha256d(left, left);
    const Uint256 right = node(height - 1, index * 2 + 1);
    // Transactions are never equal: this would be a list with its end repeated (CVE-2012-2459).
    if (left == right) return fault();
    return sha256d(left, right);
  }

  Uint256 fault() {
    bad_ = true;
    return {};
  }

  const PartialMerkleTree& tree_;
  PartialMerkleTree::Contents contents_;
  std::size_t flags_used_ = 0;
  std::size_t hashes_used_ = 0;
  bool bad_ = false;
};

}  // namespace

Uint256 merkle_root(std::vector<Uint256> leaves, bool* mutated) {
  bool any_mutated = false;
  while (leaves.size() > 1) any_mutated |= climb(leaves);
  if (mutated != nullptr) *mutated = any_mutated;
  return leaves.empty() ? Uint256() : leaves.front();
}

std::vector<Uint256> merkle_branch(std::vector<Uint256> leaves, std::size_t index) {
  if (index >= leaves.size()) throw std::out_of_range("no leaf " + std::to_string(index));
  std::vector<Uint256> branch;
  for (; leaves.size() > 1; index /= 2) {
    const std::size_t sibling = index ^ 1;
    branch.push_back(leaves[sibling < leaves.size() ? sibling : index]);
    climb(leaves);
  }
  return branch;
}

Uint256 root_of_branch(const Uint256& leaf, std::span<const Uint256> branch, std::size_t index) {
  Uint256 node = leaf;
  for (const Uint256& sibling : branch) {
    node = index % 2 == 0 ? sha256d(node, sibling) : sha256d(sibling, node);
    index /= 2;
  }
  return node;
}

PartialMerkleTree PartialMerkleTree::build(std::span<const Uint256> txids,
                                           const std::vector<bool>& matches) {
  if (txids.empty() || txids.size() != matches.size()) {
    throw std::invalid_argument("a partial merkle tree needs as many matches as txids, and one");
  }
  std::vector<Level> levels{{{txids.begin(), txids.end()}, matches}};
  while (levels.back().hashes.size() > 1) {
    Level up = levels.back();
    climb(up.hashes);
    up.matches.assign(up.hashes.size(), false);
    for (std::size_t i = 0; i < levels.back().matches.size(); ++i) {
      if (levels.back().matches[i]) up.matches[i / 2] = true;
    }
    levels.push_back(std::move(up));
  }
  const std::size_t height = levels.size() - 1;
  TreeWriter writer(std::move(levels));
  writer.write(height, 0);

  PartialMerkleTree tree;
  tree.total = static_cast<std::uint32_t>(txids.size());
  tree.hashes = std::move(writer.hashes);
  tree.flags.resize((writer.flags.size() + 7) / 8);
  for (std::size_t i = 0; i < writer.flags.size(); ++i) {
    if (writer.flags[i]) tree.flags[i / 8] |= std::byte{1} << (i % 8);
  }
  return tree;
}

std::optional<PartialMerkleTree::Contents> PartialMerkleTree::extract() const {
  if (total == 0 || total > kMaxTransactions) return std::nullopt;
  return TreeReader(*this).read();
}

void PartialMerkleTree::encode(Writer& writer) const {
  writer.integer(total).compact_size(hashes.size());
  for (const Uint256& hash : hashes) writer.uint256(hash);
  writer.var_bytes(flags);
}

PartialMerkleTree PartialMerkleTree::decode(Reader& reader) {
  PartialMerkleTree tree;
  tree.total = reader.integer<std::uint32_t>("transaction total");
  tree.hashes.resize(reader.count("hash count", Uint256::kSize));
  for (Uint256& hash : tree.hashes) hash = reader.uint256("hash");
  const ByteSpan flags = reader.var_bytes("flags");
  tree.flags.assign(flags.begin(), flags.end());
  return tree;
}

}  // namespace noderig::p2p
