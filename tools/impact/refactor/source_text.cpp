#include "source_text.h"

namespace noderig::impact {
namespace {

constexpr std::string_view kBlanks = " \t\r";

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// The line before that of `at`; not there at the file's beginning.
std::string_view line_before(std::string_view text, std::size_t at) {
  const std::size_t begin = line_begin(text, at);
  if (begin == 0) return "{";
  const std::size_t before = line_begin(text, begin - 1);
  return text.substr(before, begin - before);
}

bool opens_block(std::string_view line) {
  const std::size_t last = line.find_last_not_of(" \t\r\n");
  return last != std::string_view::npos && (line[last] == '{' || line[last] == ':');
}

bool closes_block(std::string_view line) {
  const std::size_t first = line.find_first_not_of(kBlanks);
  return first == std::string_view::npos || line[first] == '}';
}

}  // namespace

std::string_view newline_of(std::string_view text) {
  const std::size_t first = text.find('\n');
  return first != std::string_view::npos && first > 0 && text[first - 1] == '\r' ? "\r\n" : "\n";
}

std::size_t line_begin(std::string_view text, std::size_t at) {
  if (at == 0) return 0;
  const std::size_t before = text.rfind('\n', at - 1);
  return before == std::string_view::npos ? 0 : before + 1;
}

std::size_t line_end(std::string_view text, std::size_t at) {
  const std::size_t newline = text.find('\n', at);
  return newline == std::string_view::npos ? text.size() : newline + 1;
}

std::string_view indentation(std::string_view text, std::size_t at) {
  const std::size_t begin = line_begin(text, at);
  const std::size_t first = text.find_first_not_of(" \t", begin);
  return text.substr(begin, (first == std::string_view::npos ? text.size() : first) - begin);
}

Edit removal(const std::string& file, std::string_view text, std::size_t begin, std::size_t end) {
  const std::size_t first = line_begin(text, begin);
  const std::size_t last = line_end(text, end);
  if (!is_blank(text.substr(first, begin - first)) || !is_blank(text.substr(end, last - end))) {
    return {file, begin, end, ""};
  }
  Edit edit{file, first, last, ""};
  const std::string_view before = line_before(text, first);
  const std::string_view after = text.substr(last, line_end(text, last) - last);
  if (last < text.size() && is_blank(after) && (is_blank(before) || opens_block(before))) {
    edit.end += after.size();
  } else if (is_blank(before) && (last == text.size() || closes_block(after))) {
    edit.begin -= before.size();
  }
  return edit;
}

std::string reindented(std::string_view block, std::string_view from, std::string_view to,
                       std::string_view newline) {
  std::string out;
  while (true) {
    const std::size_t end = block.find('\n');
    std::string_view line = block.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with(from)) line.remove_prefix(from.size());
    if (!is_blank(line)) out.append(to).append(line);
    if (end == std::string_view::npos) return out;
    out += newline;
    block.remove_prefix(end + 1);
  }
}

}  // namespace noderig::impact
