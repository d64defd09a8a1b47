#include <fmt/chrono.h>
#include <noderig/framework/history/time_point.h>
#include <ctime>

namespace noderig {

using namespace std::chrono;

TimePoint now() {
  return floor<milliseconds>(system_clock::now());
}

std::string to_rfc3339(TimePoint time) {
  const auto whole = floor<seconds>(time);
  const auto fraction = (time - whole).count();
  const std::tm parts = fmt::gmtime(system_clock::to_time_t(whole));
  const std::string text = fmt::format("{:%Y-%m-%dT%H:%M:%S}", parts);
  return fraction == 0 ? text + "Z" : fmt::format("{}.{:03}Z", text, fraction);
}

std::optional<TimePoint> parse_time(std::string_view text) {
  const std::string copy(text);
  std::tm parts{};
  const char* rest = ::strptime(copy.c_str(), "%Y-%m-%d", &parts);
  if (rest == nullptr || (*rest != 'T' && *rest != 't' && *rest != ' ')) return {};
  rest = ::strptime(rest + 1, "%H:%M:%S", &parts);
  if (rest == nullptr) return {};
  milliseconds fraction{0};
  if (*rest == '.' || *rest == ',') {
    int digits = 0;
    for (++rest; *rest >= '0' && *rest <= '9'; ++rest, ++digits) {
      const int weight = digits == 0 ? 100 : digits == 1 ? 10 : digits == 2 ? 1 : 0;
      fraction += milliseconds((*rest - '0') * weight);
    }
    if (digits == 0) return {};
  }
  minutes offset{0};
  if (*rest == 'Z' || *rest == 'z') {
    ++rest;
  } else if (*rest == '+' || *rest == '-') {
    int hour = 0;
    int minute = 0;
    int read = 0;
    if (std::sscanf(rest + 1, "%2d:%2d%n", &hour, &minute, &read) != 2 || read != 5) return {};
    offset = (*rest == '-' ? -1 : 1) * (hours(hour) + minutes(minute));
    rest += 1 + read;
  }
  if (*rest != '\0') return {};
  return TimePoint(seconds(::timegm(&parts))) + fraction - offset;
}

}  // namespace noderig
