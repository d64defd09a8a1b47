// A connection that is not perfect: a TCP proxy in front of a node, which delays, cuts up, loses
// and repeats what passes, by seed, each way on its own, and which a scenario can stop or cut while
// it runs. Made by Rig::link(); owned by the rig, gone with the sub-test that made it. Every member
// may be called from any thread except the I/O thread, on which the bytes move.
//
// What happens to a message depends on the seed, the way, the number of its connection and its
// number there, counted as they come, and on nothing else: not on what else passes, nor on how it
// is cut up. The sizes of the writes have random numbers of their own.
//
// Faults concern whole messages, so that the rest of the stream stays sound; only the cuts into
// small writes do not care about messages. That takes v1 transport: what begins with anything else
// is turned away, as an old node does, and a node with v2 transport (BIP324) then comes again
// with v1.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace noderig {

// From the side that connected to the node behind the link, the other way, or both.
enum class Way { Forth, Back, Both };

struct LinkFaults {
  std::chrono::milliseconds delay{};    // every message is that late
  std::chrono::milliseconds jitter{};   // and up to that much more; the order stays
  std::size_t fragment = 0;             // at most so many bytes a write, at random; 0: as they come
  double lose = 0;                      // share of messages that never arrive
  double repeat = 0;                    // share of the others that arrive twice
  std::vector<std::string> commands{};  // the only ones to be lost or repeated; empty: all but the
                                        // handshake's version and verack
};

// What passed one way since the link was made, all connections together.
struct LinkTraffic {
  std::uint64_t passed = 0;  // messages handed on
  std::uint64_t lost = 0;
  std::uint64_t repeated = 0;
  std::uint64_t writes = 0;
  std::map<std::string, std::uint64_t> passed_by_command{};
};

struct LinkPlace {
  std::string host;  // where it listens
  std::uint16_t port = 0;
  std::string target_host;  // the node behind it
  std::uint16_t target_port = 0;
  std::string source;  // the address from which it connects to that
};

class Link {
 public:
  // Listens at once and connects on whenever somebody connects. Throws EnvironmentError when it
  // cannot listen.
  Link(boost::asio::io_context& io, LinkPlace place, const LinkFaults& faults, std::uint64_t seed);
  // Cuts all connections.
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  // "127.1.2.3:18555": what to connect to.
  const std::string& address() const { return address_; }
  // The same of the node behind.
  const std::string& target_address() const { return target_address_; }

  // Other faults for messages that come from now on.
  void set_faults(const LinkFaults& faults, Way way = Way::Both);

  // Nothing passes any more, the end of a connection neither, and nothing is lost: it waits, as in
  // a network that sends again. Who connects meanwhile is accepted, and reaches the node behind
  // once both ways are open.
  void partition(Way way = Way::Both);
  // Everything passes again, what has waited first.
  void heal(Way way = Way::Both);

  // Closes every connection at both ends, with what is on its way; one that waits for the end of a
  // partition, too.
  void cut();
  // Ends the stream one way after what is on its way, as a side does that will send no more.
  void half_close(Way way);

  // Whether all that comes now gets through, sooner or later: no partition, and no loss.
  bool passes_all() const;
  LinkTraffic traffic(Way way) const;
  // Connections that are open to the node behind.
  std::size_t connections() const;
  // Their ends that the node behind sees: "addr" in its getpeerinfo.
  std::vector<std::string> onward_addresses() const;

 private:
  class Core;
  std::shared_ptr<Core> core_;
  std::string address_;
  std::string target_address_;
};

}  // namespace noderig
