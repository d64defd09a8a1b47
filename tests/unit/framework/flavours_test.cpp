#include <noderig/framework/node/flavours/flavour.h>

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>

#include <set>
#include <string>

namespace noderig {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;
using testing::Optional;
using testing::ThrowsMessage;

const NodePlace kPlace{
    .data_directory = "/data/node0", .host = "127.1.2.3", .p2p_port = 18444, .rpc_port = 18443};

TEST(Flavours, AreFoundByName) {
  EXPECT_EQ(&flavour_named("knots"), &kKnots);
  EXPECT_EQ(&flavour_named("bcoin"), &kBcoin);
  EXPECT_THAT([] { flavour_named("knot"); },
              ThrowsMessage<EnvironmentError>(HasSubstr("\"knot\"")));
}

TEST(Flavours, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const Flavour* flavour : flavours()) names.insert(flavour->name);
  EXPECT_EQ(names.size(), flavours().size());
}

TEST(Flavours, AreHeldToBehavioursThatAreLookedFor) {
  std::set<std::string> known;
  for (const auto& [name, meaning] : known_behaviours()) known.insert(name);
  for (const Flavour* flavour : flavours()) EXPECT_THAT(known, IsSupersetOf(flavour->always));
  EXPECT_THAT(kCore.always, Contains("punish-loopback"));
}

TEST(Bitcoind, ListensAtItsPlaceAlone) {
  DaemonProfile profile;
  profile.flavour = "knots";
  profile.options = {"whitelist"};
  const auto arguments = kKnots.place_arguments(profile, kPlace);
  EXPECT_THAT(arguments, Contains("-datadir=/data/node0"));
  EXPECT_THAT(arguments, Contains("-bind=127.1.2.3:18444"));
  EXPECT_THAT(arguments, Contains("-rpcbind=127.1.2.3"));
  EXPECT_THAT(arguments, Contains("-rpcport=18443"));
  EXPECT_THAT(arguments, Contains("-whitelist=in,out,noban@127.1.2.3"));
  EXPECT_THAT(kKnots.place_arguments({}, kPlace), Not(Contains(HasSubstr("whitelist"))));
}

TEST(Bitcoind, TakesAnArgumentAsItIs) {
  EXPECT_THAT(kCore.argument("-nosuchoption=1"), Optional(std::string("-nosuchoption=1")));
}

TEST(Bitcoind, HasACookie) {
  const auto auth = kCore.auth(kPlace);
  EXPECT_EQ(std::get<rpc::CookieFile>(auth).path, "/data/node0/regtest/.cookie");
}

TEST(Bcoin, ListensAtItsPlaceAlone) {
  const auto arguments = kBcoin.place_arguments({}, kPlace);
  EXPECT_THAT(arguments, Contains("--prefix=/data/node0"));
  EXPECT_THAT(arguments, Contains("--host=127.1.2.3"));
  EXPECT_THAT(arguments, Contains("--port=18444"));
  EXPECT_THAT(arguments, Contains("--http-host=127.1.2.3"));
  EXPECT_THAT(arguments, Contains("--http-port=18443"));
}

TEST(Bcoin, IsCalledWithTheKeyItWasStartedWith) {
  const auto auth = kBcoin.auth(kPlace);
  EXPECT_THAT(kBcoin.place_arguments({}, kPlace),
              Contains("--api-key=" + std::get<rpc::UserPassword>(auth).password));
}

TEST(Bcoin, TakesBitcoindsOptionsInItsOwnWords) {
  EXPECT_THAT(kBcoin.argument("-txindex"), Optional(std::string("--index-tx=1")));
  EXPECT_THAT(kBcoin.argument("-txindex=0"), Optional(std::string("--index-tx=0")));
  EXPECT_THAT(kBcoin.argument("-maxmempool=5"), Optional(std::string("--mempool-size=5")));
  EXPECT_THAT(kBcoin.argument("-acceptnonstdtxn=1"), Optional(std::string("--require-standard=0")));
  EXPECT_THAT(kBcoin.argument("-acceptnonstdtxn=0"), Optional(std::string("--require-standard=1")));
}

TEST(Bcoin, LeavesOutWhatHasNoMeaningForIt) {
  EXPECT_THAT(kBcoin.argument("-checkblockindex=0"), Optional(std::string()));
  EXPECT_THAT(kBcoin.argument("-debug"), Optional(std::string()));
}

TEST(Bcoin, HasNoOtherOptions) {
  EXPECT_EQ(kBcoin.argument("-prune=550"), std::nullopt);
  EXPECT_EQ(kBcoin.argument("-"), std::nullopt);
  EXPECT_EQ(kBcoin.argument(""), std::nullopt);
  for (const std::string& option : kBcoin.options("bcoin")) {
    EXPECT_NE(kBcoin.argument("-" + option + "=1"), std::nullopt) << option;
  }
}

}  // namespace
}  // namespace noderig
