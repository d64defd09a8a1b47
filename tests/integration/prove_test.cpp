// `noderig prove`: which changes a scenario notices, on a scenario that is made to miss one.
#include "rig_test.h"

namespace noderig {
namespace {

using Json = nlohmann::json;

class Prove : public RigTest {
 protected:
  CommandResult prove(const std::string& scenario, std::vector<std::string> options = {}) {
    std::vector<std::string> words = {"prove", scenario, "--plugin", plugin(scenario), "--daemon",
                                      daemon_, "--seed", "1",        "--json"};
    words.insert(words.end(), options.begin(), options.end());
    return noderig(words);
  }
};

TEST_F(Prove, TellsWhatIsReadAndNotChecked) {
  const CommandResult result = prove("checks_little");
  EXPECT_EQ(result.status, kFailed);
  const Json proof = Json::parse(result.out).at("scenarios").at(0);
  EXPECT_EQ(proof.at("name"), "checks_little");
  ASSERT_EQ(proof.at("survived").size(), 1U) << proof.dump(2);
  const Json& survivor = proof.at("survived").at(0);
  EXPECT_EQ(survivor.at("what"), "getnetworkinfo /protocolversion changed");
  EXPECT_EQ(survivor.at("where"), "its beginning: node0, call 1");
  EXPECT_EQ(survivor.at("change"), "70016 -> 70017");
  EXPECT_EQ(survivor.at("why"), nullptr);
  // One changed number, and one error for each of the three calls.
  EXPECT_EQ(proof.at("noticed"), 4);
  EXPECT_EQ(proof.at("tampered"), 5);
  EXPECT_EQ(proof.at("score"), 0.8);
  EXPECT_EQ(proof.at("crashes"), Json::array());
}

TEST_F(Prove, SaysWhenAScenarioFailsUnchanged) {
  const CommandResult result = prove("throws");
  EXPECT_EQ(result.status, kFailed);
  const Json proof = Json::parse(result.out).at("scenarios").at(0);
  EXPECT_NE(proof.at("failed"), nullptr);
  EXPECT_EQ(proof.at("tampered"), 0);
}

TEST_F(Prove, SkipsWhatCannotRun) {
  const CommandResult result = prove("needs_what_no_daemon_has");
  EXPECT_EQ(result.status, kSkipped);
}

}  // namespace
}  // namespace noderig
