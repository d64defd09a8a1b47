#include <noderig/framework/bundle/daemon_log.h>
#include <charconv>
#include <cstdint>
#include <optional>

namespace noderig {
namespace {

using Time = std::chrono::system_clock::time_point;

// Takes a number of exactly `digits` digits and then `end` off the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits, char end) {
  int value = 0;
  if (text.size() <= digits || text[digits] != end) return std::nullopt;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc() || rest != text.data() + digits || value < 0) return std::nullopt;
  text.remove_prefix(digits + 1);
  return value;
}

// Takes "2026-01-02T03:04:05.678901Z", its fraction optional, off the front of `text`.
std::optional<Time> take_time(std::string_view& text) {
  std::string_view rest = text;
  const auto year = take_number(rest, 4, '-');
  const auto month = take_number(rest, 2, '-');
  const auto day = take_number(rest, 2, 'T');
  const auto hour = take_number(rest, 2, ':');
  const auto minute = take_number(rest, 2, ':');
  if (!year || !month || !day || !hour || !minute) return std::nullopt;
  int micros = 0;
  auto second = take_number(rest, 2, 'Z');
  if (!second) {
    second = take_number(rest, 2, '.');
    const auto fraction = take_number(rest, 6, 'Z');
    if (!second || !fraction) return std::nullopt;
    micros = *fraction;
  }
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  text = rest;
  return Time(std::chrono::sys_days(date) + std::chrono::hours(*hour) +
              std::chrono::minutes(*minute) + std::chrono::seconds(*second) +
              std::chrono::microseconds(micros));
}

std::optional<Time> take_bitcoind_times(std::string_view& line) {
  constexpr std::string_view kMocktime = " (mocktime: ";
  const auto time = take_time(line);
  if (!time) return std::nullopt;
  if (line.starts_with(kMocktime)) {
    const auto end = line.find(')');
    if (end != std::string_view::npos) line.remove_prefix(end + 1);
  }
  if (line.starts_with(' ')) line.remove_prefix(1);
  return time;
}

std::optional<Time> take_bcoin_time(std::string_view& line) {
  if (line.size() < 3 || line[0] != '[' || line[2] != ':') return std::nullopt;
  std::string_view rest = line.substr(3);
  const auto time = take_time(rest);
  if (!time || !rest.starts_with("] ")) return std::nullopt;
  line = rest.substr(2);
  return time;
}

}  // namespace

std::vector<DaemonLogLine> parse_daemon_log(std::string_view log) {
  std::vector<DaemonLogLine> lines;
  Time latest{};
  while (!log.empty()) {
    const auto end = std::min(log.find('\n'), log.size());
    std::string_view line = log.substr(0, end);
    log.remove_prefix(std::min(end + 1, log.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    auto time = take_bitcoind_times(line);
    if (!time) time = take_bcoin_time(line);
    latest = time.value_or(latest);
    if (!line.empty()) lines.push_back({latest, line});
  }
  return lines;
}

}  // namespace noderig
