// feefilter: asks for no transactions below a fee rate (BIP133).
#pragma once

#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

struct FeeFilter {
  static constexpr std::string_view kCommand = "feefilter";

  Amount fee_rate;  // for 1000 virtual bytes

  void encode(Writer& writer) const { writer.amount(fee_rate); }
  static FeeFilter decode(Reader& reader) { return {.fee_rate = reader.amount("fee rate")}; }
  std::string describe() const { return fmt::format("fee_rate={}", fee_rate.to_string()); }

  friend bool operator==(const FeeFilter&, const FeeFilter&) = default;
};

}  // namespace noderig::p2p
