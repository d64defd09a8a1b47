// How the assert helpers print a value: by its to_string() member or function, by operator<<, as
// JSON, or element by element; long values are cut short. Part of framework/assert.h. Pure
// functions; any thread.
#pragma once

#include <noderig/framework/assert/compare.h>
#include <chrono>
#include <concepts>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace noderig::detail {

// Longest text shown of one value, in characters, and the most elements shown of a container.
inline constexpr std::size_t kShownCharacters = 400;
inline constexpr std::size_t kShownElements = 16;

// `text` when it is short enough, else its beginning, "..." and how long it is.
std::string shortened(std::string text);

std::string show_text(std::string_view text);
std::string show_integer(std::int64_t value);
std::string show_integer(std::uint64_t value);
std::string show_float(double value);
std::string show_character(char32_t value);
std::string show_bytes(ByteSpan bytes);
std::string show_json(const Json& json);
std::string show_seconds(std::chrono::duration<double> duration);
std::string show_elements(const std::vector<std::string>& elements, std::size_t total);
// What `print` writes to the stream it is given.
std::string show_streamed(const void* value, void (*print)(std::ostream&, const void*));

template <typename T>
concept HasToString = requires(const T& value) {
  { value.to_string() } -> std::convertible_to<std::string>;
};

template <typename T>
concept HasToStringFunction = requires(const T& value) {
  {std::string(to_string(value))};
};

template <typename T>
concept Streamable = requires(std::ostream& out, const T& value) {
  out << value;
};

template <typename T>
concept OptionalLike = requires(const T& value) {
  { value.has_value() } -> std::same_as<bool>;
  *value;
};

template <typename T>
concept TupleLike = requires {
  std::tuple_size<T>::value;
};

template <typename T>
inline constexpr bool kIsDuration = false;
template <typename Rep, typename Period>
inline constexpr bool kIsDuration<std::chrono::duration<Rep, Period>> = true;

template <typename T>
std::string show(const T& value) {
  if constexpr (kIsJson<T>) {
    return show_json(value);
  } else if constexpr (std::same_as<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::same_as<T, std::nullptr_t>) {
    return "nullptr";
  } else if constexpr (Character<T>) {
    return show_character(static_cast<char32_t>(value));
  } else if constexpr (std::signed_integral<T>) {
    return show_integer(static_cast<std::int64_t>(value));
  } else if constexpr (std::unsigned_integral<T>) {
    return show_integer(static_cast<std::uint64_t>(value));
  } else if constexpr (std::floating_point<T>) {
    return show_float(static_cast<double>(value));
  } else if constexpr (TextLike<T>) {
    return show_text(std::string_view(value));
  } else if constexpr (HasToString<T>) {
    return shortened(value.to_string());
  } else if constexpr (HasToStringFunction<T>) {
    return shortened(std::string(to_string(value)));
  } else if constexpr (kIsDuration<T>) {
    return show_seconds(value);
  } else if constexpr (BytesLike<T>) {
    return show_bytes(ByteSpan(value));
  } else if constexpr (OptionalLike<T>) {
    return value.has_value() ? show(*value) : "(nothing)";
  } else if constexpr (Streamable<T>) {
    return show_streamed(
        &value, [](std::ostream& out, const void* from) { out << *static_cast<const T*>(from); });
  } else if constexpr (Sequence<T>) {
    std::vector<std::string> elements;
    std::size_t total = 0;
    for (const auto& element : value) {
      if (total++ < kShownElements) elements.push_back(show(element));
    }
    return show_elements(elements, total);
  } else if constexpr (TupleLike<T>) {
    return std::apply(
        [](const auto&... parts) {
          return show_elements(std::vector<std::string>{show(parts)...}, sizeof...(parts));
        },
        value);
  } else if constexpr (std::is_enum_v<T>) {
    return show(static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (requires { Json(value); }) {
    return show_json(Json(value));
  } else {
    return "(a value that cannot be printed)";
  }
}

}  // namespace noderig::detail
