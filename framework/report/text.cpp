#include <noderig/framework/report/text.h>
#include <algorithm>
#include <nlohmann/json.hpp>

namespace noderig {
namespace {

// Bytes that are no UTF-8 become U+FFFD; the JSON library knows how to tell them.
std::string valid_utf8(std::string_view text) {
  return nlohmann::json::parse(
             nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))
      .get<std::string>();
}

// The picture of a control character: U+2400 is that of NUL, U+2401 of the next, U+2421 of DEL.
std::string picture_of(unsigned char control) {
  return {'\xE2', '\x90', static_cast<char>(control == 0x7f ? 0xA1 : 0x80 + control)};
}

}  // namespace

std::string printable(std::string_view text) {
  // The two of three bytes that are UTF-8 and yet no characters, which XML refuses.
  constexpr std::string_view kNoCharacters[] = {"\xEF\xBF\xBE", "\xEF\xBF\xBF"};
  const std::string valid = valid_utf8(text);
  std::string result;
  result.reserve(valid.size());
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const auto byte = static_cast<unsigned char>(valid[i]);
    if (std::ranges::find(kNoCharacters, std::string_view(valid).substr(i, 3)) !=
        std::end(kNoCharacters)) {
      result += "\xEF\xBF\xBD";
      i += 2;
    } else if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f) {
      result += picture_of(byte);
    } else {
      result += valid[i];
    }
  }
  return result;
}

std::string one_line(std::string_view text) {
  std::string line = printable(text);
  std::ranges::replace(line, '\n', ' ');
  std::ranges::replace(line, '\t', ' ');
  return line;
}

}  // namespace noderig
