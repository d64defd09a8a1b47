#include "register.h"

#include "parts.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/nearest.h>
#include <algorithm>
#include <atomic>
#include <cctype>
#include <chrono>
#include <fstream>
#include <unordered_set>

namespace noderig::risk {
namespace {

// The decimal of two digits at `at`, which must be within the text; -1 when there is none.
int two_digits(std::string_view text, std::size_t at) {
  const int tens = text[at] - '0';
  const int ones = text[at + 1] - '0';
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}

// Minutes east of UTC that the zone at `at` says; nothing when it is none or not the end.
std::optional<int> zone(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(std::min(at, text.size()));
  if (rest == "Z" || rest == "z") return 0;
  if (rest.size() != 6 || (rest[0] != '+' && rest[0] != '-') || rest[3] != ':') return {};
  const int hours = two_digits(rest, 1);
  const int minutes = two_digits(rest, 4);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return {};
  return (rest[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

std::string plain_words(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  std::ranges::replace(text, '_', ' ');
  std::ranges::replace(text, '-', ' ');
  return text;
}

}  // namespace

std::int64_t parse_time(std::string_view text) {
  using namespace std::chrono;
  const auto wrong = [&] {
    return UsageError(fmt::format("\"{}\" is no time of RFC 3339 (2026-01-31T12:00:00Z)", text));
  };
  const bool marks = text.size() >= 20 && text[4] == '-' && text[7] == '-' &&
                     (text[10] == 'T' || text[10] == 't' || text[10] == ' ') && text[13] == ':' &&
                     text[16] == ':';
  if (!marks) throw wrong();
  const int hour = two_digits(text, 11);
  const int minute = two_digits(text, 14);
  const int second = two_digits(text, 17);
  const int centuries = two_digits(text, 0);
  const int years = two_digits(text, 2);
  const year_month_day date{year(centuries * 100 + years),
                            month(static_cast<unsigned>(two_digits(text, 5))),
                            day(static_cast<unsigned>(two_digits(text, 8)))};
  std::size_t end = 19;
  if (text[end] == '.') {
    ++end;
    while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end])) != 0) ++end;
    if (end == 20) throw wrong();
  }
  const auto offset = zone(text, end);
  const bool fits = centuries >= 0 && years >= 0 && date.ok() && hour >= 0 && hour < 24 &&
                    minute >= 0 && minute < 60 && second >= 0 && second <= 60;
  if (!fits || !offset) throw wrong();
  const auto time = sys_days(date) + hours(hour) + minutes(minute - *offset) + seconds(second);
  return time.time_since_epoch().count();
}

std::string time_text(std::int64_t time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(time)));
}

std::size_t step_of(const std::array<std::string, 5>& axis, const std::string& name,
                    const std::string& where) {
  const auto found = std::ranges::find(axis, plain_words(name));
  if (found != axis.end()) return static_cast<std::size_t>(found - axis.begin());
  throw UsageError(fmt::format("{}: no step is named \"{}\"{}", where, name,
                               did_you_mean(name, {axis.begin(), axis.end()})));
}

bool sort_runs(std::vector<TestRun>& runs) {
  if (std::ranges::is_sorted(runs, {}, &TestRun::time)) return false;
  std::ranges::stable_sort(runs, {}, &TestRun::time);
  return true;
}

void finish(Register& tests) {
  std::atomic<std::size_t> sorted = tests.sorted;
  in_parts(tests.tests.size(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (sort_runs(tests.tests[i].runs)) ++sorted;
    }
  });
  std::unordered_set<std::string_view> ids;
  bool history = false;
  for (TestCase& test : tests.tests) {
    if (test.id.empty()) throw UsageError("a test has an empty id");
    if (!ids.insert(test.id).second) {
      throw UsageError(fmt::format("two tests have the id \"{}\"", test.id));
    }
    if (test.title.empty()) test.title = test.id;
    history = history || !test.runs.empty() || test.evidence ||
              test.layers[static_cast<std::size_t>(Layer::History)];
  }
  if (sorted > 0) {
    tests.notes.push_back(
        fmt::format("time stamps out of order in {} test{}: runs were sorted by time",
                    sorted.load(), sorted == 1 ? "" : "s"));
  }
  if (!history) {
    tests.notes.emplace_back("no history: the order comes from the other layers alone");
  }
}

Register load_register(const std::filesystem::path& file, KeptRuns kept) {
  if (std::filesystem::is_directory(file)) {
    throw EnvironmentError(fmt::format("cannot read {}: it is a directory", file.string()));
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) throw EnvironmentError(fmt::format("cannot read {}", file.string()));
  try {
    return plain_words(file.extension()) == ".csv" ? read_register_csv(in)
                                                   : read_register_json(in, kept);
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", file.string(), error.what()));
  }
}

}  // namespace noderig::risk
