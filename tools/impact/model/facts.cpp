#include "facts.h"

#include <cxxabi.h>
#include <cstdlib>
#include <unordered_set>

namespace noderig::impact {

std::string readable(const std::string& profile_name) {
  const auto start = profile_name.rfind(":_Z");
  const std::string mangled =
      start == profile_name.npos ? profile_name : profile_name.substr(start + 1);
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(mangled.c_str(), nullptr, nullptr, &status), &std::free);
  return status == 0 && text ? text.get() : mangled;
}

std::vector<std::shared_ptr<const SymbolFact>> Program::symbols() const {
  std::unordered_set<const SymbolFact*> seen;
  std::vector<std::shared_ptr<const SymbolFact>> all;
  for (const UnitFacts& unit : units) {
    for (const auto& symbol : unit.symbols) {
      if (seen.insert(symbol.get()).second) all.push_back(symbol);
    }
  }
  return all;
}

}  // namespace noderig::impact
