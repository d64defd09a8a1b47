// The checks of a scenario. Each one that fails throws AssertionError, whose text has the values,
// the expressions as they are written and the place; each one that runs is counted, so that a
// scenario without any can be told from one that passed. No state but that counter; any thread.
//
//   assert_equal(n0.height(), n1.height(), 3);
//   assert_equal(n0.rpc("getbestblockhash"), tip);        // JSON beside any type it can be made of
//   assert_raises_rpc_error(-8, "out of range", [&] { n0.rpc("getblockhash", 102); });
//
// What counts as equal: integers by value whatever their sign and width; text by its characters
// whatever holds it; containers element by element; JSON and another type after the other became
// JSON; JSON and an Amount by the exact amount in the JSON.
//
// The checks whose text shows their expressions are macros, for nothing else can quote source code.
// They evaluate each argument once.
#pragma once

#include <noderig/framework/assert/compare.h>
#include <noderig/framework/assert/show.h>
#include <noderig/framework/errors.h>
#include <concepts>
#include <functional>
#include <source_location>
#include <string_view>
#include <typeinfo>

// Two or more values are equal.
#define assert_equal(...) \
  ::noderig::detail::check_equal(NODERIG_CHECK_SITE(__VA_ARGS__), __VA_ARGS__)

// Two values differ.
#define assert_not_equal(...) \
  ::noderig::detail::check_not_equal(NODERIG_CHECK_SITE(__VA_ARGS__), __VA_ARGS__)

// The first value is greater than the second.
#define assert_greater_than(...) \
  ::noderig::detail::check_greater(NODERIG_CHECK_SITE(__VA_ARGS__), __VA_ARGS__)

#define assert_greater_than_or_equal(...) \
  ::noderig::detail::check_greater_or_equal(NODERIG_CHECK_SITE(__VA_ARGS__), __VA_ARGS__)

// One expression holds. JSON holds when it is the value true.
#define assert_true(...) ::noderig::detail::check_true(NODERIG_CHECK_SITE(__VA_ARGS__), __VA_ARGS__)

// assert_approx(value, expected, tolerance): they differ by at most the tolerance. For amounts,
// integers, durations and floating point; JSON is read as the type of `expected`.
#define assert_approx(...) \
  ::noderig::detail::check_approx(NODERIG_CHECK_SITE(__VA_ARGS__), __VA_ARGS__)

// assert_fee_amount(fee, vsize, rate): `fee` is what a wallet pays for `vsize` virtual bytes at
// `rate` per 1000 of them: at least that, rounded up to a satoshi, and at most the same for two
// virtual bytes more, since a wallet may take a signature for a byte longer than it comes out.
// `fee` and `rate` may be JSON.
#define assert_fee_amount(...) \
  ::noderig::detail::check_fee(NODERIG_CHECK_SITE(__VA_ARGS__), __VA_ARGS__)

#define NODERIG_CHECK_SITE(...)      \
  ::noderig::detail::CheckSite {     \
#__VA_ARGS__, __FILE__, __LINE__ \
  }

