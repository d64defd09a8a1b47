#include <arpa/inet.h>
#include <fmt/format.h>
#include <noderig/framework/bundle/pcap.h>
#include <noderig/p2p/transport/v1.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>

namespace noderig {
namespace {

using Entry = Timeline::Entry;
using Kind = Timeline::Kind;

constexpr std::uint32_t kPcapMagic = 0xa1b2c3d4;  // times in microseconds
constexpr std::uint32_t kLinkTypeRaw = 101;       // packets begin with the IP header
constexpr std::size_t kIpHeader = 20;
constexpr std::size_t kTcpHeader = 20;
// An IPv4 packet is at most 65,535 bytes long.
constexpr std::size_t kSegment = 32 * 1024;
constexpr std::uint8_t kFin = 0x01;
constexpr std::uint8_t kSyn = 0x02;
constexpr std::uint8_t kPush = 0x08;
constexpr std::uint8_t kAck = 0x10;

struct Endpoint {
  std::uint32_t address = 0;  // in the machine's byte order
  std::uint16_t port = 0;
};

std::optional<Endpoint> endpoint_of(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  in_addr address{};
  Endpoint endpoint;
  if (::inet_pton(AF_INET, std::string(text.substr(0, colon)).c_str(), &address) != 1) {
    return std::nullopt;
  }
  endpoint.address = ntohl(address.s_addr);
  const auto port = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
  if (error != std::errc() || end != port.data() + port.size()) return std::nullopt;
  return endpoint;
}

// Network byte order, the highest byte first.
template <typename Integer>
void put(std::string& to, Integer value) {
  for (int shift = (static_cast<int>(sizeof value) - 1) * 8; shift >= 0; shift -= 8) {
    to += static_cast<char>((value >> shift) & 0xff);
  }
}

// The sum that IP's and TCP's checksums are made of, continued over `bytes`.
std::uint32_t sum_of(std::string_view bytes, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(bytes[i]);
    sum += i % 2 == 0 ? static_cast<std::uint32_t>(byte) << 8 : byte;
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return sum;
}

std::uint16_t checksum_of(std::uint32_t sum) {
  sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

void set_checksum(std::string& header, std::size_t at, std::uint16_t sum) {
  header[at] = static_cast<char>(sum >> 8);
  header[at + 1] = static_cast<char>(sum & 0xff);
}

// One side of a connection.
struct Side {
  Endpoint end;
  std::uint32_t next = 0;  // the sequence number of its next byte
};

struct Stream {
  Side peer;
  Side node;
  bool peer_connected = true;  // which side opened it
  bool begun = false;
  bool over = false;
};

class PcapWriter {
 public:
  PcapWriter() {
    // The byte order is the writer's, which readers tell by the magic: here the network's.
    put(capture_.bytes, kPcapMagic);
    put(capture_.bytes, std::uint16_t{2});
    put(capture_.bytes, std::uint16_t{4});
    put(capture_.bytes, std::uint32_t{0});        // times are UTC
    put(capture_.bytes, std::uint32_t{0});        // and exact
    put(capture_.bytes, std::uint32_t{262'144});  // no packet was cut
    put(capture_.bytes, kLinkTypeRaw);
  }

  void begin(Stream& stream, const Entry& entry) {
    Side& client = stream.peer_connected ? stream.peer : stream.node;
    Side& server = stream.peer_connected ? stream.node : stream.peer;
    packet(entry, client, server, kSyn, {});
    packet(entry, server, client, kSyn | kAck, {});
    packet(entry, client, server, kAck, {});
    stream.begun = true;
    ++capture_.connections;
  }

  void message(Stream& stream, const Entry& entry) {
    Side& from = entry.sent ? stream.peer : stream.node;
    Side& to = entry.sent ? stream.node : stream.peer;
    std::string bytes;
    const auto append = [&bytes](ByteSpan more) {
      bytes.append(reinterpret_cast<const char*>(more.data()), more.size());
    };
    append(entry.header);
    // A received message was sound, so its header can be made again.
    if (!entry.sent) append(p2p::frame_header(p2p::kRegtestMagic, entry.name, entry.payload));
    append(entry.payload);
    const std::string_view all = bytes;
    for (std::size_t at = 0; at < all.size(); at += kSegment) {
      const bool last = at + kSegment >= all.size();
      packet(entry, from, to, last ? kPush | kAck : kAck, all.substr(at, kSegment));
    }
    ++capture_.messages;
  }

  void end(Stream& stream, const Entry& entry) {
    const bool by_node = entry.text.starts_with("the node closed");
    Side& first = by_node ? stream.node : stream.peer;
    Side& second = by_node ? stream.peer : stream.node;
    packet(entry, first, second, kFin | kAck, {});
    packet(entry, second, first, kFin | kAck, {});
    packet(entry, first, second, kAck, {});
    stream.over = true;
  }

  void made_up() { ++capture_.without_ends; }

  Capture take() { return std::move(capture_); }

 private:
  void packet(const Entry& entry, Side& from, const Side& to, std::uint8_t flags,
              std::string_view data) {
    std::string tcp;
    put(tcp, from.end.port);
    put(tcp, to.end.port);
    put(tcp, from.next);
    put(tcp, (flags & kAck) != 0 ? to.next : 0U);
    put(tcp, std::uint8_t{(kTcpHeader / 4) << 4});
    put(tcp, flags);
    put(tcp, std::uint16_t{0xffff});  // window
    put(tcp, std::uint32_t{0});       // checksum, to come; no urgent data

    const auto length = static_cast<std::uint16_t>(kIpHeader + kTcpHeader + data.size());
    std::string ip;
    put(ip, std::uint16_t{0x4500});
    put(ip, length);
    put(ip, ++identification_);
    put(ip, std::uint16_t{0x4000});  // never in fragments
    put(ip, std::uint8_t{64});
    put(ip, std::uint8_t{IPPROTO_TCP});
    put(ip, std::uint16_t{0});
    put(ip, from.end.address);
    put(ip, to.end.address);
    set_checksum(ip, 10, checksum_of(sum_of(ip)));

    // TCP's covers the addresses, the protocol and its own length as well.
    std::string pseudo = ip.substr(12, 8);
    put(pseudo, std::uint16_t{IPPROTO_TCP});
    put(pseudo, static_cast<std::uint16_t>(length - kIpHeader));
    set_checksum(tcp, 16, checksum_of(sum_of(data, sum_of(tcp, sum_of(pseudo)))));

    const auto micros =
        std::chrono::duration_cast<std::chrono::microseconds>(entry.time.time_since_epoch())
            .count();
    put(capture_.bytes, static_cast<std::uint32_t>(micros / 1'000'000));
    put(capture_.bytes, static_cast<std::uint32_t>(micros % 1'000'000));
    put(capture_.bytes, std::uint32_t{length});
    put(capture_.bytes, std::uint32_t{length});
    capture_.bytes.append(ip).append(tcp).append(data);

    const bool counts_one = (flags & (kSyn | kFin)) != 0;
    from.next += static_cast<std::uint32_t>(data.size()) + (counts_one ? 1 : 0);
  }

  Capture capture_;
  std::uint16_t identification_ = 0;
};

// Connections by number, with the ends that their opening tells: it may come behind the first
// message, which is queued before.
std::map<std::uint32_t, Stream> streams_of(const std::vector<Entry>& entries) {
  std::map<std::uint32_t, Stream> streams;
  for (const Entry& entry : entries) {
    if (entry.kind != Kind::Peer || entry.name != "opened") continue;
    const auto peer = endpoint_of(entry.text);
    const auto node = endpoint_of(entry.reply);
    if (!peer || !node) continue;
    streams[entry.connection] = {.peer = {*peer}, .node = {*node}, .peer_connected = entry.sent};
  }
  return streams;
}

// Addresses for documentation, 192.0.2.0/24, that no real connection has.
Stream made_up_stream(std::uint32_t connection) {
  constexpr std::uint32_t kDocumentation = 0xc0000200;
  return {.peer = {{kDocumentation + 2, static_cast<std::uint16_t>(40'000 + connection % 20'000)}},
          .node = {{kDocumentation + 1, 18444}}};
}

}  // namespace

Capture capture_of(const std::vector<Entry>& entries) {
  PcapWriter writer;
  std::map<std::uint32_t, Stream> streams = streams_of(entries);
  for (const Entry& entry : entries) {
    if (entry.connection == 0) continue;
    if (entry.kind != Kind::Message && entry.kind != Kind::Peer) continue;
    auto found = streams.find(entry.connection);
    if (found == streams.end()) {
      if (entry.kind != Kind::Message) continue;
      found = streams.emplace(entry.connection, made_up_stream(entry.connection)).first;
      writer.made_up();
    }
    Stream& stream = found->second;
    if (!stream.begun) writer.begin(stream, entry);
    if (stream.over) continue;
    if (entry.kind == Kind::Message) writer.message(stream, entry);
    if (entry.kind == Kind::Peer && entry.name == "closed") writer.end(stream, entry);
  }
  return writer.take();
}

}  // namespace noderig
