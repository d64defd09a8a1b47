// Building and solving the chain of the assumevalid scenario, and what it costs beside the blocks.
#include <benchmark/benchmark.h>

#include <noderig/framework/chain/block_builder.h>
#include <noderig/framework/chain/key.h>
#include <noderig/p2p/primitives/hash.h>

namespace noderig {
namespace {

constexpr int kBlocks = 2202;

void build_chain(benchmark::State& state) {
  for (auto _ : state) {
    ChainBuilder chain({.tag = "bench"});
    benchmark::DoNotOptimize(chain.mine(kBlocks));
  }
  state.SetItemsProcessed(state.iterations() * kBlocks);
}
BENCHMARK(build_chain)->Unit(benchmark::kMillisecond);

void build_and_encode_chain(benchmark::State& state) {
  for (auto _ : state) {
    ChainBuilder chain({.tag = "bench"});
    for (const auto& block : chain.mine(kBlocks)) benchmark::DoNotOptimize(block.encoded());
  }
  state.SetItemsProcessed(state.iterations() * kBlocks);
}
BENCHMARK(build_and_encode_chain)->Unit(benchmark::kMillisecond);

void build_large_block(benchmark::State& state) {
  constexpr std::size_t kBulk = 950'000;
  ChainBuilder chain;
  for (auto _ : state) {
    state.PauseTiming();
    ChainBuilder fork = chain.fork_at(0, "bench");
    state.ResumeTiming();
    benchmark::DoNotOptimize(fork.mine({.extra_outputs = {bulk_output(kBulk)}}));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kBulk));
}
BENCHMARK(build_large_block)->Unit(benchmark::kMillisecond);

void solve_header(benchmark::State& state) {
  p2p::BlockHeader header{.bits = regtest::kBits};
  for (auto _ : state) {
    ++header.time;
    benchmark::DoNotOptimize(solve(header));
  }
}
BENCHMARK(solve_header);

void sign_ecdsa(benchmark::State& state) {
  const Key key = Key::from_phrase("bench");
  Uint256 hash;
  for (auto _ : state) {
    hash = p2p::sha256(hash.wire());
    benchmark::DoNotOptimize(key.sign(hash));
  }
}
BENCHMARK(sign_ecdsa)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace noderig
