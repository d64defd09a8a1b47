// P2P traffic as a packet capture that tcpdump, tshark and Wireshark open: the messages that peers
// sent and received, in TCP segments made up around them, with the real addresses, ports and times.
// Pure function; any thread.
//
// What a capture on the wire would also have is not there: the daemons' traffic among themselves,
// acknowledgements without data, retransmissions.
#pragma once

#include <noderig/framework/timeline.h>
#include <string>
#include <vector>

namespace noderig {

struct Capture {
  std::string bytes;             // the file, raw IPv4 packets
  std::size_t connections = 0;   // in it
  std::size_t messages = 0;      // in it
  std::size_t without_ends = 0;  // connections whose addresses are no longer known: made up
};

// `entries`: in the order of time; those that are no messages are passed over.
Capture capture_of(const std::vector<Timeline::Entry>& entries);

}  // namespace noderig
