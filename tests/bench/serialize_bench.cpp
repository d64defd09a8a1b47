// Decoding and encoding of full blocks: about 1 MB of payments with two inputs and two outputs,
// half with witnesses (P2WPKH) and half without (P2PKH). Transaction ids are computed on demand and
// are no part of either.
#include <benchmark/benchmark.h>
#include <noderig/p2p/primitives/block.h>
#include <noderig/p2p/primitives/compact_block.h>

namespace noderig::p2p {
namespace {

constexpr std::size_t kBlockSize = 1'000'000;

Bytes signature(std::uint32_t seed) {
  return Bytes(71 + seed % 2, std::byte{0x30});
}
Bytes public_key() {
  return Bytes(33, std::byte{0x02});
}

Transaction payment(std::uint32_t seed, bool with_witness) {
  Transaction tx;
  for (std::uint32_t i = 0; i < 2; ++i) {
    TxIn input{.prevout = {sha256(Writer().integer(seed).integer(i).written()), i}};
    if (with_witness) {
      input.witness = {signature(seed), public_key()};
    } else {
      input.script_sig.push(signature(seed)).push(public_key());
    }
    tx.inputs.push_back(std::move(input));

    std::array<std::byte, 20> key_hash{static_cast<std::byte>(seed)};
    tx.outputs.push_back({Amount::sat(seed), with_witness ? p2wpkh(key_hash) : p2pkh(key_hash)});
  }
  return tx;
}

const Block& block() {
  static const Block made = [] {
    Block full;
    std::size_t size = 0;
    for (std::uint32_t seed = 0; size < kBlockSize; ++seed) {
      full.transactions.push_back(payment(seed, seed % 2 == 0));
      size += full.transactions.back().total_size();
    }
    return full;
  }();
  return made;
}

void set_bytes(benchmark::State& state, std::size_t size) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(size));
}

// Includes freeing the block.
void DecodeBlock(benchmark::State& state) {
  const Bytes encoded = encode_of(block());
  for (auto _ : state) {
    auto decoded = decode_as<Block>(encoded);
    if (!decoded) state.SkipWithError("does not decode");
    benchmark::DoNotOptimize(decoded);
  }
  set_bytes(state, encoded.size());
}
BENCHMARK(DecodeBlock)->Unit(benchmark::kMicrosecond);

void EncodeBlock(benchmark::State& state) {
  std::size_t size = 0;
  for (auto _ : state) {
    const Bytes encoded = encode_of(block());
    benchmark::DoNotOptimize(encoded.data());
    size = encoded.size();
  }
  set_bytes(state, size);
}
BENCHMARK(EncodeBlock)->Unit(benchmark::kMicrosecond);

// Where the size is known beforehand.
void EncodeBlockReserved(benchmark::State& state) {
  std::size_t size = 0;
  for (auto _ : state) {
    Writer writer(block().total_size());
    block().encode(writer);
    benchmark::DoNotOptimize(writer.written().data());
    size = writer.size();
  }
  set_bytes(state, size);
}
BENCHMARK(EncodeBlockReserved)->Unit(benchmark::kMicrosecond);

void MerkleRoot(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(block().merkle_root());
  set_bytes(state, block().stripped_size());
}
BENCHMARK(MerkleRoot)->Unit(benchmark::kMicrosecond);

void CompactBlockOfBlock(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(CompactBlock::from_block(block(), 1));
}
BENCHMARK(CompactBlockOfBlock)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace noderig::p2p
