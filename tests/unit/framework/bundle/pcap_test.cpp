#include <noderig/framework/bundle/pcap.h>

#include <gmock/gmock.h>
#include <noderig/p2p/transport/v1.h>

#include <array>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {
namespace {

using namespace std::chrono_literals;
using testing::Each;
using testing::SizeIs;
using Entry = Timeline::Entry;
using Kind = Timeline::Kind;

constexpr std::size_t kFileHeader = 24;
constexpr std::size_t kPacketHeader = 16;

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  return value;
}

// The ones' complement sum over 16-bit words; 0xffff over a header whose checksum is right.
std::uint32_t sum(const std::string& bytes) {
  std::uint32_t total = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    total += number_at(bytes + '\0', i, 2);
    total = (total & 0xffff) + (total >> 16);
  }
  return total;
}

struct Packet {
  std::uint32_t seconds, micros;
  std::uint32_t from, to, from_port, to_port;
  std::uint32_t sequence, acknowledged, flags;
  std::uint32_t ip_sum, tcp_sum;  // 0xffff when the checksums are right
  std::string data;
};

std::vector<Packet> packets_of(const std::string& file) {
  std::vector<Packet> packets;
  for (std::size_t at = kFileHeader; at < file.size();) {
    const std::uint32_t length = number_at(file, at + 8, 4);
    const std::string ip = file.substr(at + kPacketHeader, length);
    EXPECT_EQ(ip.size(), length);
    EXPECT_EQ(number_at(ip, 0, 1), 0x45);
    EXPECT_EQ(number_at(ip, 2, 2), length);
    EXPECT_EQ(number_at(ip, 9, 1), 6);  // TCP
    const std::string tcp = ip.substr(20);
    const std::string pseudo = ip.substr(12, 8) + std::string("\0\6", 2) +
                               static_cast<char>(tcp.size() >> 8) +
                               static_cast<char>(tcp.size() & 0xff);
    packets.push_back({number_at(file, at, 4), number_at(file, at + 4, 4), number_at(ip, 12, 4),
                       number_at(ip, 16, 4), number_at(tcp, 0, 2), number_at(tcp, 2, 2),
                       number_at(tcp, 4, 4), number_at(tcp, 8, 4), number_at(tcp, 13, 1),
                       sum(ip.substr(0, 20)), sum(pseudo + tcp), tcp.substr(20)});
    at += kPacketHeader + length;
  }
  return packets;
}

