#include <fmt/format.h>

#include <noderig/framework/assert/show.h>
#include <sstream>

namespace noderig::detail {

std::string shortened(std::string text) {
  if (text.size() <= kShownCharacters) return text;
  const std::size_t size = text.size();
  text.resize(kShownCharacters);
  return fmt::format("{}... ({} characters)", text, size);
}

std::string show_text(std::string_view text) {
  return shortened(fmt::format("\"{}\"", text));
}

std::string show_integer(std::int64_t value) {
  return std::to_string(value);
}

std::string show_integer(std::uint64_t value) {
  return std::to_string(value);
}

std::string show_float(double value) {
  return fmt::format("{}", value);
}

std::string show_character(char32_t value) {
  if (value >= 0x20 && value < 0x7f) return fmt::format("'{}'", static_cast<char>(value));
  return fmt::format("character {:#x}", static_cast<std::uint32_t>(value));
}

std::string show_bytes(ByteSpan bytes) {
  const std::size_t shown = std::min(bytes.size(), kShownCharacters / 2);
  std::string text = to_hex(bytes.first(shown));
  if (shown < bytes.size()) text += fmt::format("... ({} bytes)", bytes.size());
  return text;
}

std::string show_json(const Json& json) {
  // A reply may hold bytes that are not UTF-8; a failure has to be printed all the same.
  return shortened(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string show_seconds(std::chrono::duration<double> duration) {
  return fmt::format("{} s", duration.count());
}

std::string show_elements(const std::vector<std::string>& elements, std::size_t total) {
  std::string text = fmt::format("[{}", fmt::join(elements, ", "));
  if (total > elements.size()) text += fmt::format(", ... {} in all", total);
  return text + "]";
}

std::string show_streamed(const void* value, void (*print)(std::ostream&, const void*)) {
  std::ostringstream out;
  print(out, value);
  return shortened(std::move(out).str());
}

}  // namespace noderig::detail
