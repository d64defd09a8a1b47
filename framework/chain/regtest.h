// The parameters of Bitcoin's regression test network, as far as building a chain for it needs
// them. Constants and pure functions; any thread.
#pragma once

#include <noderig/p2p/primitives/amount.h>
#include <noderig/p2p/primitives/block.h>
#include <chrono>

namespace noderig::regtest {

// Timestamp of the genesis block: 2 February 2011, 23:16:42 UTC.
inline constexpr std::chrono::sys_seconds kGenesisTime{std::chrono::seconds{1296688602}};

// Where built chains start in time: block 1 comes one second after it. Fixed, so that a chain built
// twice has the same hashes. A node that takes such a chain starts with its mock time near it, or
// it sees an old tip and stays in initial block download.
inline constexpr std::chrono::sys_seconds kEpoch = kGenesisTime;

// Compact form of the proof of work target, the same for every block: about every second hash
// meets it.
inline constexpr std::uint32_t kBits = 0x207fffff;

// Version of built blocks: BIP9 with no deployment signalled.
inline constexpr std::int32_t kBlockVersion = 0x20000000;

// The subsidy halves every so many blocks.
inline constexpr int kHalvingInterval = 150;

// A coinbase output may be spent in the block this many after its own.
inline constexpr int kCoinbaseMaturity = 100;

// What the coinbase of the block at `height` may create, without fees.
Amount subsidy(int height);

const p2p::Block& genesis_block();
const Uint256& genesis_hash();

}  // namespace noderig::regtest
