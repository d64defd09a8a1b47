#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/history/quarantine.h>
#include <noderig/framework/home.h>
#include <unistd.h>
#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

namespace noderig {
namespace {

namespace fs = std::filesystem;

// Digits and nothing else.
std::optional<int> number_of(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return {};
  return number;
}

bool is_entry(const std::string& line) {
  const std::size_t first = line.find_first_not_of(" \t");
  return first != std::string::npos && line[first] != '#';
}

std::optional<QuarantineEntry> parse_entry(const std::string& line) {
  std::istringstream words(line);
  std::string scenario;
  std::string until;
  std::string reason;
  words >> scenario >> until >> std::ws;
  std::getline(words, reason);
  const auto date = parse_date(until);
  if (!date || reason.empty()) return {};
  return QuarantineEntry{scenario, *date, reason};
}

std::string line_of(const QuarantineEntry& entry) {
  return fmt::format("{} {} {}", entry.scenario, entry.until_text(), entry.reason);
}

bool is_of(const std::string& line, const std::string& scenario) {
  const auto entry = is_entry(line) ? parse_entry(line) : std::nullopt;
  return entry && entry->scenario == scenario;
}

}  // namespace

std::string QuarantineEntry::until_text() const {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(until.year()),
                     static_cast<unsigned>(until.month()), static_cast<unsigned>(until.day()));
}

std::chrono::sys_days current_day() {
  return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
}

std::optional<std::chrono::year_month_day> parse_date(const std::string& text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
  const auto year = number_of(std::string_view(text).substr(0, 4));
  const auto month = number_of(std::string_view(text).substr(5, 2));
  const auto day = number_of(std::string_view(text).substr(8, 2));
  if (!year || !month || !day) return {};
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  return date.ok() ? std::optional(date) : std::nullopt;
}

fs::path Quarantine::default_file() {
  const fs::path root = work_tree_root();
  return root.empty() ? home_directory() / "quarantine" : root / ".noderig-quarantine";
}

Quarantine::Quarantine(fs::path file) : file_(std::move(file)) {
  std::ifstream in(file_);
  for (std::string line; std::getline(in, line);) lines_.push_back(line);
  parse();
}

void Quarantine::parse() {
  entries_.clear();
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (!is_entry(lines_[i])) continue;
    const auto entry = parse_entry(lines_[i]);
    if (!entry) {
      throw EnvironmentError(fmt::format(
          "{}:{}: \"{}\" is no entry of the quarantine list: SCENARIO YYYY-MM-DD REASON",
          file_.string(), i + 1, lines_[i]));
    }
    entries_.push_back(*entry);
  }
}

const QuarantineEntry* Quarantine::find(const std::string& scenario) const {
  const auto found = std::ranges::find(entries_, scenario, &QuarantineEntry::scenario);
  return found == entries_.end() ? nullptr : &*found;
}

void Quarantine::put(const QuarantineEntry& entry) {
  const auto old = std::ranges::find_if(
      lines_, [&](const std::string& line) { return is_of(line, entry.scenario); });
  if (old == lines_.end()) {
    lines_.push_back(line_of(entry));
  } else {
    *old = line_of(entry);
  }
  write();
  parse();
}

bool Quarantine::remove(const std::string& scenario) {
  if (std::erase_if(lines_, [&](const auto& line) { return is_of(line, scenario); }) == 0) {
    return false;
  }
  write();
  parse();
  return true;
}

void Quarantine::write() const {
  const fs::path fresh = fmt::format("{}.{}", file_.string(), ::getpid());
  std::ofstream out(fresh);
  for (const std::string& line : lines_) out << line << '\n';
  std::error_code error;
  if (out.flush()) fs::rename(fresh, file_, error);
  if (!out || error) {
    std::error_code ignored;
    fs::remove(fresh, ignored);
    throw EnvironmentError(fmt::format("cannot write {}", file_.string()));
  }
}

}  // namespace noderig
