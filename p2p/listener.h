// A listening socket for connections that a node makes to the rig (addconnection, addnode). Owned
// by the scenario's rig; its socket lives on the same io_context as the peers, which must outlive
// it. Every member may be called from any thread except the one that runs the io_context.
#pragma once

#include <noderig/p2p/peer.h>
#include <cstdint>
#include <memory>
#include <string>

namespace noderig::p2p {

class Listener {
 public:
  // Listens on that address; port 0 lets the system choose. Throws PeerError (Connect).
  Listener(boost::asio::io_context& io, const std::string& host, std::uint16_t port = 0);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  const std::string& host() const;
  std::uint16_t port() const;

  // "127.1.2.3:18555", as addconnection takes it.
  std::string address() const;

  // The next connection a node makes, with its handshake as `options` say; connections are given
  // out in the order they came. One that does not begin with the v1 magic is closed and the next
  // one awaited: a node with v2 transport tries that first and comes again with v1. `timeout`
  // bounds the whole, handshake included; options.bind_address is without effect.
  std::unique_ptr<Peer> accept(PeerOptions options = {}, Bound bound = {});

  // Ends all waits, now and later, with Interrupted and `reason`.
  void interrupt(std::string reason);

 private:
  class Acceptor;
  std::shared_ptr<Acceptor> acceptor_;
};

}  // namespace noderig::p2p
