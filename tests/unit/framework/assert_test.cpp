#include <gmock/gmock.h>

#include <noderig/framework/assert.h>
#include <noderig/rpc/errors.h>
#include <thread>

namespace noderig {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// The text of the AssertionError that `check` throws; empty when it throws none.
template <typename Check>
std::string failure_of(Check&& check) {
  try {
    check();
  } catch (const AssertionError& e) {
    return e.what();
  }
  return {};
}

// Free of <<, to_string and JSON.
struct Opaque {
  int value;
  friend bool operator==(const Opaque&, const Opaque&) = default;
};

enum class Colour { Red, Green };
std::string_view to_string(Colour colour) {
  return colour == Colour::Red ? "red" : "green";
}

TEST(AssertEqual, ShowsValuesExpressionsAndPlace) {
  const int height = 101, other_height = 102;
  const auto line = std::to_string(__LINE__ + 1);
  const auto text = failure_of([&] { assert_equal(height, other_height, 103); });
  EXPECT_THAT(
      text,
      StartsWith("not(101 == 102 == 103) at tests/unit/framework/assert_test.cpp:" + line + "\n"));
  EXPECT_THAT(text, HasSubstr("\n  height = 101\n  other_height = 102"));
  EXPECT_THAT(text, Not(HasSubstr("103 = 103")));
}

TEST(AssertEqual, TakesTwoOrMoreAndLooksAtEachOfThem) {
  EXPECT_THAT(failure_of([] { assert_equal(1, 1); }), IsEmpty());
  EXPECT_THAT(failure_of([] { assert_equal(1, 1, 1, 1); }), IsEmpty());
  EXPECT_THAT(failure_of([] { assert_equal(1, 1, 1, 2); }), StartsWith("not(1 == 1 == 1 == 2)"));
}

TEST(AssertEqual, ComparesIntegersByValue) {
  EXPECT_THAT(failure_of([] { assert_equal(std::size_t{5}, 5, std::int8_t{5}); }), IsEmpty());
  EXPECT_THAT(failure_of([] { assert_equal(-1, 0xffffffffU); }),
              StartsWith("not(-1 == 4294967295)"));
  EXPECT_THAT(failure_of([] { assert_equal(std::uint8_t{65}, 66); }), StartsWith("not(65 == 66)"));
}

TEST(AssertEqual, ComparesTextWhateverHoldsIt) {
  const std::string text = "tip";
  EXPECT_THAT(failure_of([&] { assert_equal(text, "tip", std::string_view("tip")); }), IsEmpty());
  EXPECT_THAT(failure_of([&] { assert_equal(text, "top"); }),
              StartsWith("not(\"tip\" == \"top\")"));
}

TEST(AssertEqual, ComparesContainersElementByElement) {
  const std::vector<int> a{1, 2, 3};
  const std::array<std::uint64_t, 3> b{1, 2, 3};
  EXPECT_THAT(failure_of([&] { assert_equal(a, b); }), IsEmpty());
  EXPECT_THAT(failure_of([&] {
                assert_equal(a, std::vector<long>{1, 2});
              }),
              StartsWith("not([1, 2, 3] == [1, 2])"));
  const int c[] = {1, 2, 3}, d[] = {1, 2, 3};
  EXPECT_THAT(failure_of([&] { assert_equal(c, d, a); }), IsEmpty());
}

TEST(AssertEqual, CutsLongContainersShort) {
  const std::vector<int> many(2202, 7);
  EXPECT_THAT(failure_of([&] { assert_equal(many, std::vector<int>{}); }),
              AllOf(HasSubstr("7, 7, ... 2202 in all]"), HasSubstr(" = []")));
}

TEST(AssertEqual, ShowsBytesAsHex) {
  EXPECT_THAT(failure_of([] { assert_equal(bytes_from_hex("00ff"), Bytes{}); }),
              StartsWith("not(00ff == )"));
}

TEST(AssertEqual, ShowsOtherTypes) {
  EXPECT_THAT(failure_of([] { assert_equal(Colour::Red, Colour::Green); }),
              StartsWith("not(red == green)"));
  EXPECT_THAT(failure_of([] { assert_equal(Amount::btc(1), Amount::sat(1)); }),
              StartsWith("not(1.00000000 == 0.00000001)"));
  EXPECT_THAT(failure_of([] { assert_equal(1500ms, 2s); }), StartsWith("not(1.5 s == 2 s)"));
  EXPECT_THAT(failure_of([] { assert_equal(std::optional<int>(3), std::nullopt); }),
              StartsWith("not(3 == "));
  EXPECT_THAT(failure_of([] { assert_equal(std::pair(1, true), std::pair(1, false)); }),
              StartsWith("not([1, true] == [1, false])"));
  EXPECT_THAT(failure_of([] { assert_equal(std::this_thread::get_id(), std::thread::id()); }),
              HasSubstr("thread"));  // printed by its operator<<
  EXPECT_THAT(failure_of([] { assert_equal(Opaque{1}, Opaque{2}); }),
              HasSubstr("cannot be printed"));
}

TEST(AssertEqual, MakesJsonOfWhatStandsBesideJson) {
  const Uint256 hash = Uint256::from_hex(std::string(63, '0') + "1");
  EXPECT_THAT(failure_of([] { assert_equal(Json(101), 101, 101U); }), IsEmpty());
  EXPECT_THAT(failure_of([&] { assert_equal(Json(hash.to_string()), hash); }), IsEmpty());
  EXPECT_THAT(failure_of([&] { assert_equal(hash, Json(hash.to_string())); }), IsEmpty());
  EXPECT_THAT(failure_of([] { assert_equal(Json("main"), "main", std::string("main")); }),
              IsEmpty());
  EXPECT_THAT(failure_of([] { assert_equal(Json("00ff"), bytes_from_hex("00ff")); }), IsEmpty());
  EXPECT_THAT(failure_of([] { assert_equal(Json::array({1, 2}), std::vector{1, 2}); }), IsEmpty());
  EXPECT_THAT(failure_of([] { assert_equal(Json(true), true); }), IsEmpty());
  EXPECT_THAT(failure_of([] { assert_equal(Json(102), 101); }), StartsWith("not(102 == 101)"));
  EXPECT_THAT(failure_of([] { assert_equal(Json("101"), 101); }),
              StartsWith("not(\"101\" == 101)"));
}

TEST(AssertEqual, KeepsLargeUnsignedJsonApartFromNegative) {
  const Json large = 0xffffffffffffffffU, negative = -1;
  EXPECT_THAT(failure_of([&] { assert_equal(large, negative); }), StartsWith("not("));
  EXPECT_THAT(failure_of([&] { assert_equal(large, -1); }), StartsWith("not("));
}

TEST(AssertEqual, ComparesAmountsInJsonExactly) {
  EXPECT_THAT(failure_of([] { assert_equal(Json::parse("0.1"), Amount::sat(10'000'000)); }),
              IsEmpty());
  EXPECT_THAT(failure_of([] { assert_equal(Json("0.10000000"), Amount::sat(10'000'000)); }),
              IsEmpty());
  EXPECT_THAT(failure_of([] {
                assert_equal(Amount::sat(2'099'999'997'690'000), Json::parse("20999999.97690000"));
              }),
              IsEmpty());
  EXPECT_THAT(failure_of([] { assert_equal(Json::parse("0.1"), Amount::sat(10'000'001)); }),
              StartsWith("not(0.1 == 0.10000001)"));
  EXPECT_THAT(failure_of([] { assert_equal(Json(), Amount()); }), StartsWith("not(null == "));
}

TEST(AssertEqual, ShowsJsonAsADifference) {
  const Json a = Json::parse(R"({"height": 1, "vin": [{"n": 0}], "same": true})");
  const Json b = Json::parse(R"({"height": 2, "vin": [{"n": 0}, {"n": 1}], "same": true})");
  const auto text = failure_of([&] { assert_equal(a, b); });
  EXPECT_THAT(text, EndsWith("\n  difference:\n    $.height: 1 != 2"
                             "\n    $.vin[1]: (nothing) != {\"n\":1}"));
  // The difference is to the value that is not equal, here the third.
  EXPECT_THAT(failure_of([&] { assert_equal(a, a, b); }), HasSubstr("$.height: 1 != 2"));
}

TEST(AssertEqual, EvaluatesEachArgumentOnce) {
  int calls = 0;
  const auto next = [&] { return ++calls; };
  failure_of([&] { assert_equal(next(), 5, 6); });
  EXPECT_EQ(calls, 1);
}

TEST(AssertEqual, SplitsExpressionsWithCommasInThem) {
  const std::vector<int> a{1, 2};
  const auto sum = [](int x, int y) { return x + y; };
  const auto text = failure_of([&] { assert_equal(sum(1, 2), std::vector{1, 2}[0] + 1'000); });
  EXPECT_THAT(text, HasSubstr("\n  sum(1, 2) = 3\n  std::vector{1, 2}[0] + 1'000 = 1001"));
}

TEST(AssertNotEqual, FailsOnEqualValues) {
  EXPECT_THAT(failure_of([] { assert_not_equal(1, 2); }), IsEmpty());
  EXPECT_THAT(failure_of([] { assert_not_equal(Json(1), 2); }), IsEmpty());
  EXPECT_THAT(failure_of([] { assert_not_equal(Json(5), 5); }), StartsWith("not(5 != 5) at "));
}

TEST(AssertGreaterThan, ComparesByValue) {
  EXPECT_THAT(failure_of([] { assert_greater_than(1U, -1); }), IsEmpty());
  EXPECT_THAT(failure_of([] { assert_greater_than(Json(1.5), 1); }), IsEmpty());
  EXPECT_THAT(failure_of([] { assert_greater_than(Json::parse("0.2"), Amount::sat(1)); }),
              IsEmpty());
  EXPECT_THAT(failure_of([] { assert_greater_than(2, 2); }), StartsWith("not(2 > 2) at "));
  EXPECT_THAT(failure_of([] { assert_greater_than(1, 2); }), StartsWith("not(1 > 2) at "));
  EXPECT_THAT(failure_of([] { assert_greater_than(Amount::sat(1), Json(1)); }),
              StartsWith("not(0.00000001 > 1)"));
}

TEST(AssertGreaterThan, RefusesJsonWithoutAnOrder) {
  EXPECT_THAT(failure_of([] { assert_greater_than(Json("5"), 2); }), HasSubstr("no order"));
}

TEST(AssertGreaterThanOrEqual, TakesEquality) {
  EXPECT_THAT(failure_of([] { assert_greater_than_or_equal(2, 2); }), IsEmpty());
  EXPECT_THAT(failure_of([] { assert_greater_than_or_equal(3, 2); }), IsEmpty());
  EXPECT_THAT(failure_of([] { assert_greater_than_or_equal(1, 2); }),
              StartsWith("not(1 >= 2) at "));
}

TEST(AssertTrue, TakesOneExpression) {
  const bool synced = false;
  EXPECT_THAT(failure_of([] { assert_true(true); }), IsEmpty());
  EXPECT_THAT(failure_of([&] { assert_true(synced || std::is_same_v<int, long>); }),
              StartsWith("not true: synced || std::is_same_v<int, long> at "));
  EXPECT_THAT(failure_of([&] { assert_true(synced); }), StartsWith("not true: synced at "));
}

TEST(AssertTrue, HoldsForJsonOnlyWhenItIsTrue) {
  EXPECT_THAT(failure_of([] { assert_true(Json(true)); }), IsEmpty());
  EXPECT_THAT(failure_of([] { assert_true(Json(false)); }), HasSubstr("not true"));
  EXPECT_THAT(failure_of([] { assert_true(Json(1)); }), HasSubstr("not true"));
  EXPECT_THAT(failure_of([] { assert_true(Json()); }), HasSubstr("not true"));
}

TEST(AssertApprox, IncludesTheToleranceOnBothSides) {
  EXPECT_THAT(failure_of([] { assert_approx(10, 12, 2); }), IsEmpty());
  EXPECT_THAT(failure_of([] { assert_approx(14U, 12, 2); }), IsEmpty());
  EXPECT_THAT(failure_of([] { assert_approx(Amount::sat(9), Amount::sat(10), Amount::sat(1)); }),
              IsEmpty());
  EXPECT_THAT(failure_of([] {
                assert_approx(Json::parse("0.5"), Amount::sat(50'000'001), Amount::sat(1));
              }),
              IsEmpty());
  EXPECT_THAT(failure_of([] { assert_approx(Json(1.25), 1.0, 0.25); }), IsEmpty());
  EXPECT_THAT(failure_of([] { assert_approx(9, 12, 2); }), StartsWith("not within the tolerance"));
  EXPECT_THAT(failure_of([] { assert_approx(15, 12, 2); }), StartsWith("not within the tolerance"));
}

TEST(AssertFeeAmount, AllowsTwoVirtualBytesMore) {
  const Amount rate = Amount::sat(1001);  // 141 bytes: 141.141 -> 142; 143 bytes: 143.143 -> 144
  EXPECT_EQ(fee_at_rate(rate, 141), Amount::sat(142));
  EXPECT_EQ(fee_at_rate(Amount::sat(1000), 141), Amount::sat(141));
  EXPECT_EQ(fee_at_rate(Amount::btc(21'000'000), 4'000'000),
            Amount::sat(2'100'000'000'000'000 / 1000 * 4'000'000));
  EXPECT_THAT(failure_of([&] { assert_fee_amount(Amount::sat(142), 141, rate); }), IsEmpty());
  EXPECT_THAT(failure_of([&] { assert_fee_amount(Json("0.00000144"), 141, rate); }), IsEmpty());
  EXPECT_THAT(failure_of([&] { assert_fee_amount(Amount::sat(141), 141, rate); }),
              AllOf(HasSubstr("too low"), HasSubstr("0.00000142"), HasSubstr("rate = 0.00001001")));
  EXPECT_THAT(failure_of([&] { assert_fee_amount(Amount::sat(145), 141, rate); }),
              AllOf(HasSubstr("too high"), HasSubstr("0.00000144")));
}

void refuse() {
  throw rpc::RpcError("n0", "getblockhash", 500, rpc::RpcErrorCode{-8},
                      "Block height out of range");
}

TEST(AssertRaisesRpcError, WantsCodeAndText) {
  EXPECT_THAT(failure_of([] { assert_raises_rpc_error(-8, "out of range", refuse); }), IsEmpty());
  EXPECT_THAT(failure_of([] { assert_raises_rpc_error(-5, "out of range", refuse); }),
              AllOf(HasSubstr("RPC error -5"), HasSubstr("raised -8: Block height out of range"),
                    HasSubstr(" at tests/unit/framework/assert_test.cpp:")));
  EXPECT_THAT(failure_of([] { assert_raises_rpc_error(-8, "negative", refuse); }),
              HasSubstr("'negative'"));
  EXPECT_THAT(failure_of([] { assert_raises_rpc_error(-8, "out", [] {}); }),
              HasSubstr("was not raised"));
}

TEST(AssertRaisesRpcError, LetsOtherExceptionsPass) {
  EXPECT_THROW(assert_raises_rpc_error(-8, "", [] { throw EnvironmentError("the node is gone"); }),
               EnvironmentError);
}

TEST(AssertRaises, WantsTheTypeAndText) {
  const auto out_of_range = [] { return std::vector<int>{}.at(1); };
  EXPECT_THAT(failure_of([&] { assert_raises<std::out_of_range>(out_of_range); }), IsEmpty());
  EXPECT_THAT(failure_of([&] { assert_raises<std::exception>(out_of_range, "vector"); }),
              IsEmpty());
  EXPECT_THAT(failure_of([&] { assert_raises<std::out_of_range>(out_of_range, "list"); }),
              HasSubstr("without 'list'"));
  EXPECT_THAT(failure_of([&] { assert_raises<UsageError>(out_of_range); }),
              AllOf(HasSubstr("std::out_of_range was raised instead of noderig::UsageError"),
                    HasSubstr("assert_test.cpp:")));
  EXPECT_THAT(failure_of([&] { assert_raises<AssertionError>([] {}); }),
              StartsWith("noderig::AssertionError was not raised at "));
}

TEST(AssertionCount, GrowsWithEveryCheckOnEveryThread) {
  const auto before = detail::assertions_run();
  assert_equal(1, 1);
  assert_not_equal(1, 2);
  assert_greater_than(2, 1);
  assert_greater_than_or_equal(2, 1);
  assert_true(true);
  assert_approx(1, 1, 0);
  assert_fee_amount(Amount::sat(1), 1, Amount::sat(1000));
  assert_raises_rpc_error(-8, "", refuse);
  assert_raises<std::exception>(refuse);
  failure_of([] { assert_equal(1, 2); });
  std::thread([] { assert_equal(1, 1); }).join();
  EXPECT_EQ(detail::assertions_run() - before, 11);
}

TEST(SplitExpressions, RespectsBracketsAndLiterals) {
  EXPECT_THAT(detail::split_expressions(R"(f(a, b), ",", x[1, 2], T{3, 4}, ',', "\",")", 6),
              ElementsAre("f(a, b)", R"(",")", "x[1, 2]", "T{3, 4}", "','", R"("\",")"));
  EXPECT_THAT(detail::split_expressions(R"x(R"(a, ")", 1'000, 2)x", 3),
              ElementsAre(R"x(R"(a, ")")x", "1'000", "2"));
}

TEST(SplitExpressions, GivesTheWholeTextWhenTheCountIsAnother) {
  EXPECT_THAT(detail::split_expressions("f<a, b>(c), d", 2), ElementsAre("f<a, b>(c), d"));
}

TEST(ShortPath, KeepsTheLastTwoPartsOutsideTheSourceTree) {
  EXPECT_EQ(detail::short_path("/home/me/plugins/mine/new.cpp"), "mine/new.cpp");
  EXPECT_EQ(detail::short_path("new.cpp"), "new.cpp");
  EXPECT_EQ(detail::short_path(__FILE__), "tests/unit/framework/assert_test.cpp");
}

}  // namespace
}  // namespace noderig
