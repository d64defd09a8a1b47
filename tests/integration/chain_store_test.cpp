// Stored chains, built and used by real runs.
#include "rig_test.h"

#include <csignal>
#include <fstream>

namespace noderig {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Json = nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kBuild = "build chain mature-110";
constexpr const char* kAgain = "build stored chain mature-110 again";

class ChainStoreRun : public RigTest {
 protected:
  Json stored() {
    const CommandResult result = noderig({"cache", "list", "--json"});
    EXPECT_EQ(result.status, kPassed) << result.err;
    return Json::parse(result.out).at("chains");
  }

  std::string passes(const std::vector<std::string>& options = {}) {
    const CommandResult result = run("mature_chain", options);
    EXPECT_EQ(result.status, kPassed) << result.out << result.err;
    return result.out;
  }
};

TEST_F(ChainStoreRun, IsBuiltOnceListedAndCleared) {
  EXPECT_EQ(stored(), Json::array());
  EXPECT_THAT(passes(), HasSubstr(kBuild));
  EXPECT_THAT(passes(), Not(HasSubstr("build")));
  const Json chains = stored();
  ASSERT_EQ(chains.size(), 1);
  EXPECT_EQ(chains[0]["name"], "mature-110");
  EXPECT_EQ(chains[0]["damage"], nullptr);

  const CommandResult slip = noderig({"cache", "clear", "matur-110"});
  EXPECT_EQ(slip.status, kUsage);
  EXPECT_THAT(slip.err, HasSubstr("\"mature-110\""));
  EXPECT_EQ(noderig({"cache", "clear", "mature-110"}).out, "1 removed\n");
  EXPECT_EQ(stored(), Json::array());
  EXPECT_THAT(passes(), HasSubstr(kBuild));
}

TEST_F(ChainStoreRun, DamageIsSaidOnceAndMended) {
  passes();
  const auto spoil = [this] {
    const fs::path chain = stored()[0]["path"].get<std::string>();
    std::fstream file(chain / "files" / "blocks" / "blk00000.dat",
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(400);
    file << "what was never mined";
  };
  const std::string said = std::string(kAgain) + ": blocks/blk00000.dat has other content";
  spoil();
  EXPECT_NE(stored()[0]["damage"], nullptr);
  EXPECT_THAT(passes(), HasSubstr(said));
  EXPECT_THAT(passes(), Not(HasSubstr("build")));
  // Where steps come and go, too.
  spoil();
  const CommandResult shown = noderig_on_terminal(
      {"run", "mature_chain", "--plugin", plugin("mature_chain"), "--daemon", daemon_});
  EXPECT_EQ(shown.status, kPassed);
  EXPECT_THAT(shown.out, HasSubstr(said + "\r\n"));
}

TEST_F(ChainStoreRun, IsBuiltAgainForAnotherBuildOfTheDaemon) {
  daemon_ = wrapped_daemon(":");
  EXPECT_THAT(passes(), HasSubstr(kBuild));
  EXPECT_THAT(passes(), Not(HasSubstr("build")));
  std::ofstream(daemon_, std::ios::app) << "# another program, of the same version\n";
  EXPECT_THAT(passes(),
              HasSubstr(std::string(kAgain) + ": " + daemon_ + " is another program now"));
  EXPECT_EQ(stored().size(), 1);
}

TEST_F(ChainStoreRun, WorkersSideBySideBuildItOnce) {
  const std::string out = passes({"-j", "4", "--repeat", "4"});
  const auto first = out.find(kBuild);
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(out.find(kBuild, first + 1), std::string::npos) << out;
}

TEST_F(ChainStoreRun, KillInTheMiddleOfBuildingIsMadeGoodByTheNextRun) {
  RigProcess rig = start("mature_chain");
  rig.await_output(kBuild);
  rig.signal(SIGKILL);
  rig.wait();
  EXPECT_TRUE(rig.wait_for_descendants(20s));
  EXPECT_EQ(stored(), Json::array());
  EXPECT_THAT(passes(), HasSubstr(kBuild));
  EXPECT_EQ(stored().size(), 1);
}

}  // namespace
}  // namespace noderig