class PcapTest : public testing::Test {
 protected:
  Entry opened(bool peer_connected = true) const {
    return {.time = std::chrono::system_clock::time_point(1'700'000'000'000'007us),
            .kind = Kind::Peer,
            .source = "peer",
            .name = "opened",
            .text = "127.5.5.2:40001",
            .reply = "127.5.5.1:18101",
            .sent = peer_connected,
            .connection = 1};
  }

  Entry sent(std::string_view command, const Bytes& payload) {
    headers_.push_back(p2p::frame_header(p2p::kRegtestMagic, command, payload));
    return {.kind = Kind::Message,
            .name = command,
            .sent = true,
            .connection = 1,
            .header = headers_.back(),
            .payload = payload};
  }

  static Entry received(std::string_view command, const Bytes& payload) {
    return {.kind = Kind::Message, .name = command, .connection = 1, .payload = payload};
  }

  static std::string framed(std::string_view command, const Bytes& payload) {
    const Bytes bytes = p2p::frame(p2p::kRegtestMagic, command, payload);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  std::deque<std::array<std::byte, p2p::kFrameHeaderSize>> headers_;
};

TEST_F(PcapTest, BeginsAsReadersExpect) {
  const std::string file = capture_of({}).bytes;
  ASSERT_THAT(file, SizeIs(kFileHeader));
  EXPECT_EQ(number_at(file, 0, 4), 0xa1b2c3d4);
  EXPECT_EQ(number_at(file, 4, 4), 0x00020004);
  EXPECT_GE(number_at(file, 16, 4), 65'535);
  EXPECT_EQ(number_at(file, 20, 4), 101);
}

TEST_F(PcapTest, MakesAStreamWithRightNumbersAndChecksums) {
  const Bytes odd(33, std::byte(7));
  const Bytes none;
  Entry closed = opened();
  closed.name = "closed";
  closed.text = "the node closed the connection";
  // The version is queued before the connection stands.
  const Capture capture = capture_of(
      {sent("version", odd), opened(), received("inv", odd), sent("verack", none), closed});
  EXPECT_EQ(capture.connections, 1);
  EXPECT_EQ(capture.messages, 3);
  EXPECT_EQ(capture.without_ends, 0);
  const auto packets = packets_of(capture.bytes);
  ASSERT_THAT(packets, SizeIs(3 + 3 + 3));
  std::map<std::uint32_t, std::uint32_t> next;  // by port
  std::map<std::uint32_t, std::string> streams;
  for (const Packet& packet : packets) {
    EXPECT_EQ(packet.ip_sum, 0xffff);
    EXPECT_EQ(packet.tcp_sum, 0xffff);
    EXPECT_EQ(packet.sequence, next[packet.from_port]);
    EXPECT_EQ(packet.acknowledged, (packet.flags & 0x10) != 0 ? next[packet.to_port] : 0);
    next[packet.from_port] += packet.data.size() + ((packet.flags & 0x03) != 0 ? 1 : 0);
    streams[packet.from_port] += packet.data;
  }
  EXPECT_EQ(packets[0].flags, 0x02);
  EXPECT_EQ(packets[0].from, 0x7f050502);
  EXPECT_EQ(packets[0].from_port, 40001);
  EXPECT_EQ(packets[0].to, 0x7f050501);
  EXPECT_EQ(packets[0].to_port, 18101);
  EXPECT_EQ(packets[6].from_port, 18101) << "the side that closed ends its stream first";
  EXPECT_EQ(packets[6].seconds, 1'700'000'000);
  EXPECT_EQ(packets[6].micros, 7);
  EXPECT_EQ(streams[40001], framed("version", odd) + framed("verack", none));
  EXPECT_EQ(streams[18101], framed("inv", odd));
}

TEST_F(PcapTest, TheNodeThatConnectedOpensTheStream) {
  const auto packets = packets_of(capture_of({opened(false)}).bytes);
  ASSERT_THAT(packets, SizeIs(3));
  EXPECT_EQ(packets[0].from_port, 18101);
}

TEST_F(PcapTest, CutsLargeMessagesIntoSegments) {
  const Bytes large(200'000, std::byte(3));
  const auto packets = packets_of(capture_of({opened(), received("block", large)}).bytes);
  std::string stream;
  for (const Packet& packet : packets) {
    EXPECT_LE(packet.data.size(), 65'535 - 40);
    EXPECT_EQ(packet.tcp_sum, 0xffff);
    stream += packet.data;
  }
  EXPECT_EQ(stream, framed("block", large));
}

TEST_F(PcapTest, SendsBytesThatAreNoMessageAsTheyAre) {
  const Bytes garbage(5, std::byte(0xee));
  Entry entry = sent("(bytes)", garbage);
  entry.header = {};
  const auto packets = packets_of(capture_of({opened(), entry}).bytes);
  EXPECT_EQ(packets.back().data, std::string(5, '\xee'));
}

TEST_F(PcapTest, MakesUpAddressesThatAreNoLongerKnown) {
  const Bytes none;
  const Capture capture = capture_of({received("verack", none)});
  EXPECT_EQ(capture.without_ends, 1);
  const auto packets = packets_of(capture.bytes);
  ASSERT_THAT(packets, SizeIs(4));
  EXPECT_EQ(packets[0].from & 0xffffff00, 0xc0000200);  // 192.0.2.x
}

}  // namespace
}  // namespace noderig
