// Messages against bytes that others made: a real node's, the BIPs' and the protocol's
// documentation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "real_payloads.h"
#include "samples.h"

namespace noderig::p2p {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

template <WireMessage M>
M real(std::string_view command = M::kCommand) {
  return decode_as<M>(bytes_from_hex(test::real_payload(command))).value();
}

TEST(RealPayloads, DecodeAndEncodeToTheSameBytes) {
  for (const auto& [command, hex] : test::kRealPayloads) {
    const Decoded<Message> decoded = decode_message(command, bytes_from_hex(hex));
    ASSERT_TRUE(decoded) << command << ": " << decoded.error().to_string();
    EXPECT_FALSE(std::holds_alternative<RawMessage>(*decoded)) << command;
    EXPECT_EQ(to_hex(to_raw(*decoded).payload), hex) << command;
  }
}

TEST(RealPayloads, VersionSaysWhatTheNodeIs) {
  const auto version = real<Version>();
  EXPECT_EQ(version.version, 70016);
  EXPECT_EQ(version.services & kNodeNetwork, kNodeNetwork);
  EXPECT_EQ(version.services & kNodeCompactFilters, kNodeCompactFilters);
  EXPECT_EQ(version.services & kNodeP2pV2, kNodeP2pV2);
  EXPECT_EQ(version.user_agent, "/Satoshi:29.4.2/Knots:20260508/");
  EXPECT_EQ(version.start_height, 102);
  EXPECT_TRUE(version.relay);
  EXPECT_EQ(version.addr_from.services, version.services);
}

TEST(RealPayloads, SendCmpctAsksForLowBandwidthVersionTwo) {
  EXPECT_EQ(real<SendCmpct>(), (SendCmpct{.announce = 0, .version = 2}));
}

TEST(RealPayloads, FeeFilterIsAnAmount) {
  EXPECT_EQ(real<FeeFilter>().fee_rate, Amount::sat(100));
}

TEST(RealPayloads, HeadersChainToEachOther) {
  const auto headers = real<Headers>();
  ASSERT_THAT(headers.headers, SizeIs(3));
  EXPECT_EQ(headers.headers[1].previous, headers.headers[0].hash());
  EXPECT_EQ(headers.headers[2].previous, headers.headers[1].hash());
}

TEST(RealPayloads, MessagesAboutOneBlockAgree) {
  const auto block = real<BlockMessage>().block;
  const Uint256 hash = block.header.hash();
  EXPECT_EQ(real<CmpctBlock>().block.header, block.header);
  EXPECT_EQ(real<MerkleBlock>().header, block.header);
  const auto txn = real<BlockTxn>();
  EXPECT_EQ(txn.block_hash, hash);
  EXPECT_THAT(txn.transactions, ElementsAre(block.transactions.at(1)));
  EXPECT_EQ(real<TxMessage>().tx, block.transactions.at(1));
  EXPECT_EQ(real<Inv>().items,
            (std::vector<InvItem>{{InvType::Wtx, block.transactions.at(1).wtxid()}}));
}

TEST(RealPayloads, FilterHeadersFollowFromTheHashes) {
  EXPECT_THAT(real<CFHeaders>().filter_hashes, SizeIs(3));
  EXPECT_THAT(real<CFCheckpt>().filter_headers, SizeIs(1));
  EXPECT_EQ(real<CFilter>().filter, bytes_from_hex("01644b50"));
}

// The example of the protocol documentation: one address, 10.0.0.1:8333.
TEST(Addr, DecodesTheDocumentedExample) {
  const Bytes payload =
      bytes_from_hex("01e215104d010000000000000000000000000000000000ffff0a000001208d");
  const Addr addr = decode_as<Addr>(payload).value();
  ASSERT_THAT(addr.addresses, SizeIs(1));
  EXPECT_EQ(addr.addresses[0].time.time_since_epoch().count(), 0x4d1015e2);
  EXPECT_EQ(addr.addresses[0].address, NetAddress::ipv4({10, 0, 0, 1}, 8333, kNodeNetwork));
  EXPECT_EQ(addr.addresses[0].address.to_string(), "10.0.0.1:8333");
  EXPECT_EQ(encode_of(addr), payload);
}

TEST(NetAddress, PrintsIpv6InBrackets) {
  const Bytes bytes = bytes_from_hex("010000000000000020010db8000000000000000000000001208d");
  EXPECT_EQ(decode_as<NetAddress>(bytes).value().to_string(), "[2001:db8::1]:8333");
}

// The addresses of Bitcoin Core's own addrv2 serialisation tests.
TEST(AddrV2, DecodesKnownBytes) {
  const Bytes payload = bytes_from_hex(
      "03"
      "61bc6649"
      "00"
      "02"
      "10"
      "00000000000000000000000000000001"
      "0000"
      "79627683"
      "01"
      "02"
      "10"
      "00000000000000000000000000000001"
      "00f1"
      "ffffffff"
      "fd4804"
      "02"
      "10"
      "00000000000000000000000000000001"
      "f1f2");
  const AddrV2 message = decode_as<AddrV2>(payload).value();
  ASSERT_THAT(message.addresses, SizeIs(3));
  EXPECT_EQ(message.addresses[0].to_string(), "[::1]:0");
  EXPECT_EQ(message.addresses[1].services, kNodeNetwork);
  EXPECT_EQ(message.addresses[1].port, 0x00f1);
  EXPECT_EQ(message.addresses[2].time.time_since_epoch().count(), 0xffffffff);
  EXPECT_EQ(message.addresses[2].services,
            kNodeWitness | kNodeCompactFilters | kNodeNetworkLimited);
  EXPECT_EQ(encode_of(message), payload);
}

struct NetworkCase {
  std::string_view hex;  // network, length, address
  AddressNetwork network;
  std::string_view text;
};

// One address of each network of BIP155.
TEST(AddrV2, KnowsTheNetworksOfBip155) {
  const NetworkCase cases[] = {
      {"010401020304", AddressNetwork::Ipv4, "1.2.3.4:8333"},
      {"02101a1b2a2b3a3b4a4b5a5b6a6b7a7b8a8b", AddressNetwork::Ipv6,
       "[1a1b:2a2b:3a3b:4a4b:5a5b:6a6b:7a7b:8a8b]:8333"},
      {"030af1f2f3f4f5f6f7f8f9fa", AddressNetwork::TorV2, "tor_v2 f1f2f3f4f5f6f7f8f9fa:8333"},
      {"042079bcc625184b05194975c28b66b66b0469f7f6556fb1ac3189a79b40dda32f1f",
       AddressNetwork::TorV3,
       "tor_v3 79bcc625184b05194975c28b66b66b0469f7f6556fb1ac3189a79b40dda32f1f:8333"},
      {"0520a2894dabaec08c0051a481a6dac88b64f98232ae42d4b6fd2fa81952dfe36a87", AddressNetwork::I2p,
       "i2p a2894dabaec08c0051a481a6dac88b64f98232ae42d4b6fd2fa81952dfe36a87:8333"},
      {"0610fc000001000200030004000500060007", AddressNetwork::Cjdns, "[fc00:1:2:3:4:5:6:7]:8333"},
      {"07100200000100020003000400050006ffff", AddressNetwork::Yggdrasil,
       "[200:1:2:3:4:5:6:ffff]:8333"},
      {"aa0401020304", AddressNetwork{0xaa}, "network_170 01020304:8333"},
      {"aa00", AddressNetwork{0xaa}, "network_170 :8333"},
  };
  for (const NetworkCase& one : cases) {
    const Bytes bytes = bytes_from_hex("61bc664901" + std::string(one.hex) + "208d");
    const Decoded<AddressV2> decoded = decode_as<AddressV2>(bytes);
    ASSERT_TRUE(decoded) << one.hex << ": " << decoded.error().to_string();
    EXPECT_EQ(decoded->network, one.network);
    EXPECT_EQ(decoded->to_string(), one.text);
    EXPECT_EQ(encode_of(*decoded), bytes);
  }
}

TEST(AddrV2, RefusesAddressesOfTheWrongLength) {
  for (const char* hex : {"010301020304", "01050102030405", "0204010203040",
                          "0309f1f2f3f4f5f6f7f8f9", "0400", "052179", "060100", "0700"}) {
    std::string padded = "61bc664901" + std::string(hex);
    padded.resize(200, '0');
    const auto decoded = decode_as<AddressV2>(bytes_from_hex(padded));
    ASSERT_FALSE(decoded) << hex;
    EXPECT_EQ(decoded.error().fault, DecodeFault::Malformed) << hex;
    EXPECT_EQ(decoded.error().offset, 6U) << hex;
  }
}

// BIP152: the first index counts from zero, each later one from the place after the one before it.
TEST(GetBlockTxn, WritesIndexesAsDifferences) {
  const GetBlockTxn message{.block_hash = test::sample_hash(1), .indexes = {0, 1, 3, 260}};
  const Bytes payload = encode_of(message);
  EXPECT_EQ(to_hex(ByteSpan(payload).subspan(32)), "04000001fd0001");
}

TEST(GetBlockTxn, RefusesIndexesPast65535) {
  const Bytes payload = bytes_from_hex(std::string(64, '0') + "02fdffff00");
  const auto decoded = decode_as<GetBlockTxn>(payload);
  ASSERT_FALSE(decoded);
  EXPECT_GE(decoded.error().offset, 36U);
}

TEST(SendCmpct, CarriesAnyAnnounceByte) {
  EXPECT_EQ(to_hex(encode_of(SendCmpct{.announce = 2, .version = 1})), "020100000000000000");
  EXPECT_EQ(decode_as<SendCmpct>(bytes_from_hex("020100000000000000")).value().announce, 2);
}

TEST(Version, HasNoRelayFieldBeforeBip37) {
  Version version = test::sample<Version>();
  const std::size_t size = encode_of(version).size();
  version.version = 70000;
  version.relay = true;
  EXPECT_EQ(encode_of(version).size(), size - 1);
  EXPECT_EQ(decode_as<Version>(encode_of(version)).value(), version);
}

TEST(Version, RefusesRelayThatIsNoBoolean) {
  Bytes payload = encode_of(test::sample<Version>());
  payload.back() = std::byte{2};
  const auto decoded = decode_as<Version>(payload);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().fault, DecodeFault::Malformed);
  EXPECT_EQ(decoded.error().offset, payload.size() - 1);
}

TEST(Headers, RefusesTransactionsBehindAHeader) {
  Bytes payload = encode_of(test::sample<Headers>());
  payload[1 + 80] = std::byte{1};
  const auto decoded = decode_as<Headers>(payload);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().fault, DecodeFault::Malformed);
  EXPECT_EQ(decoded.error().offset, 81U);
}

TEST(Reject, HasAHashOnlyForTransactionsAndBlocks) {
  EXPECT_EQ(to_hex(encode_of(Reject{.message = "tx", .code = 0x40, .reason = "dust", .hash = {}})),
            "02747840"
            "0464757374" +
                std::string(64, '0'));
  EXPECT_EQ(to_hex(encode_of(Reject{.message = "version", .code = 0x11, .reason = "", .hash = {}})),
            "0776657273696f6e"
            "11"
            "00");
}

TEST(Inv, KeepsUnknownTypes) {
  const Inv inv{.items = {{static_cast<InvType>(9), test::sample_hash(0)}}};
  EXPECT_EQ(decode_as<Inv>(encode_of(inv)).value(), inv);
  EXPECT_THAT(inv.describe(), HasSubstr("0x00000009"));
}

}  // namespace
}  // namespace noderig::p2p
