// One message of each type with something in every field, for tests that hold for all types.
#pragma once

#include <noderig/p2p/messages/registry.h>

#include "real_payloads.h"

namespace noderig::p2p::test {

// A hash whose bytes all differ, so that a swapped or shifted field shows.
inline Uint256 sample_hash(std::uint8_t seed) {
  Uint256 hash;
  for (std::size_t i = 0; i < Uint256::kSize; ++i) {
    hash.wire()[i] = static_cast<std::byte>(seed + 7 * i);
  }
  return hash;
}

inline Bytes sample_bytes(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i + 1);
  return bytes;
}

// A message type without a sample of its own is represented by what a real node sent, or else by
// its default.
template <WireMessage M>
M sample() {
  const std::string_view hex = real_payload(M::kCommand);
  if (hex.empty()) return {};
  return decode_as<M>(bytes_from_hex(hex)).value();
}

template <>
inline Version sample() {
  return {.version = 70016,
          .services = kNodeNetwork | kNodeWitness,
          .time = std::chrono::sys_seconds(std::chrono::seconds(1'600'000'000)),
          .addr_recv = NetAddress::ipv4({192, 0, 2, 1}, 18444, kNodeNetwork),
          .addr_from = NetAddress::ipv4({192, 0, 2, 2}, 18445, kNodeWitness),
          .nonce = 0x0123456789abcdef,
          .user_agent = "/noderig/",
          .start_height = 2202,
          .relay = false};
}

template <>
inline SendCmpct sample() {
  return {.announce = 2, .version = 0x0102030405060708};
}

template <>
inline Feature sample() {
  return {.id = "BIP-434", .data = sample_bytes(5)};
}

template <>
inline Addr sample() {
  const auto time = std::chrono::sys_seconds(std::chrono::seconds(1'600'000'000));
  return {.addresses = {{time, NetAddress::ipv4({192, 0, 2, 1}, 8333, kNodeNetwork)},
                        {time, NetAddress::ipv4({192, 0, 2, 2}, 8334, kNodeWitness)}}};
}

template <>
inline AddrV2 sample() {
  AddrV2 message;
  const auto time = std::chrono::sys_seconds(std::chrono::seconds(1'600'000'000));
  for (std::uint8_t number = 0; number < 10; ++number) {
    const auto network = static_cast<AddressNetwork>(number);
    message.addresses.push_back({time, std::uint64_t{1} << (4 * number), network,
                                 sample_bytes(address_size(network).value_or(number)), 8333});
  }
  return message;
}

template <>
inline Inv sample() {
  return {.items = {{InvType::Wtx, sample_hash(1)}, {InvType::Block, sample_hash(2)}}};
}

template <>
inline GetBlocks sample() {
  return {.locator = {.version = 70015, .hashes = {sample_hash(1), sample_hash(2)}},
          .stop_hash = sample_hash(3)};
}

template <>
inline GetBlockTxn sample() {
  return {.block_hash = sample_hash(1), .indexes = {0, 1, 5, 300, 65535}};
}

template <>
inline FilterLoad sample() {
  return {.filter = sample_bytes(9), .hash_functions = 50, .tweak = 0x01020304, .flags = 1};
}

template <>
inline FilterAdd sample() {
  return {.data = sample_bytes(32)};
}

template <>
inline GetCFilters sample() {
  return {.filter_type = 1, .start_height = 0x01020304, .stop_hash = sample_hash(1)};
}

template <>
inline GetCFHeaders sample() {
  return {.filter_type = 1, .start_height = 0x01020304, .stop_hash = sample_hash(1)};
}

template <>
inline GetCFCheckpt sample() {
  return {.filter_type = 1, .stop_hash = sample_hash(1)};
}

template <>
inline CFCheckpt sample() {
  return {.filter_type = 1,
          .stop_hash = sample_hash(1),
          .filter_headers = {sample_hash(2), sample_hash(3)}};
}

template <>
inline Reject sample() {
  return {.message = "block", .code = 0x10, .reason = "bad-txns-duplicate", .hash = sample_hash(1)};
}

}  // namespace noderig::p2p::test
