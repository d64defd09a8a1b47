// The other end of a peer in tests: an in-process server on loopback that speaks v1 by the
// project's codec, on a thread of its own. Every public member may be called from any thread.
#pragma once

#include <noderig/p2p/messages/ping.h>
#include <noderig/p2p/messages/pong.h>
#include <noderig/p2p/messages/send_addr_v2.h>
#include <noderig/p2p/messages/verack.h>
#include <noderig/p2p/messages/version.h>
#include <noderig/p2p/messages/wtxid_relay.h>
#include <noderig/p2p/transport/v1.h>
#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace noderig::p2p::test {

// An io_context and the one thread that runs it.
class IoThread {
 public:
  ~IoThread() { stop(); }

  // Ends the thread; what is pending stays so.
  void stop() {
    io.stop();
    if (thread_.joinable()) thread_.join();
  }

  boost::asio::io_context io{1};

 private:
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io.get_executor()};
  std::thread thread_{[this] { io.run(); }};
};

inline Version version_message(std::string user_agent, std::int32_t number = 70016) {
  Version version;
  version.version = number;
  version.user_agent = std::move(user_agent);
  return version;
}

class FakeNode {
 public:
  struct Behaviour {
    bool shakes_hands = true;  // answers version
    bool sends_verack = true;
    bool answers_pings = true;
    std::int32_t version = 70016;
  };

  FakeNode() : FakeNode(Behaviour()) {}
  explicit FakeNode(Behaviour behaviour) : behaviour_(behaviour) {
    boost::asio::post(thread_.io, [this] { accept(); });
  }
  ~FakeNode() { thread_.stop(); }

  std::uint16_t port() const { return port_; }

  // Connects to a listener and opens the handshake; with `v2_first` tries as a node with v2
  // transport does, is turned away and comes again.
  void connect_to(std::uint16_t port, bool v2_first) {
    boost::asio::post(thread_.io, [this, port, v2_first] {
      const Tcp::endpoint target(boost::asio::ip::address_v4::loopback(), port);
      if (v2_first) {
        Tcp::socket socket(thread_.io);
        socket.connect(target);
        boost::asio::write(socket, boost::asio::buffer(Bytes(64, std::byte{0x5a})));
        std::byte unused;
        boost::system::error_code error;
        boost::asio::read(socket, boost::asio::buffer(&unused, 1), error);
      }
      Tcp::socket socket(thread_.io);
      socket.connect(target);
      Session& session = open(std::move(socket));
      session.greeted = true;
      write(session, version_message("/fake:1/", behaviour_.version));
    });
  }

  // Sends to the latest connection.
  template <WireMessage M>
  void send(const M& message) {
    send_bytes(frame(kRegtestMagic, message));
  }
  void send_raw(std::string_view command, ByteSpan payload) {
    send_bytes(frame(kRegtestMagic, command, payload));
  }
  void send_bytes(Bytes bytes) {
    boost::asio::post(thread_.io,
                      [this, bytes = std::move(bytes)] { write_bytes(*sessions_.back(), bytes); });
  }

  // Closes the latest connection: in order, or with a reset.
  void close(bool reset = false) {
    boost::asio::post(thread_.io, [this, reset] {
      boost::system::error_code ignored;
      Tcp::socket& socket = sessions_.back()->socket;
      if (reset) socket.set_option(Tcp::socket::linger(true, 0), ignored);
      socket.close(ignored);
    });
  }

  // From now on, messages that come make it answer with these bytes, before anything else.
  void answer_with(std::string command, Bytes bytes) {
    const std::lock_guard lock(mutex_);
    answer_command_ = std::move(command);
    answer_ = std::move(bytes);
  }

  // Stops reading from the latest connection after the next bytes, or begins again.
  void set_reading(bool reads) {
    boost::asio::post(thread_.io, [this, reads] {
      Session& session = *sessions_.back();
      session.reads = reads;
      if (reads && !session.reading) read(session);
    });
  }

