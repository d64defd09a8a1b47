// What the peer itself costs: both ends in one process on loopback, so that the figures hold two
// I/O threads and the fake node's work as well.
#include <benchmark/benchmark.h>

#include <noderig/p2p/peer.h>

#include "../unit/p2p/fake_node.h"

namespace noderig::p2p::test {
namespace {

// One ping, one pong: four thread changes.
void BM_PingRoundTrip(benchmark::State& state) {
  IoThread io;
  FakeNode node;
  const auto peer = Peer::connect(io.io, "127.0.0.1", node.port());
  for (auto _ : state) peer->sync_with_ping();
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_PingRoundTrip)->UseRealTime();

// 2,202 messages in a row, as when a scenario feeds a chain; CPU is that of the sending thread. The
// barrier at the end is part of the real time.
void BM_SendMany(benchmark::State& state) {
  IoThread io;
  FakeNode node;
  const auto peer = Peer::connect(io.io, "127.0.0.1", node.port());
  const RawMessage message{"block", Bytes(static_cast<std::size_t>(state.range(0)))};
  constexpr int kMessages = 2202;
  for (auto _ : state) {
    for (int i = 0; i < kMessages; ++i) peer->send(message);
    peer->sync_with_ping();
  }
  state.SetItemsProcessed(state.iterations() * kMessages);
  state.SetBytesProcessed(state.iterations() * kMessages * state.range(0));
}
BENCHMARK(BM_SendMany)->Arg(250)->Arg(10'000)->UseRealTime();

// The same with frames that are made once, as for several peers.
void BM_SendManyFramed(benchmark::State& state) {
  IoThread io;
  FakeNode node;
  const auto peer = Peer::connect(io.io, "127.0.0.1", node.port());
  const Bytes payload(static_cast<std::size_t>(state.range(0)));
  const std::vector<std::shared_ptr<const Bytes>> frames(
      2202, std::make_shared<const Bytes>(frame(kRegtestMagic, "block", payload)));
  for (auto _ : state) {
    peer->send_framed(frames);
    peer->sync_with_ping();
  }
  state.SetItemsProcessed(state.iterations() * 2202);
  state.SetBytesProcessed(state.iterations() * 2202 * state.range(0));
}
BENCHMARK(BM_SendManyFramed)->Arg(250)->Arg(10'000)->UseRealTime();

// What the node sends, taken one by one.
void BM_Receive(benchmark::State& state) {
  IoThread io;
  FakeNode node;
  const auto peer = Peer::connect(io.io, "127.0.0.1", node.port());
  const Bytes one = frame(kRegtestMagic, "block", Bytes(static_cast<std::size_t>(state.range(0))));
  constexpr int kMessages = 1000;
  Bytes many;
  for (int i = 0; i < kMessages; ++i) many.insert(many.end(), one.begin(), one.end());
  for (auto _ : state) {
    node.send_bytes(many);
    for (int i = 0; i < kMessages; ++i) benchmark::DoNotOptimize(peer->expect_raw("block"));
  }
  state.SetItemsProcessed(state.iterations() * kMessages);
  state.SetBytesProcessed(state.iterations() * kMessages * state.range(0));
}
// Everything received stays in the inbox: the number of rounds is fixed to bound the memory.
BENCHMARK(BM_Receive)->Arg(250)->Arg(10'000)->UseRealTime()->Iterations(20);

}  // namespace
}  // namespace noderig::p2p::test
