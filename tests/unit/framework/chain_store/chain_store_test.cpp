#include <noderig/framework/chain_store/chain_store.h>

#include "../support.h"

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>

namespace noderig {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const ChainKey kRecipe{.name = "ten", .recipe = "ten blocks", .daemon = "knots 29.4"};

class ChainStoreTest : public testing::Test {
 protected:
  // Builds a chain of small files and counts how often.
  fs::path build(const std::string& damage) {
    damages_.push_back(damage);
    const fs::path built = directory_.path() / "built";
    for (const char* directory : {"blocks", "blocks/index", "chainstate", "wallets"}) {
      fs::create_directories(built / directory);
    }
    const auto write = [&](const std::string& name, const std::string& text) {
      std::ofstream(built / name) << text;
    };
    write("blocks/blk00000.dat", "blocks");
    write("blocks/xor.dat", "key");
    write("blocks/.lock", "");
    write("blocks/index/000005.ldb", "index");
    write("chainstate/CURRENT", "MANIFEST-000002");
    write("chainstate/000005.ldb", "coins");
    write("chainstate/LOCK", "");
    write("debug.log", "the builder's own");
    return built;
  }

  void give(const std::string& target, const ChainKey& key = kRecipe) {
    store_.give(key, directory_.path() / target,
                [this](const auto& damage) { return build(damage); });
  }
  fs::path at(const std::string& name) const { return directory_.path() / name; }
  fs::path stored() const { return store_.list().at(0).directory / "files"; }

