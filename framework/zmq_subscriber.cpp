#include <dlfcn.h>
#include <fmt/format.h>
#include <noderig/framework/assert.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/zmq_subscriber.h>
#include <noderig/framework/zmq_transport.h>
#include <algorithm>
#include <mutex>
#include <ostream>
#include <set>

namespace noderig {
namespace {

using SteadyClock = std::chrono::steady_clock;
using ErrorKind = ZmqError::Kind;

// How long sync() waits for its first block to show, and twice as long for each that follows: the
// node takes up a subscription within a millisecond or two, and a block that it takes up later
// costs less than a long wait for one that it has missed.
constexpr std::chrono::milliseconds kSyncRound{10};
// Found beside the library.
constexpr const char* kTransportModule = "libnoderig_zmq.so";
constexpr std::size_t kSequenceBlockBytes = 33;
constexpr std::size_t kSequenceTransactionBytes = 41;
// How many of what came instead a failure shows.
constexpr std::size_t kShown = 5;

// What makes transports; loads their module once. Throws EnvironmentError.
auto transport_maker() {
  static void* const maker = [] {
    void* const module = ::dlopen(kTransportModule, RTLD_NOW | RTLD_LOCAL);
    void* const found = module ? ::dlsym(module, "noderig_make_zmq_transport") : nullptr;
    if (found == nullptr) {
      throw EnvironmentError(fmt::format("{} does not load: {}", kTransportModule, ::dlerror()));
    }
    return found;
  }();
  return reinterpret_cast<decltype(&detail::noderig_make_zmq_transport)>(maker);
}

[[noreturn]] void malformed(const ZmqNotification& notification, const std::string& what) {
  throw ZmqError(
      ErrorKind::Malformed,
      fmt::format("the ZMQ notification {} #{} with {} bytes is not {}", notification.topic,
                  notification.number, notification.body.size(), what));
}

// Hashes come in the order in which they are printed.
Uint256 printed_hash(ByteSpan bytes) {
  std::array<std::byte, Uint256::kSize> wire;
  std::reverse_copy(bytes.begin(), bytes.begin() + Uint256::kSize, wire.begin());
  return Uint256(wire);
}

template <typename T>
T decode_body(const ZmqNotification& notification, const char* what) {
  p2p::Decoded<T> value = p2p::decode_as<T>(notification.body);
  if (!value) malformed(notification, fmt::format("{}: {}", what, value.error().to_string()));
  return *std::move(value);
}

}  // namespace

// ------------------------------------------------------------------------------- Notifications

std::string SequenceEvent::to_string() const {
  return mempool_sequence ? fmt::format("{} {} {}", static_cast<char>(label), *mempool_sequence,
                                        hash.to_string())
                          : fmt::format("{} {}", static_cast<char>(label), hash.to_string());
}

std::ostream& operator<<(std::ostream& out, const SequenceEvent& event) {
  return out << event.to_string();
}

Uint256 ZmqNotification::hash() const {
  if (body.size() != Uint256::kSize) malformed(*this, "a hash");
  return printed_hash(body);
}

p2p::Block ZmqNotification::block() const {
  return decode_body<p2p::Block>(*this, "a block");
}

p2p::Transaction ZmqNotification::transaction() const {
  return decode_body<p2p::Transaction>(*this, "a transaction");
}

SequenceEvent ZmqNotification::sequence_event() const {
  if (body.size() < kSequenceBlockBytes) malformed(*this, "a hash and a label");
  const auto label = static_cast<SequenceEvent::Label>(body[Uint256::kSize]);
  SequenceEvent event{label, printed_hash(body)};
  switch (label) {
    case SequenceEvent::Label::BlockConnected:
    case SequenceEvent::Label::BlockDisconnected:
      if (body.size() != kSequenceBlockBytes) malformed(*this, "a block's event");
      return event;
    case SequenceEvent::Label::TransactionAdded:
    case SequenceEvent::Label::TransactionRemoved:
      if (body.size() != kSequenceTransactionBytes) malformed(*this, "a transaction's event");
      event.mempool_sequence =
          p2p::Reader(ByteSpan(body).subspan(kSequenceBlockBytes)).integer<std::uint64_t>("number");
      return event;
  }
  malformed(*this, "an event with a known label");
}

bool ZmqNotification::shows(const BuiltBlock& connected) const {
  if (topic == "hashblock") return hash() == connected.hash();
  if (topic == "rawblock") return block().hash() == connected.hash();
  if (topic == "hashtx") return hash() == connected.coinbase().txid();
  if (topic == "rawtx") return transaction().txid() == connected.coinbase().txid();
  return sequence_event() == SequenceEvent::connected(connected.hash());
}

std::string ZmqNotification::to_string() const {
  std::string shown = fmt::format("{} bytes", body.size());
  try {
    if (topic.starts_with("hash")) shown = hash().to_string();
    if (topic == "sequence") shown = sequence_event().to_string();
  } catch (const ZmqError& error) {
    shown = error.what();
  }
  return fmt::format("{} #{}: {}", topic, number, shown);
}

// --------------------------------------------------------------------------------- The transport

struct ZmqSubscriber::Transport {
  std::unique_ptr<detail::ZmqTransport> socket;

  std::mutex mutex;  // guards the reason
  std::string interrupt_reason;

