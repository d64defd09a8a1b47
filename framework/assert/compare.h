// When the assert helpers hold two values to be equal, or one to be less. Part of
// framework/assert.h, which states the rules. Pure functions; any thread.
#pragma once

#include <noderig/framework/json.h>
#include <algorithm>
#include <concepts>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace noderig::detail {

template <typename T>
inline constexpr bool kIsJson = std::same_as<std::remove_cvref_t<T>, Json>;

// The JSON type converts to nearly everything by itself, so it is kept out of these.
template <typename T>
concept TextLike = !kIsJson<T> && std::convertible_to<const T&, std::string_view>;

template <typename T>
concept BytesLike = !kIsJson<T> && std::convertible_to<const T&, ByteSpan>;

template <typename T>
concept Character = std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char8_t> ||
    std::same_as<T, char16_t> || std::same_as<T, char32_t>;

// Integers in the sense of arithmetic: what std::cmp_equal takes.
template <typename T>
concept Integer = std::integral<T> && !std::same_as<T, bool> && !Character<T>;

template <typename T>
concept Sequence = !kIsJson<T> && !TextLike<T> && std::ranges::forward_range<const T>;

template <typename A, typename B>
concept EqualityComparable = requires(const A& a, const B& b) {
  { a == b } -> std::convertible_to<bool>;
};

inline Amount as_amount(Amount amount) {
  return amount;
}
inline Amount as_amount(const Json& json) {
  return amount_of(json);
}

// `value` as JSON; bytes become hex, as everywhere in a node's replies.
template <typename T>
Json as_json(const T& value) {
  if constexpr (BytesLike<T>) {
    return Json(to_hex(ByteSpan(value)));
  } else if constexpr (TextLike<T>) {
    return Json(std::string(std::string_view(value)));
  } else {
    return Json(value);
  }
}

// a < b for JSON: numbers with numbers and strings with strings. Throws AssertionError for others.
bool less_json(const Json& a, const Json& b);

// a == b for JSON; an integer above the signed range equals no negative one.
bool equal_json(const Json& a, const Json& b);

template <typename A, typename B>
bool equal_values(const A& a, const B& b) {
  if constexpr (kIsJson<A> && std::same_as<B, Amount>) {
    return parse_amount(a) == b;
  } else if constexpr (kIsJson<B> && std::same_as<A, Amount>) {
    return parse_amount(b) == a;
  } else if constexpr (kIsJson<A> && kIsJson<B>) {
    return equal_json(a, b);
  } else if constexpr (kIsJson<A> || kIsJson<B>) {
    return equal_json(as_json(a), as_json(b));
  } else if constexpr (Integer<A> && Integer<B>) {
    return std::cmp_equal(a, b);
  } else if constexpr (TextLike<A> && TextLike<B>) {
    return std::string_view(a) == std::string_view(b);
  } else if constexpr (Sequence<A> && Sequence<B> &&
                       (!std::same_as<A, B> || std::is_array_v<A> || !EqualityComparable<A, B>)) {
    return std::ranges::equal(a, b,
                              [](const auto& x, const auto& y) { return equal_values(x, y); });
  } else {
    static_assert(EqualityComparable<A, B>, "these two types cannot be compared with ==");
    return static_cast<bool>(a == b);
  }
}

template <typename A, typename B>
bool less_values(const A& a, const B& b) {
  if constexpr (kIsJson<A> && std::same_as<B, Amount>) {
    return amount_of(a) < b;
  } else if constexpr (kIsJson<B> && std::same_as<A, Amount>) {
    return a < amount_of(b);
  } else if constexpr (kIsJson<A> && kIsJson<B>) {
    return less_json(a, b);
  } else if constexpr (kIsJson<A> || kIsJson<B>) {
    return less_json(as_json(a), as_json(b));
  } else if constexpr (Integer<A> && Integer<B>) {
    return std::cmp_less(a, b);
  } else if constexpr (TextLike<A> && TextLike<B>) {
    return std::string_view(a) < std::string_view(b);
  } else {
    return static_cast<bool>(a < b);
  }
}

// Whether `a` and `b` are at most `tolerance` apart.
template <typename A, typename B, typename Tolerance>
bool near_values(const A& a, const B& b, const Tolerance& tolerance) {
  return less_values(a, b) ? !less_values(tolerance, b - a) : !less_values(tolerance, a - b);
}

}  // namespace noderig::detail