  TemporaryDirectory directory_;
  ChainStore store_{directory_.path() / "chains"};
  std::vector<std::string> damages_;
};

TEST_F(ChainStoreTest, BuildsOnceAndHandsOutEverythingOfTheChain) {
  give("one");
  give("two");
  EXPECT_THAT(damages_, ElementsAre(""));
  for (const std::string node : {"one", "two"}) {
    EXPECT_EQ(read_file(at(node) / "blocks" / "blk00000.dat"), "blocks");
    EXPECT_EQ(read_file(at(node) / "blocks" / "xor.dat"), "key");
    EXPECT_EQ(read_file(at(node) / "chainstate" / "000005.ldb"), "coins");
    EXPECT_FALSE(fs::exists(at(node) / "blocks" / ".lock"));
    EXPECT_FALSE(fs::exists(at(node) / "chainstate" / "LOCK"));
    EXPECT_FALSE(fs::exists(at(node) / "debug.log"));
    EXPECT_FALSE(fs::exists(at(node) / "wallets"));
  }
}

TEST_F(ChainStoreTest, NodesShareNothingButTables) {
  give("one");
  std::ofstream(at("one") / "blocks" / "blk00000.dat", std::ios::app) << "more";
  std::ofstream(at("one") / "chainstate" / "CURRENT") << "MANIFEST-000003";
  give("two");
  EXPECT_THAT(damages_, SizeIs(1));
  EXPECT_EQ(read_file(at("two") / "blocks" / "blk00000.dat"), "blocks");
  EXPECT_EQ(fs::hard_link_count(at("two") / "chainstate" / "000005.ldb"), 3u);
  EXPECT_EQ(fs::hard_link_count(at("two") / "blocks" / "blk00000.dat"), 1u);
}

TEST_F(ChainStoreTest, AnotherRecipeDaemonOrArgumentIsAnotherChain) {
  give("one");
  ChainKey other = kRecipe;
  other.recipe = "eleven blocks";
  give("two", other);
  other = kRecipe;
  other.daemon = "knots 30";
  give("three", other);
  other = kRecipe;
  other.arguments = {"-blocksxor=0"};
  give("four", other);
  EXPECT_THAT(damages_, SizeIs(4));
  EXPECT_THAT(store_.list(), SizeIs(4));
}

// A daemon that is being worked on keeps its version from one build to the next.
TEST_F(ChainStoreTest, ChainOfAnotherBuildOfTheDaemonIsBuiltAgainInItsPlace) {
  ChainKey key = kRecipe;
  key.program = "/src/build/bitcoind";
  key.stamp = "before the fix";
  give("one", key);
  give("two", key);
  key.stamp = "after it";
  give("three", key);
  give("four", key);
  EXPECT_THAT(damages_, ElementsAre("", "/src/build/bitcoind is another program now"));
  EXPECT_THAT(store_.list(), SizeIs(1));
  key.program = "/other/build/bitcoind";  // which may be used in turns with the first
  give("five", key);
  EXPECT_THAT(store_.list(), SizeIs(2));
}

TEST_F(ChainStoreTest, DamagedChainIsToldOfAndBuiltAgain) {
  give("one");
  std::ofstream(stored() / "blocks" / "blk00000.dat") << "bl0cks";
  EXPECT_THAT(store_.list().at(0).damage, HasSubstr("blk00000.dat has other content"));
  give("two");
  std::ofstream(stored() / "blocks" / "blk00000.dat") << "";
  give("three");
  fs::remove(stored() / "blocks" / "xor.dat");
  give("four");
  std::ofstream(stored() / "blocks" / "blk00001.dat") << "another";
  give("five");
  EXPECT_THAT(damages_, ElementsAre("", HasSubstr("blk00000.dat has other content"),
                                    HasSubstr("blk00000.dat has another size"),
                                    HasSubstr("other files"), HasSubstr("other files")));
  give("six");
  EXPECT_THAT(damages_, SizeIs(5));
  EXPECT_EQ(read_file(at("six") / "blocks" / "blk00000.dat"), "blocks");
  EXPECT_EQ(store_.list().at(0).damage, "");
}

TEST_F(ChainStoreTest, ManifestThatIsNoneOrOfAnotherVersionIsToldOf) {
  for (const std::string text : {"", "{", "[]", "{\"format\":1}", "{\"format\":\"1\"}",
                                 "{\"format\":99,\"files\":{}}", "{\"format\":1,\"files\":{}}"}) {
    give("node");
    fs::remove_all(at("node"));
    std::ofstream(stored().parent_path() / "manifest.json") << text;
    EXPECT_NE(store_.list().at(0).damage, "") << text;
    damages_.clear();
    give("node");
    EXPECT_THAT(damages_, ElementsAre(testing::Not(""))) << text;
    fs::remove_all(at("node"));
  }
}

TEST_F(ChainStoreTest, BuilderThatWasKilledLeavesNothingThatCounts) {
  ForkedProcess builder([&](const auto& say) {
    ChainStore(at("chains")).give(kRecipe, at("killed"), [&](const auto&) {
      say("building");
      return fs::path();
    });
  });
  ASSERT_EQ(builder.line(), "building");
  builder.kill();
  EXPECT_THAT(store_.list(), IsEmpty());
  // As one leaves them that was killed while it copied.
  give("one");
  const fs::path whole = store_.list().at(0).directory;
  fs::rename(whole, whole.parent_path() / (".new-" + whole.filename().string()));
  fs::remove(whole.parent_path() / (".new-" + whole.filename().string()) / "manifest.json");
  EXPECT_THAT(store_.list(), IsEmpty());
  give("two");
  EXPECT_THAT(damages_, ElementsAre("", ""));
  EXPECT_EQ(read_file(at("two") / "blocks" / "blk00000.dat"), "blocks");
  EXPECT_THAT(store_.list(), SizeIs(1));
}

TEST_F(ChainStoreTest, OthersWaitForTheOneThatBuilds) {
  ForkedProcess builder([&](const auto& say) {
    ChainStore(at("chains")).give(kRecipe, at("slow"), [&](const auto&) {
      say("building");
      return fs::path();
    });
  });
  ASSERT_EQ(builder.line(), "building");
  ForkedProcess waiting([&](const auto& say) {
    ChainStore(at("chains")).give(kRecipe, at("waiting"), [&](const auto& damage) {
      return build(damage);
    });
    say("given");
  });
  EXPECT_FALSE(fs::exists(at("waiting")));
  builder.kill();
  EXPECT_EQ(waiting.line(), "given");
  EXPECT_EQ(read_file(at("waiting") / "blocks" / "blk00000.dat"), "blocks");
}

TEST_F(ChainStoreTest, ChainWithoutFilesIsRefused) {
  EXPECT_THROW(store_.give(kRecipe, at("one"), [&](const auto&) { return at("empty"); }),
               EnvironmentError);
  EXPECT_THAT(store_.list(), IsEmpty());
}

TEST_F(ChainStoreTest, ClearRemovesByName) {
  give("one");
  ChainKey other = kRecipe;
  other.name = "twenty";
  give("two", other);
  EXPECT_EQ(store_.clear("absent"), 0);
  EXPECT_EQ(store_.clear("ten"), 1);
  EXPECT_EQ(store_.list().at(0).name, "twenty");
  EXPECT_EQ(store_.clear(""), 1);
  EXPECT_THAT(store_.list(), IsEmpty());
  EXPECT_EQ(read_file(at("one") / "chainstate" / "000005.ldb"), "coins");
}

}  // namespace
}  // namespace noderig
