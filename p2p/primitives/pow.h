// Proof of work: targets, their compact form in headers ("bits"), and work. Pure functions; any
// thread.
#pragma once

#include <noderig/p2p/primitives/uint256.h>
#include <cstdint>
#include <optional>

namespace noderig::p2p {

// The target that `bits` stand for; nothing when they are negative or do not fit into 256 bits. May
// be zero, which no hash meets.
std::optional<Uint256> target_from_bits(std::uint32_t bits);

// The compact form of `target`, which keeps its three highest bytes and drops the rest.
std::uint32_t bits_from_target(const Uint256& target);

// Whether `hash` is at most the target that `bits` stand for. No hash meets bits without a target
// or with target zero.
bool meets_target(const Uint256& hash, std::uint32_t bits);

// The expected number of hashes behind a block with these bits; zero for bits that nothing meets.
Uint256 block_work(std::uint32_t bits);

// The sum of two amounts of work, modulo 2^256: a chain's work grows by its block's.
Uint256 add_work(const Uint256& a, const Uint256& b);

}  // namespace noderig::p2p
