#include <fmt/format.h>
#include <fnmatch.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/prove/survivors.h>
#include <fstream>

namespace noderig::prove {
namespace {

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

bool matches(const std::string& glob, const std::string& text) {
  return ::fnmatch(glob.c_str(), text.c_str(), 0) == 0;
}

}  // namespace

AcceptedSurvivors::AcceptedSurvivors(const std::filesystem::path& file) {
  std::ifstream in(file);
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (trimmed(line).empty() || line.starts_with('#')) continue;
    const auto first = line.find('|');
    const auto second = first == std::string::npos ? first : line.find('|', first + 1);
    if (second == std::string::npos || trimmed(line.substr(second + 1)).empty()) {
      throw EnvironmentError(fmt::format("{}:{}: \"{}\" is not SCENARIO | WHAT | REASON",
                                         file.string(), number, line));
    }
    entries_.push_back({trimmed(line.substr(0, first)),
                        trimmed(line.substr(first + 1, second - first - 1)),
                        trimmed(line.substr(second + 1))});
  }
}

std::string AcceptedSurvivors::reason(const std::string& scenario, const std::string& what) const {
  for (const Entry& entry : entries_) {
    if (matches(entry.scenario, scenario) && matches(entry.what, what)) return entry.reason;
  }
  return {};
}

}  // namespace noderig::prove
