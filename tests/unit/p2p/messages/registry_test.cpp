#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <noderig/p2p/messages/registry.h>

#include <set>

#include "samples.h"

namespace noderig::p2p {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Registry, CommandsAreUniqueAndFitAFrame) {
  const auto commands = all_commands();
  EXPECT_EQ(std::set(commands.begin(), commands.end()).size(), commands.size());
  for (const std::string_view command : commands) EXPECT_LE(command.size(), 12U) << command;
}

// The commands a current node speaks, written out: a misspelt name would agree with itself in every
// other test.
TEST(Registry, HasEveryMessageOfACurrentNode) {
  const std::set<std::string_view> expected = {
      "version",      "verack",      "wtxidrelay",   "sendaddrv2",  "sendheaders", "sendcmpct",
      "ping",         "pong",        "addr",         "addrv2",      "inv",         "getdata",
      "notfound",     "getblocks",   "getheaders",   "headers",     "block",       "tx",
      "mempool",      "getblocktxn", "blocktxn",     "cmpctblock",  "feefilter",   "getaddr",
      "filterload",   "filteradd",   "filterclear",  "merkleblock", "getcfilters", "cfilter",
      "getcfheaders", "cfheaders",   "getcfcheckpt", "cfcheckpt",   "sendtxrcncl", "reject",
      "feature"};
  EXPECT_EQ(std::set(all_commands().begin(), all_commands().end()), expected);
}

TEST(Registry, KeepsUnknownMessagesRaw) {
  const Bytes payload = bytes_from_hex("0102");
  const Message message = decode_message("hello", payload).value();
  EXPECT_EQ(message, Message(RawMessage{"hello", payload}));
  EXPECT_EQ(to_raw(message), (RawMessage{"hello", payload}));
  EXPECT_EQ(describe_message("hello", payload), "hello 2 bytes 0102");
  EXPECT_EQ(describe_message("two words\n", {}), "\"two words\\x0a\" 0 bytes");
}

TEST(Registry, DescribesWhatDoesNotDecode) {
  const std::string text = describe_message("ping", bytes_from_hex("010203"));
  EXPECT_THAT(text, HasSubstr("ping 3 bytes 010203 (truncated at offset 0"));
}

TEST(Describe, NamesTheFields) {
  EXPECT_EQ(describe_message("ping", bytes_from_hex("0100000000000000")),
            "ping nonce=0000000000000001");
  EXPECT_EQ(describe_message("verack", {}), "verack");
  EXPECT_EQ(describe_message(SendCmpct{.announce = 1, .version = 2}),
            "sendcmpct announce=1 version=2");
  EXPECT_EQ(describe_message(FeeFilter{Amount::sat(1000)}), "feefilter fee_rate=0.00001000");
  EXPECT_THAT(describe_message(test::sample<Version>()),
              HasSubstr("services=0x9 (network, witness) time=1600000000"));
}

TEST(Describe, PrintsHashesAsNodesDo) {
  const std::string genesis = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206";
  const GetData message{.items = {{InvType::WitnessBlock, Uint256::from_hex(genesis)}}};
  EXPECT_EQ(describe_message(message), "getdata 1 [witness_block " + genesis + "]");
}

TEST(Describe, ShortensLongLists) {
  Inv inv;
  inv.items.resize(50'000);
  const std::string text = inv.describe();
  EXPECT_TRUE(text.starts_with("50000 [")) << text;
  EXPECT_TRUE(text.ends_with(", ...]")) << text;
  EXPECT_LT(text.size(), 400U);
  inv.items.resize(4);
  EXPECT_THAT(inv.describe(), Not(HasSubstr("...")));
}

TEST(Describe, EscapesWhatThePeerChose) {
  Version version;
  version.user_agent = "/a\"b\n\xff/";
  EXPECT_THAT(version.describe(), HasSubstr(R"(user_agent="/a\"b\x0a\xff/")"));
}

}  // namespace
}  // namespace noderig::p2p
