#include <noderig/rpc/json.h>

#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

template class nlohmann::basic_json<>;

namespace noderig::rpc {

// Why a double is enough: below 2^25, thus up to 33 million bitcoins, doubles lie at most 2^-28
// apart, so the nearest double is less than 2e-9 away from any decimal. Decimals with up to eight
// places are 1e-8 apart: no two of them share a double. The shortest decimal that reads back as
// the double of an amount can't be longer than the amount's own, hence has at most eight places,
// hence is the amount's own.
std::string decimal_text(const Json& number) {
  if (number.is_number_integer()) return number.dump();
  if (!number.is_number_float()) {
    throw std::invalid_argument("a JSON number was expected, not " +
                                std::string(number.type_name()));
  }
  const double value = number.get<double>();
  if (!std::isfinite(value)) throw std::invalid_argument("not a finite number");
  // The longest double without exponent has 309 digits before the point, or 341 after it.
  std::array<char, 400> text;
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed).ptr;
  return std::string(text.data(), end);
}

}  // namespace noderig::rpc
