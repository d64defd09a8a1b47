#include <noderig/framework/bundle/bundle.h>

#include "../support.h"

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>

#include <string>

namespace noderig {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::ThrowsMessage;

class BundleTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"20260101T000000Z-1/passes", "20260101T000000Z-1/pauses",
                             "20260102T000000Z-1/throws", "20260102T000001Z-2/throws"}) {
      fs::create_directories(directory_.path() / name);
    }
    directory_.write("20260101T000000Z-1/passes.log", "no directory, no bundle");
  }

  std::vector<BundlePlace> all() const { return list_bundles(directory_.path()); }

  const TemporaryDirectory directory_;
};

TEST_F(BundleTest, FactsComeBackAsTheyWere) {
  write_bundle_facts(directory_.path(), {.run = "r",
                                         .scenario = "s",
                                         .subtests = {"part"},
                                         .flavour = "knots",
                                         .version = "29",
                                         .path = "/usr/bin/bitcoind",
                                         .seed = 0xffffffffffffffff,
                                         .command = "noderig run s",
                                         .verdict = "failed",
                                         .reason = "not UTF-8: \xff",
                                         .step = "the step",
                                         .wall = 1.5,
                                         .nodes = {{"node0", {"-regtest"}}}});
  const auto facts = read_bundle_facts(directory_.path());
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->run, "r");
  EXPECT_EQ(facts->scenario, "s");
  EXPECT_THAT(facts->subtests, ElementsAre("part"));
  EXPECT_EQ(facts->flavour, "knots");
  EXPECT_EQ(facts->version, "29");
  EXPECT_EQ(facts->path, "/usr/bin/bitcoind");
  EXPECT_EQ(facts->seed, 0xffffffffffffffff);
  EXPECT_EQ(facts->command, "noderig run s");
  EXPECT_EQ(facts->verdict, "failed");
  EXPECT_EQ(facts->reason, "not UTF-8: \xEF\xBF\xBD");
  EXPECT_EQ(facts->step, "the step");
  EXPECT_EQ(facts->wall, 1.5);
  ASSERT_THAT(facts->nodes, SizeIs(1));
  EXPECT_EQ(facts->nodes[0].name, "node0");
  EXPECT_THAT(facts->nodes[0].arguments, ElementsAre("-regtest"));
}

TEST_F(BundleTest, FactsThatCannotBeReadAreNone) {
  EXPECT_FALSE(read_bundle_facts(directory_.path()));
  for (const char* text : {"", "[]", "{\"seed\":\"x\"}", "{\"nodes\":[{}]}", "{\"run\":\"r"}) {
    directory_.write("bundle.json", text);
    EXPECT_FALSE(read_bundle_facts(directory_.path())) << text;
  }
  EXPECT_THROW(write_bundle_facts("/nonexistent", {}), EnvironmentError);
}

TEST_F(BundleTest, ListsTheOldestRunFirst) {
  const auto places = all();
  ASSERT_THAT(places, SizeIs(4));
  EXPECT_EQ(places[0].run, "20260101T000000Z-1");
  EXPECT_EQ(places[3].run, "20260102T000001Z-2");
  EXPECT_EQ(places[3].scenario, "throws");
  EXPECT_THAT(list_bundles(directory_.path() / "nowhere"), IsEmpty());
}

TEST_F(BundleTest, FindsARunByItsNameItsBeginningOrAsTheLast) {
  EXPECT_EQ(bundles_of_run(all(), "last").front().run, "20260102T000001Z-2");
  EXPECT_THAT(bundles_of_run(all(), "20260101"), SizeIs(2));
  EXPECT_EQ(bundles_of_run(all(), "20260102T000000Z-1").front().run, "20260102T000000Z-1");
  EXPECT_THAT([&] { bundles_of_run(all(), "20260102"); },
              ThrowsMessage<UsageError>(
                  AllOf(HasSubstr("20260102T000000Z-1"), HasSubstr("20260102T000001Z-2"))));
  EXPECT_THAT([&] { bundles_of_run(all(), "20260103T000000Z-1"); },
              ThrowsMessage<UsageError>(HasSubstr("did you mean")));
  EXPECT_THAT([&] { bundles_of_run({}, "last"); },
              ThrowsMessage<UsageError>(HasSubstr("there is no bundle")));
}

TEST_F(BundleTest, FindsAScenarioByItsNameOrItsBeginning) {
  const auto run = bundles_of_run(all(), "20260101");
  EXPECT_EQ(bundle_of_scenario(run, "passes").scenario, "passes");
  EXPECT_EQ(bundle_of_scenario(run, "pau").scenario, "pauses");
  EXPECT_THAT([&] { bundle_of_scenario(run, "pa"); },
              ThrowsMessage<UsageError>(AllOf(HasSubstr("passes"), HasSubstr("pauses"))));
  EXPECT_THAT([&] { bundle_of_scenario(run, "throws"); },
              ThrowsMessage<UsageError>(HasSubstr("it has passes, pauses")));
}

TEST_F(BundleTest, CountsWhatIsOnTheDisk) {
  directory_.write("20260101T000000Z-1/passes/file", std::string(100'000, 'x'));
  EXPECT_GE(size_of_bundle(directory_.path() / "20260101T000000Z-1" / "passes"), 100'000);
}

}  // namespace
}  // namespace noderig
