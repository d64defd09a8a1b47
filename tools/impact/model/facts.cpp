#include "facts.h"

#include <unordered_set>

namespace noderig::impact {

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
