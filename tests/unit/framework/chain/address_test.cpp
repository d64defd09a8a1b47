#include "script_from.h"

#include <gtest/gtest.h>

#include <noderig/framework/chain/address.h>
#include <utility>

namespace noderig {
namespace {

// From Bitcoin Core's key_io_valid.json.
const std::pair<std::string_view, std::string_view> kAddresses[] = {
    {"n4fajahJrAuKbN7uNsKjLjQkz9Qn5ewJXQ", "76a914fdeca3b08e38af53d7c4c60e3ad208ce5066441088ac"},
    {"2MxFajLApXpYk4VodBSZSt7rw8y4ryABkfA", "a91436e9f191e0b75036a77f65e2eaa4752443233fbe87"},
    {"bcrt1qdavt4j2sd7dlhqsavtnfxvzppw6k7qy97tmnu9",
     "00146f58bac9506f9bfb821d62e69330410bb56f0085"},
    {"bcrt1qan8gntac7z7me2ejt4hpru42ad2f759fmy0m3ejvs98656znv7eqga4uhv",
     "0020ecce89afb8f0bdbcab325d6e11f2aaeb549f50a9d91fb8e64c814faa685367b2"},
    {"bcrt1pfwxjqvtt4tcxrtdluukfmy2dv7xd2qzdfy6kajv5nwn4yam3wxkq3553uh",
     "51204b8d20316baaf061adbfe72c9d914d678cd5004d49356ec9949ba752777171ac"},
    {"bcrt1sx6p8njlx7h9mc2agz4yg82dzne23050ncq72cneeecez2pst8mahn8xecsf8g6hzx94420",
     "6028368279cbe6f5cbbc2ba8154883a9a29e5517d1f3c03cac4f39ce3225060b3efb799cd9c412746ae2"},
};

TEST(Address, MatchesKnownVectorsBothWays) {
  for (const auto& [address, script] : kAddresses) {
    SCOPED_TRACE(address);
    EXPECT_EQ(address_of(script_from(script)), address);
    EXPECT_EQ(script_for_address(address), script_from(script));
  }
}

TEST(Address, IsNoneForOtherScripts) {
  for (const auto* script : {"", "51", "6a0100", "0014", "001500",
                             "001300000000000000000000000000000000000000",  // 19 bytes
                             "5029000000000000000000000000000000000000000000000000000000000000"
                             "000000000000000000000000",  // OP_RESERVED
                             "76a914fdeca3b08e38af53d7c4c60e3ad208ce5066441088ad"}) {
    EXPECT_EQ(address_of(script_from(script)), std::nullopt) << script;
  }
}

TEST(Address, IsRefusedFromAnotherNetworkOrWithATypingError) {
  for (const auto* address : {"1NS17iag9jJgTHD1VXjvLCEnZuQ3rJED9L",  // mainnet
                              "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
                              "n4fajahJrAuKbN7uNsKjLjQkz9Qn5ewJXR", "", "1"}) {
    EXPECT_EQ(script_for_address(address), std::nullopt) << address;
  }
}

TEST(Address, FollowsTheFormat) {
  const AddressFormat format{.bech32_prefix = "rcrt"};
  const auto script = script_from("00146f58bac9506f9bfb821d62e69330410bb56f0085");
  const auto address = address_of(script, format);
  ASSERT_TRUE(address);
  EXPECT_TRUE(address->starts_with("rcrt1q"));
  EXPECT_EQ(script_for_address(*address, format), script);
  EXPECT_EQ(script_for_address(*address), std::nullopt);
}

}  // namespace
}  // namespace noderig