namespace noderig {

// What `vsize` virtual bytes cost at a rate per 1000 of them, rounded up to a satoshi as nodes do.
// Neither may be negative.
Amount fee_at_rate(Amount rate_per_kvb, std::int64_t vsize);

// `call` throws rpc::RpcError with this code and a message that contains `text`. Other exceptions
// pass through.
void assert_raises_rpc_error(int code, std::string_view text, const std::function<void()>& call,
                             std::source_location where = std::source_location::current());

namespace detail {

// Where a check stands in the source.
struct CheckSite {
  std::string_view expressions;  // the arguments as written
  std::string_view file;
  unsigned line;
};

// Counts one check that runs.
void count_assertion() noexcept;

// The checks that ran in this process so far.
std::uint64_t assertions_run() noexcept;

// The arguments of a macro from their common text, split at the commas between them. The whole text
// as one when that does not give `count` parts, as for f<a, b>(c).
std::vector<std::string> split_expressions(std::string_view text, std::size_t count);

// The path from the root of the source tree, or the last two parts of one from elsewhere.
std::string short_path(std::string_view file);

// What a failed check found: its values as text in the order of its arguments, and the first two
// that differ as JSON when JSON is involved.
struct Found {
  std::vector<std::string> values;
  Json left{};
  Json right{};
};

// Each throws AssertionError: not(a == b), with `relation` between the values ...
[[noreturn]] void fail_relation(const CheckSite& site, std::string_view relation, Found found);
// ... or a sentence of its own.
[[noreturn]] void fail_with(const CheckSite& site, const std::string& sentence, Found found);
[[noreturn]] void fail_raises(const std::source_location& where, const std::string& sentence);

// The name of a type as it is written in source.
std::string type_name(const std::type_info& type);

template <typename First, typename... Rest>
void check_equal(const CheckSite& site, const First& first, const Rest&... rest) {
  static_assert(sizeof...(rest) > 0, "assert_equal takes two values or more");
  count_assertion();
  if ((equal_values(first, rest) && ...)) return;

  Found found{{show(first), show(rest)...}};
  if constexpr (kIsJson<First> || (kIsJson<Rest> || ...)) {
    found.left = as_json(first);
    const bool differs =
        ((equal_values(first, rest) ? false : (found.right = as_json(rest), true)) || ...);
    static_cast<void>(differs);
  }
  fail_relation(site, "==", std::move(found));
}

template <typename A, typename B>
void check_not_equal(const CheckSite& site, const A& a, const B& b) {
  count_assertion();
  if (equal_values(a, b)) fail_relation(site, "!=", {{show(a), show(b)}});
}

template <typename A, typename B>
void check_greater(const CheckSite& site, const A& a, const B& b) {
  count_assertion();
  if (!less_values(b, a)) fail_relation(site, ">", {{show(a), show(b)}});
}

template <typename A, typename B>
void check_greater_or_equal(const CheckSite& site, const A& a, const B& b) {
  count_assertion();
  if (!less_values(b, a) && !equal_values(a, b)) fail_relation(site, ">=", {{show(a), show(b)}});
}

template <typename T>
void check_true(const CheckSite& site, const T& value) {
  count_assertion();
  bool holds;
  if constexpr (kIsJson<T>) {
    holds = value == true;
  } else {
    holds = static_cast<bool>(value);
  }
  if (!holds) fail_with(site, "not true", {{show(value)}});
}

template <typename Value, typename Expected, typename Tolerance>
void check_approx(const CheckSite& site, const Value& value, const Expected& expected,
                  const Tolerance& tolerance) {
  count_assertion();
  bool within;
  if constexpr (kIsJson<Value> && std::same_as<Expected, Amount>) {
    within = near_values(amount_of(value), expected, tolerance);
  } else if constexpr (kIsJson<Value>) {
    within = near_values(value.template get<Expected>(), expected, tolerance);
  } else {
    within = near_values(value, expected, tolerance);
  }
  if (!within) {
    fail_with(site, "not within the tolerance", {{show(value), show(expected), show(tolerance)}});
  }
}

void check_fee_amount(const CheckSite& site, Amount fee, std::int64_t vsize, Amount rate_per_kvb);

template <typename Fee, typename Rate>
void check_fee(const CheckSite& site, const Fee& fee, std::int64_t vsize, const Rate& rate) {
  check_fee_amount(site, as_amount(fee), vsize, as_amount(rate));
}

}  // namespace detail

// `call` throws an Exception (or one derived from it) whose what() contains `text`.
template <std::derived_from<std::exception> Exception, std::invocable Call>
void assert_raises(Call&& call, std::string_view text = {},
                   std::source_location where = std::source_location::current()) {
  detail::count_assertion();
  const std::string wanted = detail::type_name(typeid(Exception));
  try {
    std::invoke(std::forward<Call>(call));
  } catch (const std::exception& e) {
    if constexpr (!std::same_as<Exception, std::exception>) {
      if (dynamic_cast<const Exception*>(&e) == nullptr) {
        detail::fail_raises(where, detail::type_name(typeid(e)) + " was raised instead of " +
                                       wanted + ": " + e.what());
      }
    }
    if (std::string_view(e.what()).find(text) != std::string_view::npos) return;
    detail::fail_raises(where, wanted + " was raised, but without '" + std::string(text) +
                                   "' in its text: " + e.what());
  }
  detail::fail_raises(where, wanted + " was not raised");
}

}  // namespace noderig
