// What daemons word or do differently, looked up by what was probed of them: scenarios ask here,
// and name no daemon. Pure functions; any thread.
#pragma once

#include <noderig/framework/node/profile.h>
#include <noderig/p2p/primitives/amount.h>
#include <set>
#include <string>

namespace noderig {

class Node;

namespace expectations {

// The error of a wallet whose coins cover the amount but not `fee` beside it.
std::string fee_not_covered(const DaemonProfile& profile, Amount fee);

}  // namespace expectations

// The behaviours of known_behaviours() that a wallet of the running node shows. Mines blocks. For
// the probe.
std::set<std::string> wallet_behaviours(Node& node);

}  // namespace noderig
