// AM, DM and CM.
#include "change_list.h"

#include <algorithm>
#include <iterator>

namespace noderig::impact {
namespace {

void describe(Change& change, const FunctionFact& fact) {
  change.file = fact.file;
  change.line = fact.line;
  change.test_code = fact.test_code;
}

// Whether all symbols of one version are in the other as well, unchanged: then only the spelling of
// the signature differs.
bool only_respelled(const ProgramPair& pair, const FunctionVersion& version) {
  return !version.symbols.empty() && std::ranges::all_of(version.symbols, [&](const auto& one) {
    const SymbolPair* symbol = pair.symbol(one.first);
    return symbol == nullptr || (!symbol->gone() && !symbol->fresh() && !symbol->changed());
  });
}

// Where it is this function's code that differs: other files may have one of its name.
std::set<std::string> units_of(const SymbolPair& symbol, const FunctionPair& function) {
  std::set<std::string> own = function.before.units;
  own.insert(function.after.units.begin(), function.after.units.end());
  if (own.empty()) return symbol.units;
  std::set<std::string> both;
  std::ranges::set_intersection(own, symbol.units, std::inserter(both, both.end()));
  return both;
}

void add_one_sided(const ProgramPair& pair, ChangeList& changes, ChangeKind kind,
                   const std::string& entity, const FunctionPair& function) {
  const FunctionVersion& version = kind == ChangeKind::DM ? function.before : function.after;
  const bool goes_by_file = entity != version.fact->entity;
  if (!goes_by_file && only_respelled(pair, version)) return;
  Change& change = changes.add(kind, entity);
  describe(change, *version.fact);
  for (const auto& [key, ids] : version.symbols) {
    if (const SymbolPair* symbol = pair.symbol(key)) {
      changes.claim(change, *symbol, units_of(*symbol, function));
    } else {  // the same under another name
      auto& symbols = kind == ChangeKind::DM ? change.old_symbols : change.new_symbols;
      symbols.insert(symbols.end(), ids.begin(), ids.end());
      changes.add_units(change, {});
    }
  }
}

void add_two_sided(const ProgramPair& pair, ChangeList& changes, const std::string& entity,
                   const FunctionPair& function) {
  std::vector<const SymbolPair*> differing;
  const auto collect = [&](const auto& symbols, auto differs) {
    for (const auto& [key, ids] : symbols) {
      const SymbolPair* symbol = pair.symbol(key);
      if (symbol != nullptr && differs(*symbol)) differing.push_back(symbol);
    }
  };
  const bool goes_by_file = !function.before.units.empty() || !function.after.units.empty();
  collect(function.before.symbols, [&](const SymbolPair& symbol) {
    return symbol.changed() && (!goes_by_file || !units_of(symbol, function).empty());
  });
  // A function that has code in one version only is an instance or an inline function whose users
  // have changed. One with code under different names is another function to what calls it by name.
  if (differing.empty() && !function.before.symbols.empty() && !function.after.symbols.empty() &&
      std::ranges::none_of(function.after.symbols, [&](const auto& one) {
        return function.before.symbols.contains(one.first);
      })) {
    collect(function.before.symbols, [](const SymbolPair& symbol) { return symbol.gone(); });
    collect(function.after.symbols, [](const SymbolPair& symbol) { return symbol.fresh(); });
  }
  const bool compiled = !function.before.symbols.empty() || !function.after.symbols.empty();
  if (differing.empty() && (compiled || function.before.texts == function.after.texts)) return;
  Change& change = changes.add(ChangeKind::CM, entity);
  if (function.after.fact != nullptr) {
    describe(change, *function.after.fact);
  } else {  // an instance of a template outside of the project
    change.file = differing.front()->any().file;
    change.line = differing.front()->any().line;
  }
  for (const SymbolPair* symbol : differing) {
    changes.claim(change, *symbol, units_of(*symbol, function));
  }
}

}  // namespace

void add_function_changes(const ProgramPair& pair, ChangeList& changes) {
  for (const auto& [entity, function] : pair.functions) {
    const bool was = function.before.fact != nullptr;
    const bool is = function.after.fact != nullptr;
    if (was && !is) {
      add_one_sided(pair, changes, ChangeKind::DM, entity, function);
    } else if (!was && is) {
      add_one_sided(pair, changes, ChangeKind::AM, entity, function);
    } else {
      add_two_sided(pair, changes, entity, function);
    }
  }
}

}  // namespace noderig::impact
