// Money. An Amount is a whole number of satoshi in 64 bits and never passes through a double.
// Value type; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace noderig {

class Amount {
 public:
  static constexpr std::int64_t kSatoshiPerBitcoin = 100'000'000;

  constexpr Amount() = default;

  // `satoshi` may be negative: differences of amounts are amounts.
  static constexpr Amount sat(std::int64_t satoshi) { return Amount(satoshi); }

  // Whole bitcoins.
  static constexpr Amount btc(std::int64_t bitcoins) {
    return Amount(bitcoins * kSatoshiPerBitcoin);
  }

  // Reads a decimal number of bitcoins as nodes write it ("0.1", "-1.00000001", "1e-8"). Nothing
  // when the text is no number, needs more than eight decimals or does not fit.
  static std::optional<Amount> parse(std::string_view bitcoins);

  constexpr std::int64_t satoshi() const { return satoshi_; }

  // Bitcoins with eight decimals, as nodes print them: "0.10000000".
  std::string to_string() const;

  friend constexpr bool operator==(Amount, Amount) = default;
  friend constexpr auto operator<=>(Amount, Amount) = default;

  constexpr Amount operator-() const { return Amount(-satoshi_); }
  constexpr Amount& operator+=(Amount other) {
    satoshi_ += other.satoshi_;
    return *this;
  }
  constexpr Amount& operator-=(Amount other) {
    satoshi_ -= other.satoshi_;
    return *this;
  }
  friend constexpr Amount operator+(Amount a, Amount b) { return a += b; }
  friend constexpr Amount operator-(Amount a, Amount b) { return a -= b; }
  friend constexpr Amount operator*(Amount a, std::int64_t n) { return Amount(a.satoshi_ * n); }
  friend constexpr Amount operator*(std::int64_t n, Amount a) { return a * n; }
  // Rounds towards zero, as integer division does.
  friend constexpr Amount operator/(Amount a, std::int64_t n) { return Amount(a.satoshi_ / n); }

 private:
  explicit constexpr Amount(std::int64_t satoshi) : satoshi_(satoshi) {}

  std::int64_t satoshi_ = 0;
};

std::ostream& operator<<(std::ostream& out, Amount amount);

namespace literals {
constexpr Amount operator""_sat(unsigned long long satoshi) {
  return Amount::sat(static_cast<std::int64_t>(satoshi));
}
constexpr Amount operator""_btc(unsigned long long bitcoins) {
  return Amount::btc(static_cast<std::int64_t>(bitcoins));
}
}  // namespace literals

}  // namespace noderig
