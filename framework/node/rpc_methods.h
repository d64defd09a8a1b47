// The names of RPC methods: those that daemons are known to have, and those that one offers.
#pragma once

#include <noderig/framework/node/profile.h>
#include <noderig/rpc/client.h>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace noderig {

// Every name that some daemon has, in order. What is not here is no method of any, but a slip.
std::span<const std::string_view> known_rpc_methods();

// The methods that a running node offers, the hidden ones too. Throws as Client::call does.
std::set<std::string> offered_rpc_methods(const rpc::Client& rpc);

// For a call that failed since the daemon has no such method while others do, what it lacks: "bcoin
// 1.0.2 lacks rpc:preciousblock". Empty for every other error, and for a method that none has.
std::string lacking_method(const rpc::RpcError& error, const DaemonProfile& profile);

}  // namespace noderig
