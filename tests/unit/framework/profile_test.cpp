#include <noderig/framework/node/profile.h>

#include "support.h"

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>

#include <string>

namespace noderig {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;
using testing::UnorderedElementsAre;

DaemonProfile some_profile() {
  return {.flavour = "knots",
          .version = "29.1",
          .executable = "/usr/bin/bitcoind",
          .options = {"regtest", "debug", "prune"},
          .rpcs = {"getblock", "wallet"},
          .behaviours = {"zmq", "option:odd"}};
}

// A program that answers as the daemon would.
fs::path fake_daemon(const TemporaryDirectory& directory, const std::string& script) {
  const auto file = directory.write("fake daemon", "#!/bin/sh\n" + script);
  fs::permissions(file, fs::perms::owner_all);
  return file;
}

TEST(DaemonProfile, CanWhatItsKindOfNameSays) {
  const DaemonProfile profile = some_profile();
  EXPECT_TRUE(profile.can("rpc:getblock"));
  EXPECT_TRUE(profile.can("option:prune"));
  EXPECT_TRUE(profile.can("zmq"));
  EXPECT_FALSE(profile.can("rpc:getblockhash"));
  EXPECT_FALSE(profile.can("option:getblock"));
  EXPECT_FALSE(profile.can("wallet"));  // an RPC of that name is no behaviour
  EXPECT_FALSE(profile.can("prune"));
  EXPECT_FALSE(profile.can("rpc:"));
  EXPECT_FALSE(profile.can(""));
}

TEST(DaemonProfile, IsHeldToWhatEveryVersionOfItsFlavourHas) {
  DaemonProfile profile;
  EXPECT_FALSE(profile.can("punish-loopback"));
  profile.flavour = "knots";
  EXPECT_FALSE(profile.can("punish-loopback"));
  EXPECT_TRUE(profile.can("verifychain-answers"));
  profile.flavour = "core";
  EXPECT_TRUE(profile.can("punish-loopback"));
}

TEST(DaemonProfile, NamesTheFirstCapabilityItLacks) {
  const DaemonProfile profile = some_profile();
  EXPECT_EQ(profile.lacks({}), "");
  EXPECT_EQ(profile.lacks({"rpc:getblock", "zmq"}), "");
  EXPECT_EQ(profile.lacks({"zmq", "rpc:getblockhash", "wallet"}),
            "knots 29.1 lacks rpc:getblockhash");
}

TEST(DaemonProfile, NamesTheOptionThatCannotBeSaidToIt) {
  DaemonProfile profile = some_profile();
  EXPECT_EQ(profile.lacks({}, {"-nosuchoption=1"}), "");  // bitcoind refuses it in its own words
  profile.flavour = "bcoin";
  EXPECT_EQ(profile.lacks({}, {"-txindex", "-debug=net"}), "");
  EXPECT_EQ(profile.lacks({}, {"-txindex", "-assumevalid=00ff"}),
            "bcoin 29.1 lacks option:assumevalid");
}

TEST(DaemonProfile, ComesBackFromJson) {
  const DaemonProfile profile = some_profile();
  const auto back = nlohmann::json(profile).get<DaemonProfile>();
  EXPECT_EQ(back.to_string(), "knots 29.1");
  EXPECT_EQ(back.executable, profile.executable);
  EXPECT_EQ(back.options, profile.options);
  EXPECT_EQ(back.rpcs, profile.rpcs);
  EXPECT_EQ(back.behaviours, profile.behaviours);
}

TEST(DefaultArguments, LeaveOutOptionsTheDaemonDoesNotKnow) {
  EXPECT_THAT(default_arguments(some_profile()),
              ElementsAre("-regtest", "-debug=1"));  // -debugexclude begins as -debug does
  DaemonProfile other = some_profile();
  other.options = {"debugexclude"};
  EXPECT_THAT(default_arguments(other), Each(HasSubstr("-debugexclude=")));
}

TEST(IdentifyDaemon, ReadsFlavourVersionAndOptions) {
  const TemporaryDirectory directory;
  const auto daemon = fake_daemon(directory, R"(
case "$1" in
  --version) echo "Bitcoin Knots daemon version v29.1.knots20250903 bitcoind"; echo more ;;
  -help-debug) echo "Options:"; echo "  -prune=<n>"; echo "       Not -this one"; echo "  -regtest" ;;
esac)");
  const DaemonProfile profile = identify_daemon(daemon);
  EXPECT_EQ(profile.to_string(), "knots 29.1.knots20250903");
  EXPECT_EQ(profile.executable, daemon);
  EXPECT_THAT(profile.options, UnorderedElementsAre("prune", "regtest"));
}

TEST(IdentifyDaemon, TellsCoreFromKnots) {
  const TemporaryDirectory directory;
  const auto daemon = fake_daemon(directory, "echo 'Bitcoin Core daemon version v30.0.0 bitcoind'");
  EXPECT_EQ(identify_daemon(daemon).to_string(), "core 30.0.0");
}

// bcoin says no more than a number, as many programs do.
TEST(IdentifyDaemon, AsksAProgramThatPrintsANumberWhetherItIsBcoin) {
  const TemporaryDirectory directory;
  const std::string number = "case \"$1\" in --version) echo 1.0.2;; --help) ";
  const auto daemon =
      fake_daemon(directory, number + "echo 'See the bcoin wiki' >&2; exit 1;; esac");
  EXPECT_EQ(identify_daemon(daemon).to_string(), "bcoin 1.0.2");
  const auto other = fake_daemon(directory, number + "echo 'Usage: something';; esac");
  EXPECT_THAT([&] { identify_daemon(other); },
              ThrowsMessage<EnvironmentError>(HasSubstr("printed \"1.0.2\"")));
}

TEST(IdentifyDaemon, LeavesTheUsersHomeAlone) {
  const TemporaryDirectory directory;
  const auto daemon = fake_daemon(directory, R"(
case "$2" in -datadir=/*) echo "Bitcoin Core version v1.0";; esac)");
  EXPECT_NO_THROW(identify_daemon(daemon));
}

TEST(IdentifyDaemon, SaysWhatAnotherProgramPrinted) {
  EXPECT_THAT([] { identify_daemon("/bin/false"); },
              ThrowsMessage<EnvironmentError>(
                  AllOf(HasSubstr("/bin/false"), HasSubstr("printed nothing (status 1)"))));
  EXPECT_THAT([] { identify_daemon("/bin/echo"); },
              ThrowsMessage<EnvironmentError>(
                  AllOf(HasSubstr("/bin/echo"), HasSubstr("printed \"--version"))));
  EXPECT_THAT([] { identify_daemon("/nonexistent/bitcoind"); },
              ThrowsMessage<EnvironmentError>(HasSubstr("/nonexistent/bitcoind")));
}

}  // namespace
}  // namespace noderig
