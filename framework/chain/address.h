// Addresses and the output scripts they stand for. Pure functions; any thread.
#pragma once

#include <noderig/p2p/primitives/script.h>
#include <optional>
#include <string>
#include <string_view>

namespace noderig {

// How a network writes its addresses. The defaults are those of regtest on most nodes; bcoin's
// regtest has the bech32 prefix "rcrt".
struct AddressFormat {
  std::string bech32_prefix = "bcrt";
  std::byte key_hash_prefix{111};     // base58, pay to public key hash
  std::byte script_hash_prefix{196};  // base58, pay to script hash
};

// The address of an output script; nothing for a script that has none.
std::optional<std::string> address_of(const p2p::Script& script, const AddressFormat& format = {});

// The output script that an address stands for; nothing when it is no address of this network.
std::optional<p2p::Script> script_for_address(std::string_view address,
                                              const AddressFormat& format = {});

}  // namespace noderig
