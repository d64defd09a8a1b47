// SHA-256 applied twice, at the sizes of a small transaction, a large one and a block's part.
//
// Bytes per second count both passes: the input's and the 32 bytes of the first hash. To compare,
// run
//
//   openssl speed -evp sha256 -bytes 64      (and 1024, 16384)
//
// whose figure, in thousands of bytes, is one pass over a buffer of that size.
#include <benchmark/benchmark.h>
#include <noderig/p2p/primitives/hash.h>

namespace noderig::p2p {
namespace {

void Sha256d(benchmark::State& state) {
  const Bytes data(static_cast<std::size_t>(state.range(0)), std::byte{0x5a});
  for (auto _ : state) benchmark::DoNotOptimize(sha256d(data));
  state.SetBytesProcessed(state.iterations() *
                          (state.range(0) + static_cast<std::int64_t>(Uint256::kSize)));
}
BENCHMARK(Sha256d)->Arg(64)->Arg(1024)->Arg(16384);

void Hash160(benchmark::State& state) {
  const Bytes key(33, std::byte{2});
  for (auto _ : state) benchmark::DoNotOptimize(hash160(key));
}
BENCHMARK(Hash160);

}  // namespace
}  // namespace noderig::p2p
