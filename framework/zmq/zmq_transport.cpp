#include <noderig/framework/zmq_transport.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <zmq.hpp>

namespace noderig::detail {
namespace {

using SteadyClock = std::chrono::steady_clock;

// How soon an address that nobody listens at is tried again.
constexpr int kReconnectMilliseconds = 10;
constexpr const char* kWakeAddress = "inproc://interrupt";

class Transport : public ZmqTransport {
 public:
  explicit Transport(const ZmqTransportOptions& options) {
    subscription_.set(zmq::sockopt::linger, 0);
    subscription_.set(zmq::sockopt::rcvhwm, options.receive_hwm);
    subscription_.set(zmq::sockopt::reconnect_ivl, kReconnectMilliseconds);
    for (const std::string& topic : options.topics) {
      subscription_.set(zmq::sockopt::subscribe, topic);
    }
    wake_.set(zmq::sockopt::linger, 0);
    wake_.bind(kWakeAddress);
    try {
      subscription_.connect(options.endpoint);
    } catch (const zmq::error_t& error) {
      throw std::invalid_argument(error.what());
    }
  }

  std::vector<Bytes> receive(SteadyClock::time_point end) override {
    std::array<zmq::pollitem_t, 2> items{
        {{subscription_.handle(), 0, ZMQ_POLLIN, 0}, {wake_.handle(), 0, ZMQ_POLLIN, 0}}};
    while (true) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - SteadyClock::now());
      try {
        zmq::poll(items, std::max(left, std::chrono::milliseconds(0)));
      } catch (const zmq::error_t& error) {
        if (error.num() != EINTR) throw;
        continue;
      }
      if ((items[1].revents & ZMQ_POLLIN) != 0) return {};
      zmq::message_t part;
      const bool came = (items[0].revents & ZMQ_POLLIN) != 0 &&
                        subscription_.recv(part, zmq::recv_flags::dontwait).has_value();
      if (!came && SteadyClock::now() >= end) return {};
      if (!came) continue;
      std::vector<Bytes> parts{bytes_of(part)};
      while (part.more()) {
        // The parts of one notification arrive together.
        static_cast<void>(subscription_.recv(part));
        parts.push_back(bytes_of(part));
      }
      return parts;
    }
  }

  void wake() override {
    // A socket belongs to one thread, so the waiting one is woken through a socket of this one's.
    zmq::socket_t signal(context_, zmq::socket_type::pair);
    signal.connect(kWakeAddress);
    signal.send(zmq::message_t(), zmq::send_flags::dontwait);
  }

 private:
  static Bytes bytes_of(const zmq::message_t& message) {
    const auto* const data = static_cast<const std::byte*>(message.data());
    return {data, data + message.size()};
  }

  zmq::context_t context_;
  zmq::socket_t subscription_{context_, zmq::socket_type::sub};
  zmq::socket_t wake_{context_, zmq::socket_type::pair};  // readable once woken
};

}  // namespace

extern "C" ZmqTransport* noderig_make_zmq_transport(const ZmqTransportOptions& options) {
  return new Transport(options);
}

}  // namespace noderig::detail
