#include <cxxabi.h>
#include <fmt/format.h>

#include <noderig/framework/assert.h>
#include <noderig/rpc/errors.h>
#include <atomic>
#include <cstdlib>
#include <memory>

namespace noderig {
namespace detail {
namespace {

constexpr std::size_t kHeadCharacters = 80;

std::atomic<std::uint64_t> assertion_count{0};

std::string clipped(const std::string& text) {
  if (text.size() <= kHeadCharacters) return text;
  return fmt::format("{}...", std::string_view(text).substr(0, kHeadCharacters));
}

std::string place(std::string_view file, unsigned line) {
  return fmt::format(" at {}:{}", short_path(file), line);
}

// One line for each value that its expression does not spell out already.
std::string value_lines(const CheckSite& site, const std::vector<std::string>& values) {
  const auto expressions = split_expressions(site.expressions, values.size());
  if (expressions.size() != values.size()) {
    return fmt::format("\n  {} = {}", site.expressions, fmt::join(values, ", "));
  }
  std::string lines;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (expressions[i] == values[i]) continue;
    lines += fmt::format("\n  {} = {}", expressions[i], values[i]);
  }
  return lines;
}

std::string difference_lines(const Json& left, const Json& right) {
  if (!left.is_structured() || !right.is_structured()) return {};
  std::string lines = "\n  difference:\n    ";
  for (const char c : json_difference(left, right)) {
    lines += c;
    if (c == '\n') lines += "    ";
  }
  return lines;
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\n") - first + 1));
}

bool is_word_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// Where the string or character literal that opens at `i` closes; its last character is there.
std::size_t end_of_literal(std::string_view text, std::size_t i) {
  const char quote = text[i];
  if (quote == '"' && i > 0 && text[i - 1] == 'R') {
    const auto open = text.find('(', i);
    if (open == std::string_view::npos) return text.size();
    const std::string close = ")" + std::string(text.substr(i + 1, open - i - 1)) + "\"";
    const auto end = text.find(close, open);
    return end == std::string_view::npos ? text.size() : end + close.size() - 1;
  }
  for (++i; i < text.size() && text[i] != quote; ++i) {
    if (text[i] == '\\') ++i;
  }
  return i;
}

}  // namespace

void count_assertion() noexcept {
  assertion_count.fetch_add(1, std::memory_order_relaxed);
}

std::uint64_t assertions_run() noexcept {
  return assertion_count.load(std::memory_order_relaxed);
}

std::vector<std::string> split_expressions(std::string_view text, std::size_t count) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    // In 1'000 the quote separates digits.
    const bool digit_separator = c == '\'' && i > 0 && is_word_character(text[i - 1]);
    if ((c == '"' || c == '\'') && !digit_separator) {
      i = end_of_literal(text, i);
    } else if (c == '(' || c == '[' || c == '{') {
      ++depth;
    } else if (c == ')' || c == ']' || c == '}') {
      --depth;
    } else if (c == ',' && depth == 0) {
      parts.push_back(trimmed(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  parts.push_back(trimmed(text.substr(begin)));
  if (parts.size() != count) return {trimmed(text)};
  return parts;
}

std::string short_path(std::string_view file) {
  constexpr std::string_view kHere = "framework/assert.cpp";
  std::string_view root = __FILE__;
  if (root.ends_with(kHere)) {
    root.remove_suffix(kHere.size());
    if (!root.empty() && file.starts_with(root)) return std::string(file.substr(root.size()));
  }
  const auto last = file.rfind('/');
  if (last == std::string_view::npos || last == 0) return std::string(file);
  const auto before = file.rfind('/', last - 1);
  return std::string(before == std::string_view::npos ? file : file.substr(before + 1));
}

void fail_relation(const CheckSite& site, std::string_view relation, Found found) {
  std::string head;
  for (const auto& value : found.values) {
    if (!head.empty()) head += fmt::format(" {} ", relation);
    head += clipped(value);
  }
  throw AssertionError(fmt::format("not({}){}{}{}", head, place(site.file, site.line),
                                   value_lines(site, found.values),
                                   difference_lines(found.left, found.right)));
}

void fail_with(const CheckSite& site, const std::string& sentence, Found found) {
  throw AssertionError(fmt::format("{}: {}{}{}", sentence, trimmed(site.expressions),
                                   place(site.file, site.line), value_lines(site, found.values)));
}

void fail_raises(const std::source_location& where, const std::string& sentence) {
  throw AssertionError(sentence + place(where.file_name(), where.line()));
}

std::string type_name(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free);
  return name ? name.get() : type.name();
}

bool equal_json(const Json& a, const Json& b) {
  // The library compares a signed with an unsigned integer as if both were signed.
  if (a.is_number_integer() && b.is_number_integer() &&
      a.is_number_unsigned() != b.is_number_unsigned()) {
    return a.is_number_unsigned() ? std::cmp_equal(a.get<std::uint64_t>(), b.get<std::int64_t>())
                                  : std::cmp_equal(a.get<std::int64_t>(), b.get<std::uint64_t>());
  }
  return a == b;
}

bool less_json(const Json& a, const Json& b) {
  if (!(a.is_number() && b.is_number()) && !(a.is_string() && b.is_string())) {
    throw AssertionError(
        fmt::format("no order between these: {} and {}", show_json(a), show_json(b)));
  }
  return a < b;
}

void check_fee_amount(const CheckSite& site, Amount fee, std::int64_t vsize, Amount rate_per_kvb) {
  count_assertion();
  constexpr std::int64_t kSlack = 2;  // virtual bytes
  const Amount least = fee_at_rate(rate_per_kvb, vsize);
  const Amount most = fee_at_rate(rate_per_kvb, vsize + kSlack);
  const Found found{{show(fee), show(vsize), show(rate_per_kvb)}};
  if (fee < least) fail_with(site, "the fee is too low, should be " + least.to_string(), found);
  if (fee > most) {
    fail_with(site, "the fee is too high, should be at most " + most.to_string(), found);
  }
}

}  // namespace detail

Amount fee_at_rate(Amount rate_per_kvb, std::int64_t vsize) {
  const std::int64_t whole = rate_per_kvb.satoshi() / 1000;
  const std::int64_t rest = rate_per_kvb.satoshi() % 1000;
  return Amount::sat(whole * vsize + (rest * vsize + 999) / 1000);
}

void assert_raises_rpc_error(int code, std::string_view text, const std::function<void()>& call,
                             std::source_location where) {
  detail::count_assertion();
  const std::string wanted = fmt::format("RPC error {} with '{}'", code, text);
  try {
    call();
  } catch (const rpc::RpcError& e) {
    const bool same_code = static_cast<int>(e.code()) == code;
    if (same_code && e.message().find(text) != std::string::npos) return;
    detail::fail_raises(where, fmt::format("{} was expected, the call raised {}: {}", wanted,
                                           static_cast<int>(e.code()), e.message()));
  }
  detail::fail_raises(where, wanted + " was not raised");
}

}  // namespace noderig
