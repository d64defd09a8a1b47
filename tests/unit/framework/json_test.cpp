#include <gmock/gmock.h>

#include <noderig/framework/chain/regtest.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/json.h>
#include <noderig/p2p/primitives/serialize.h>
#include <noderig/p2p/primitives/transaction.h>

namespace noderig {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kHash =
    "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206";

TEST(FrameworkJson, WritesHashesAsNodesPrintThem) {
  EXPECT_EQ(Json(Uint256::from_hex(kHash)), kHash);
  EXPECT_EQ(hash_of(Json(kHash)), Uint256::from_hex(kHash));
}

TEST(FrameworkJson, WritesAmountsAsStringsWithEightDecimals) {
  EXPECT_EQ(Json(Amount::sat(10'000'000)).dump(), "\"0.10000000\"");
  EXPECT_EQ(Json({{"fee_rate", Amount::sat(1)}}).dump(), R"({"fee_rate":"0.00000001"})");
}

TEST(FrameworkJson, WritesBlocksAndTransactionsAsHex) {
  const auto& genesis = regtest::genesis_block();
  EXPECT_EQ(Json(genesis), to_hex(p2p::encode_of(genesis)));
  EXPECT_EQ(Json(genesis.transactions[0]), to_hex(p2p::encode_of(genesis.transactions[0])));
  EXPECT_EQ(Json(genesis.header), to_hex(p2p::encode_of(genesis.header)));
}

TEST(FrameworkJson, ReadsAmountsFromNumbersAndStrings) {
  EXPECT_EQ(amount_of(Json::parse("20999999.97690001")), Amount::sat(2'099'999'997'690'001));
  EXPECT_EQ(amount_of(Json::parse("1e-8")), Amount::sat(1));
  EXPECT_EQ(amount_of(Json::parse("-0.1")), Amount::sat(-10'000'000));
  EXPECT_EQ(amount_of(Json(50)), Amount::btc(50));
  EXPECT_EQ(amount_of(Json("0.00000001")), Amount::sat(1));
}

TEST(FrameworkJson, RefusesWhatIsNoAmountOrHash) {
  EXPECT_THROW(amount_of(Json::parse("0.000000001")), AssertionError);
  EXPECT_THROW(amount_of(Json("much")), AssertionError);
  EXPECT_THROW(amount_of(Json()), AssertionError);
  EXPECT_THROW(amount_of(Json(true)), AssertionError);
  EXPECT_THROW(hash_of(Json("00")), AssertionError);
  EXPECT_THROW(hash_of(Json(5)), AssertionError);
}

TEST(TransactionOf, ReadsWhatIsWritten) {
  p2p::Transaction transaction;
  transaction.outputs = {{.value = Amount::btc(1), .script_pubkey = p2p::Script{p2p::Op::True}}};
  // Without inputs it begins like a transaction with witnesses.
  EXPECT_EQ(transaction_of(Json(transaction)), transaction);
  transaction.inputs = {{.prevout = {.txid = {}, .index = 7}}};
  EXPECT_EQ(transaction_of(Json(transaction)), transaction);
  transaction.inputs[0].witness = {Bytes{std::byte{1}}};
  EXPECT_EQ(transaction_of(Json(transaction)), transaction);
}

TEST(TransactionOf, RefusesWhatIsNone) {
  for (const Json& none :
       {Json("00"), Json("not hex"), Json(1), Json(nullptr), Json("0200000000000000000000")}) {
    EXPECT_THROW(transaction_of(none), AssertionError);
  }
}

TEST(JsonDifference, NamesEachPlace) {
  const Json a = Json::parse(R"({"a": 1, "b": {"c": [1, 2]}, "only_a": null})");
  const Json b = Json::parse(R"({"a": 1, "b": {"c": [1, 3, 4]}, "d": "x"})");
  EXPECT_EQ(json_difference(a, b),
            "$.b.c[1]: 2 != 3\n"
            "$.b.c[2]: (nothing) != 4\n"
            "$.d: (nothing) != \"x\"\n"
            "$.only_a: null != (nothing)");
}

TEST(JsonDifference, IsEmptyForEqualValues) {
  EXPECT_EQ(json_difference(Json{{"a", 1}}, Json{{"a", 1}}), "");
}

TEST(JsonDifference, ShowsAChangeOfType) {
  EXPECT_EQ(json_difference(Json(1), Json("1")), "$: 1 != \"1\"");
  EXPECT_EQ(json_difference(Json{{"a", Json::array()}}, Json{{"a", Json::object()}}),
            "$.a: [] != {}");
}

TEST(JsonDifference, StaysShort) {
  const Json zeros = std::vector<int>(100, 0), ones = std::vector<int>(100, 1);
  EXPECT_THAT(json_difference(zeros, ones), HasSubstr("... and 80 more"));
  const Json text = std::string(10'000, 'x');
  EXPECT_LT(json_difference(text, Json()).size(), 300);
}

}  // namespace
}  // namespace noderig
