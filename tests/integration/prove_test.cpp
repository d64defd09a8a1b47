// `noderig prove`: which changes a scenario notices, on a scenario that is made to miss one.
#include "rig_test.h"

#include <csignal>

namespace noderig {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;

class Prove : public RigTest {
 protected:
  std::vector<std::string> words(const std::string& scenario) const {
    return {"prove", scenario, "--plugin", plugin(scenario), "--daemon",
            daemon_, "--seed", "1",        "--json"};
  }
  CommandResult prove(const std::string& scenario) { return noderig(words(scenario)); }
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

TEST_F(Prove, ChangesMessagesOfAPeer) {
  const CommandResult result = prove("reads_a_message");
  EXPECT_EQ(result.status, kFailed);
  const Json proof = Json::parse(result.out).at("scenarios").at(0);
  // The pong that comes twice goes unnoticed; lost, or with one bit changed, it does not.
  ASSERT_EQ(proof.at("survived").size(), 1U) << proof.dump(2);
  EXPECT_EQ(proof.at("survived").at(0).at("what"), "pong repeated");
  EXPECT_EQ(proof.at("survived").at(0).at("where"), "its beginning: peer0@node0, message 1");
  EXPECT_EQ(proof.at("noticed"), 4) << "one loss, three bits";
  EXPECT_EQ(proof.at("tampered"), 5);
}

TEST_F(Prove, SaysWhenAScenarioFailsUnchanged) {
  const CommandResult result = prove("throws");
  EXPECT_EQ(result.status, kFailed);
  const Json proof = Json::parse(result.out).at("scenarios").at(0);
  EXPECT_NE(proof.at("failed"), nullptr);
  EXPECT_EQ(proof.at("tampered"), 0);
  EXPECT_EQ(proof.at("score"), nullptr);
  EXPECT_THAT(result.err, HasSubstr("throws: nothing to change\n    fails unchanged: "));
}

TEST_F(Prove, InterruptedWhileADaemonIsProbedItEndsInOrder) {
  daemon_ = daemon_that_will_hang();
  const std::string started = hang();
  std::vector<std::string> command = words("passes");
  command.insert(command.begin(), NODERIG_PROGRAM);
  RigProcess rig(command, environment_, directory_ / "stderr.txt");
  EXPECT_EQ(read_file(started), "\n");
  rig.signal(SIGINT);
  const CommandResult result = rig.wait();
  EXPECT_EQ(result.status, kFailed) << result.out << result.err;
  EXPECT_EQ(result.err, "Stopped before a scenario ran.\n");
  EXPECT_EQ(Json::parse(result.out).at("scenarios"), Json::array());
  EXPECT_THAT(processes_with(directory_.string()), IsEmpty());
}

TEST_F(Prove, SkipsWhatCannotRun) {
  const CommandResult result = prove("needs_what_no_daemon_has");
  EXPECT_EQ(result.status, kSkipped);
}

}  // namespace
}  // namespace noderig
