#include "csv.h"

namespace noderig::risk {

void strip_line(std::string& line, std::size_t number) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (number == 1 && line.starts_with(kByteOrderMark)) line.erase(0, kByteOrderMark.size());
  if (line.ends_with('\r')) line.pop_back();
}

std::optional<std::vector<std::string>> split_csv(const std::string& line, char separator) {
  std::vector<std::string> fields;
  for (std::size_t at = 0;;) {
    std::string field;
    if (at < line.size() && line[at] == '"') {
      for (++at;; ++at) {
        if (at >= line.size()) return {};
        if (line[at] != '"') {
          field += line[at];
        } else if (at + 1 < line.size() && line[at + 1] == '"') {
          field += line[at++];
        } else {
          break;
        }
      }
      ++at;
    } else {
      while (at < line.size() && line[at] != separator) {
        if (line[at] == '"') return {};
        field += line[at++];
      }
    }
    fields.push_back(std::move(field));
    if (at >= line.size()) return fields;
    if (line[at++] != separator) return {};
  }
}

}  // namespace noderig::risk
