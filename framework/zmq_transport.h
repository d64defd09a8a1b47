// The half of ZmqSubscriber that needs libzmq, in a module of its own beside the library,
// libnoderig_zmq.so, which the first subscriber loads: libzmq brings thirteen more libraries along,
// which would cost every start of noderig, and there is one for each scenario. Internal to
// framework.
#pragma once

#include <noderig/p2p/primitives/bytes.h>
#include <chrono>
#include <string>
#include <vector>

namespace noderig::detail {

// One subscription. Used from one thread, but for wake().
class ZmqTransport {
 public:
  virtual ~ZmqTransport() = default;

  // The parts of the next notification; none when it did not come until `end`, or after wake().
  virtual std::vector<Bytes> receive(std::chrono::steady_clock::time_point end) = 0;

  // Ends receive(), now and later. Any thread; once.
  virtual void wake() = 0;
};

struct ZmqTransportOptions {
  std::string endpoint;
  std::vector<std::string> topics;
  int receive_hwm;  // as in ZmqSubscriberOptions
};

// What the module defines. The result is the caller's. Throws std::invalid_argument, with the
// reason, when the endpoint is no address.
extern "C" ZmqTransport* noderig_make_zmq_transport(const ZmqTransportOptions& options);

}  // namespace noderig::detail