  // The n-th message with that command on any connection, counted from 0; waits for it.
  RawMessage wait_for(std::string_view command, std::size_t n = 0) {
    std::unique_lock lock(mutex_);
    const RawMessage* found = nullptr;
    const auto came = [&] {
      std::size_t left = n;
      for (const RawMessage& message : received_) {
        if (message.command == command && left-- == 0) {
          found = &message;
          return true;
        }
      }
      return false;
    };
    if (!changed_.wait_for(lock, std::chrono::seconds(20), came)) {
      throw std::runtime_error("the fake node waited in vain for " + std::string(command));
    }
    return *found;
  }

  // All that came so far, without versions' payloads in the way: the commands in order.
  std::vector<std::string> commands() {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> commands;
    for (const RawMessage& message : received_) commands.push_back(message.command);
    return commands;
  }

  // Waits until the other side has closed a connection.
  void wait_for_close() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(20), [&] { return closed_ > 0; })) {
      throw std::runtime_error("the fake node waited in vain for the peer to close");
    }
  }

 private:
  using Tcp = boost::asio::ip::tcp;

  struct Session {
    Tcp::socket socket;
    V1Deframer deframer{kRegtestMagic};
    Bytes buffer = Bytes(1 << 16);
    bool greeted = false;  // our version was sent
    bool reads = true;
    bool reading = false;  // a read is pending
  };

  void accept() {
    acceptor_.async_accept([this](boost::system::error_code error, Tcp::socket socket) {
      if (error) return;
      open(std::move(socket));
      accept();
    });
  }

  Session& open(Tcp::socket socket) {
    sessions_.push_back(std::make_unique<Session>(Session{std::move(socket)}));
    Session& session = *sessions_.back();
    session.socket.set_option(Tcp::no_delay(true));
    read(session);
    return session;
  }

  void read(Session& session) {
    session.reading = session.reads;
    if (!session.reading) return;
    session.socket.async_read_some(
        boost::asio::buffer(session.buffer),
        [this, &session](boost::system::error_code error, std::size_t size) {
          if (error) {
            const std::lock_guard lock(mutex_);
            if (error == boost::asio::error::operation_aborted) return;
            ++closed_;
            changed_.notify_all();
            boost::system::error_code ignored;
            session.socket.close(ignored);
            return;
          }
          session.deframer.feed(ByteSpan(session.buffer).first(size));
          while (std::optional<RawMessage> message = session.deframer.next()) {
            {
              const std::lock_guard lock(mutex_);
              received_.push_back(*message);
            }
            changed_.notify_all();
            answer(session, *message);
          }
          read(session);
        });
  }

  void answer(Session& session, const RawMessage& message) {
    Bytes answer;
    {
      const std::lock_guard lock(mutex_);
      if (message.command == answer_command_) answer = answer_;
    }
    if (!answer.empty()) write_bytes(session, answer);
    if (message.command == Ping::kCommand && behaviour_.answers_pings) {
      write_bytes(session, frame(kRegtestMagic, Pong::kCommand, message.payload));
    }
    if (message.command == Version::kCommand && behaviour_.shakes_hands) {
      if (!session.greeted) {
        write(session, version_message("/fake:1/", behaviour_.version));
      }
      session.greeted = true;
      write(session, WtxidRelay{});
      write(session, SendAddrV2{});
      if (behaviour_.sends_verack) write(session, Verack{});
    }
  }

  template <WireMessage M>
  void write(Session& session, const M& message) {
    write_bytes(session, frame(kRegtestMagic, message));
  }
  void write_bytes(Session& session, ByteSpan bytes) {
    boost::system::error_code ignored;
    boost::asio::write(session.socket, boost::asio::buffer(bytes.data(), bytes.size()), ignored);
  }

  const Behaviour behaviour_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<RawMessage> received_;
  std::size_t closed_ = 0;
  std::string answer_command_;
  Bytes answer_;

  IoThread thread_;
  Tcp::acceptor acceptor_{thread_.io, {boost::asio::ip::address_v4::loopback(), 0}};
  const std::uint16_t port_ = acceptor_.local_endpoint().port();
  std::vector<std::unique_ptr<Session>> sessions_;  // the server's thread only
};

}  // namespace noderig::p2p::test
