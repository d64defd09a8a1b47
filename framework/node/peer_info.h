// How a node sees one of its peers. Free functions, used from the scenario's thread.
#pragma once

#include <noderig/framework/node/node.h>
#include <noderig/p2p/peer.h>

namespace noderig {

// The node's getpeerinfo entry for this connection. Throws AssertionError when it has none: the
// connection is gone, or so young that the node has not accepted it yet (a peer whose handshake is
// complete is always there, another once await_listed() has returned).
Json peer_info(const Node& node, const p2p::Peer& peer);

// Waits until the node lists the peer. Needed where its handshake is not to complete.
void await_listed(const Node& node, const p2p::Peer& peer);

// What the node calls the peer in its log ("peer=3") and calls such as disconnectnode take.
int peer_id(const Node& node, const p2p::Peer& peer);

// Returns when the node has sent the peer all that was due when the call began. A pong alone does
// not show that, since a node answers what came before it looks at what it has to send by itself
// (announcements, requests, pings); it does both in turn, so a second pong does.
void await_sending(p2p::Peer& peer);

}  // namespace noderig
