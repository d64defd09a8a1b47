#include "program_pair.h"

#include <algorithm>
#include <unordered_set>

namespace noderig::impact {
namespace {

std::unordered_set<const SymbolFact*> symbol_set(const Program& program) {
  std::unordered_set<const SymbolFact*> symbols;
  for (const UnitFacts& unit : program.units) {
    for (const auto& symbol : unit.symbols) symbols.insert(symbol.get());
  }
  return symbols;
}

void add_symbol(SymbolVersion& version, const SymbolFact& fact) {
  version.fact = &fact;
  version.ids.insert(fact.id);
  version.digests.insert(fact.digest);
  version.references.insert(fact.references.begin(), fact.references.end());
}

}  // namespace

template <class Version>
void ProgramPair::add(const Program& program, Version version, std::set<SymbolId>& initialisers) {
  std::unordered_set<const void*> seen;
  for (const UnitFacts& unit : program.units) {
    for (const auto& function : unit.functions) {
      if (!seen.insert(function.get()).second) continue;
      FunctionVersion& entry = version(functions[function->entity]);
      if (entry.fact == nullptr) entry.fact = function.get();
      entry.texts.insert(function->text);
    }
    for (const auto& symbol : unit.symbols) {
      if (!seen.insert(symbol.get()).second) continue;
      if (symbol->kind == SymbolKind::Function && !symbol->entity.empty()) {
        version(functions[symbol->entity]).symbols[symbol->key].insert(symbol->id);
      }
    }
    for (const auto& type : unit.types) {
      if (!seen.insert(type.get()).second) continue;
      const TypeFact*& entry = version(types[{type->kind, type->entity}]);
      if (entry == nullptr) entry = type.get();
    }
    initialisers.insert(unit.initialisers.begin(), unit.initialisers.end());
  }
}

ProgramPair::ProgramPair(const Program& before, const Program& after) {
  add(
      before, [](auto& pair) -> auto& { return pair.before; }, initialisers_before);
  add(
      after, [](auto& pair) -> auto& { return pair.after; }, initialisers_after);
  // Equal facts are one object, so what differs shows without looking into it.
  const auto old_symbols = symbol_set(before);
  const auto new_symbols = symbol_set(after);
  for (const SymbolFact* fact : old_symbols) {
    if (!new_symbols.contains(fact)) symbols[fact->key];
  }
  for (const SymbolFact* fact : new_symbols) {
    if (!old_symbols.contains(fact)) symbols[fact->key];
  }
  for (const SymbolFact* fact : old_symbols) {
    if (const auto found = symbols.find(fact->key); found != symbols.end()) {
      add_symbol(found->second.before, *fact);
    }
  }
  for (const SymbolFact* fact : new_symbols) {
    if (const auto found = symbols.find(fact->key); found != symbols.end()) {
      add_symbol(found->second.after, *fact);
    }
  }
  find_reordered(before, after);
}

// Those of a unit that run in another order than before, among themselves.
void ProgramPair::find_reordered(const Program& before, const Program& after) {
  std::map<std::string, const UnitFacts*> old_units;
  for (const UnitFacts& unit : before.units) old_units.emplace(unit.file, &unit);
  for (const UnitFacts& unit : after.units) {
    const auto old_unit = old_units.find(unit.file);
    if (old_unit == old_units.end() || old_unit->second->initialisers == unit.initialisers)
      continue;
    const auto common = [](const std::vector<SymbolId>& ids, const std::vector<SymbolId>& others) {
      std::vector<SymbolId> kept;
      for (const SymbolId id : ids) {
        if (std::ranges::find(others, id) != others.end()) kept.push_back(id);
      }
      return kept;
    };
    const auto was = common(old_unit->second->initialisers, unit.initialisers);
    const auto is = common(unit.initialisers, old_unit->second->initialisers);
    for (std::size_t i = 0; i < std::min(was.size(), is.size()); ++i) {
      if (was[i] != is[i]) reordered_initialisers.insert(is[i]);
    }
  }
}

const SymbolPair* ProgramPair::symbol(SymbolId key) const {
  const auto found = symbols.find(key);
  return found == symbols.end() ? nullptr : &found->second;
}

const TypePair* ProgramPair::type(const std::string& entity) const {
  const auto found = types.find({TypeKind::Class, entity});
  return found == types.end() ? nullptr : &found->second;
}

}  // namespace noderig::impact