  void throw_if_interrupted() {
    const std::lock_guard lock(mutex);
    if (!interrupt_reason.empty()) throw ZmqError(ErrorKind::Interrupted, interrupt_reason);
  }
};

ZmqSubscriber::ZmqSubscriber(ZmqSubscriberOptions options)
    : options_(std::move(options)), transport_(std::make_unique<Transport>()) {
  try {
    transport_->socket.reset(
        transport_maker()({options_.endpoint, options_.topics, options_.receive_hwm}));
  } catch (const std::invalid_argument& error) {
    throw ZmqError(ErrorKind::Connect, fmt::format("{}: can't connect to \"{}\": {}", options_.name,
                                                   options_.endpoint, error.what()));
  }
}

ZmqSubscriber::~ZmqSubscriber() = default;

void ZmqSubscriber::interrupt(const std::string& reason) {
  {
    const std::lock_guard lock(transport_->mutex);
    if (!transport_->interrupt_reason.empty()) return;
    transport_->interrupt_reason = reason.empty() ? "interrupted" : reason;
  }
  transport_->socket->wake();
}

bool ZmqSubscriber::receive(SteadyClock::time_point end) {
  transport_->throw_if_interrupted();
  std::vector<Bytes> parts = transport_->socket->receive(end);
  transport_->throw_if_interrupted();
  if (parts.empty()) return false;
  if (parts.size() != 3 || parts[2].size() != sizeof(std::uint32_t)) {
    throw ZmqError(ErrorKind::Malformed,
                   fmt::format("{}: a notification has {} parts where topic, body and a number of "
                               "four bytes were expected",
                               options_.name, parts.size()));
  }
  take_in({.topic = {reinterpret_cast<const char*>(parts[0].data()), parts[0].size()},
           .body = std::move(parts[1]),
           .number = p2p::Reader(parts[2]).integer<std::uint32_t>("number")});
  return true;
}

void ZmqSubscriber::take_in(ZmqNotification notification) {
  if (options_.timeline != nullptr) {
    options_.timeline->add(Timeline::Kind::Message, options_.name,
                           "<- " + notification.to_string());
  }
  const auto [next, first] = next_number_.try_emplace(notification.topic, notification.number);
  if (!first && notification.number != next->second && !options_.allow_gaps) {
    throw ZmqError(ErrorKind::Lost,
                   fmt::format("{}: after {} #{} came #{}", options_.name, notification.topic,
                               next->second - 1, notification.number));
  }
  next->second = notification.number + 1;
  inbox_.push_back(std::move(notification));
}

// -------------------------------------------------------------------------------------- Waiting

std::chrono::milliseconds ZmqSubscriber::scaled(Bound bound) const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(bound.value_or(options_.timeout) *
                                                               options_.timeout_factor);
}

std::shared_ptr<void> ZmqSubscriber::enter_wait(std::string_view what) const {
  if (options_.waits == nullptr) return {};
  return options_.waits->enter(
      fmt::format("{}: waits for {} from {}", options_.name, what, options_.endpoint));
}

int ZmqSubscriber::sync(const std::function<BuiltBlock()>& mine) {
  const auto mark = enter_wait("a block in every topic");
  const SteadyClock::time_point begin = SteadyClock::now();
  const SteadyClock::time_point end = begin + scaled({});
  std::chrono::milliseconds round = scaled(kSyncRound);
  for (int rounds = 1;; ++rounds, round *= 2) {
    const BuiltBlock block = mine();
    const SteadyClock::time_point round_end = std::min(SteadyClock::now() + round, end);
    std::set<std::string, std::less<>> missing(options_.topics.begin(), options_.topics.end());
    while (true) {
      for (; !inbox_.empty(); inbox_.pop_front()) {
        if (inbox_.front().shows(block)) missing.erase(inbox_.front().topic);
      }
      if (missing.empty()) return rounds;
      if (!receive(round_end)) break;
    }
    if (SteadyClock::now() >= end) {
      throw ZmqError(ErrorKind::Timeout,
                     fmt::format("{}: {} blocks were mined and {} showed none of them at {}",
                                 options_.name, rounds, *missing.begin(), options_.endpoint));
    }
  }
}

ZmqNotification ZmqSubscriber::take(std::string_view topic, SteadyClock::time_point begin,
                                    std::chrono::milliseconds bound,
                                    const std::source_location& where) {
  const auto mark = enter_wait(topic.empty() ? "a notification" : topic);
  std::size_t seen = 0;
  while (true) {
    for (; seen < inbox_.size(); ++seen) {
      if (!topic.empty() && inbox_[seen].topic != topic) continue;
      ZmqNotification found = std::move(inbox_[seen]);
      inbox_.erase(inbox_.begin() + static_cast<std::ptrdiff_t>(seen));
      return found;
    }
    if (receive(begin + bound)) continue;
    std::string instead;
    for (std::size_t i = inbox_.size() - std::min(inbox_.size(), kShown); i < inbox_.size(); ++i) {
      instead += (instead.empty() ? "" : ", ") + inbox_[i].to_string();
    }
    throw ZmqError(ErrorKind::Timeout,
                   fmt::format("{}: no {} within {} ms; {} at {}:{}", options_.name,
                               topic.empty() ? "notification" : topic, bound.count(),
                               instead.empty() ? "nothing else came" : "instead came " + instead,
                               detail::short_path(where.file_name()), where.line()));
  }
}

ZmqNotification ZmqSubscriber::expect(std::string_view topic, Bound bound,
                                      std::source_location where) {
  return take(topic, SteadyClock::now(), scaled(bound), where);
}

ZmqNotification ZmqSubscriber::expect(Bound bound, std::source_location where) {
  return take({}, SteadyClock::now(), scaled(bound), where);
}

std::vector<SequenceEvent> ZmqSubscriber::expect_sequence(std::size_t count, Bound bound,
                                                          std::source_location where) {
  const SteadyClock::time_point begin = SteadyClock::now();
  std::vector<SequenceEvent> events;
  while (events.size() < count) {
    events.push_back(take("sequence", begin, scaled(bound), where).sequence_event());
  }
  return events;
}

}  // namespace noderig
