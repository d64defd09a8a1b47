#include "stable_names.h"

#include <charconv>
#include <string_view>

namespace noderig::impact {
namespace {

constexpr std::string_view kMark = "$_";

// The number behind the mark, with where it ends.
std::pair<unsigned, std::size_t> number_at(std::string_view text, std::size_t mark) {
  unsigned number = 0;
  const char* const begin = text.data() + mark + kMark.size();
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), number);
  return {number, static_cast<std::size_t>(end - text.data())};
}

// Whether what stands in front of "::$_0" in a readable name is a function: those are numbered by
// themselves.
bool is_in_function(std::string_view before) {
  if (!before.ends_with("::")) return false;
  before.remove_suffix(2);
  for (const std::string_view qualifier : {" &&", " &", " volatile", " const"}) {
    if (before.ends_with(qualifier)) before.remove_suffix(qualifier.size());
  }
  return before.ends_with(')') && !before.ends_with("(anonymous namespace)");
}

}  // namespace

void StableNames::add(const std::string& call_operator, std::string name) {
  for (auto mark = call_operator.find(kMark); mark != std::string::npos;
       mark = call_operator.find(kMark, mark + 1)) {
    const auto [number, end] = number_at(call_operator, mark);
    if (call_operator.compare(end, 2, "cl") != 0) continue;  // what it is inside of
    names_.emplace(number, std::move(name));
    return;
  }
}

SymbolId StableNames::key(const std::string& profile_name) const {
  if (names_.empty() || profile_name.find(kMark) == std::string::npos) {
    return symbol_id(profile_name);
  }
  // The linkage name without numbers (nor the length in front of them) tells all but which lambdas
  // they are, the readable one tells these.
  std::string text;
  std::size_t at = 0;
  for (auto mark = profile_name.find(kMark); mark != std::string::npos;
       mark = profile_name.find(kMark, at)) {
    text += profile_name.substr(at, mark - at - (mark > at ? 1 : 0));
    text += kMark;
    at = number_at(profile_name, mark).second;
  }
  text += profile_name.substr(at) + '\n';
  const std::string readable_name = readable(profile_name);
  at = 0;
  for (auto mark = readable_name.find(kMark); mark != std::string::npos;
       mark = readable_name.find(kMark, at)) {
    text += readable_name.substr(at, mark - at);
    const auto [number, end] = number_at(readable_name, mark);
    const auto name = names_.find(number);
    const bool known =
        name != names_.end() && !is_in_function(std::string_view(readable_name).substr(0, mark));
    text += known ? name->second : readable_name.substr(mark, end - mark);
    at = end;
  }
  return symbol_id(text + readable_name.substr(at));
}

}  // namespace noderig::impact
