#include "program_pair.h"

#include <fmt/format.h>
#include <algorithm>
#include <unordered_set>

namespace noderig::impact {
namespace {

using SymbolSet = std::unordered_set<const SymbolFact*>;

SymbolSet symbol_set(const Program& program) {
  SymbolSet symbols;
  for (const UnitFacts& unit : program.units) {
    for (const auto& symbol : unit.symbols) symbols.insert(symbol.get());
  }
  return symbols;
}

// Of several facts, one that the other version does not have is told of.
void add_symbol(SymbolVersion& version, const SymbolFact& fact, const SymbolSet& other_version) {
  if (version.fact == nullptr || !other_version.contains(&fact)) version.fact = &fact;
  version.ids.insert(fact.id);
  version.digests.insert(fact.digest);
  version.references.insert(fact.references.begin(), fact.references.end());
}

std::string with_file(const std::string& entity, const std::string& file) {
  return entity.ends_with(']') ? entity : fmt::format("{} [{}]", entity, file);
}

template <class Name>
void note_file(std::map<Name, const std::string*>& files, std::set<Name>& shared, const Name& name,
               const std::string& file) {
  const auto [known, first] = files.try_emplace(name, &file);
  if (!first && *known->second != file) shared.insert(name);
}

// Each fact of some units, by what it is compared by.
template <class Facts, class Key>
auto facts_by(const std::vector<const UnitFacts*>& units, Facts UnitFacts::*facts, Key key) {
  using Fact = typename Facts::value_type::element_type;
  std::map<decltype(key(std::declval<const Fact&>())), std::set<const Fact*>> found;
  for (const UnitFacts* unit : units) {
    for (const auto& fact : unit->*facts) found[key(*fact)].insert(fact.get());
  }
  return found;
}

// Calls `differs(key, before, after)` wherever the sets are not the same.
template <class Sets, class Differs>
void compare_sets(const Sets& before, const Sets& after, Differs differs) {
  const typename Sets::mapped_type none{};
  for (const auto& [key, facts] : before) {
    const auto other = after.find(key);
    if (other == after.end()) {
      differs(key, facts, none);
    } else if (other->second != facts) {
      differs(key, facts, other->second);
    }
  }
  for (const auto& [key, facts] : after) {
    if (!before.contains(key)) differs(key, none, facts);
  }
}

std::set<Digest> digests_of(const std::set<const SymbolFact*>& facts) {
  std::set<Digest> digests;
  for (const SymbolFact* fact : facts) digests.insert(fact->digest);
  return digests;
}

}  // namespace

// What two files of one version have is told apart by file: programs of their own, each with a
// main.
void ProgramPair::find_shared_names(const Program& program) {
  std::map<std::string, const std::string*> functions_in;
  std::map<std::pair<TypeKind, std::string>, const std::string*> types_in;
  std::unordered_set<const void*> seen;
  for (const UnitFacts& unit : program.units) {
    for (const auto& function : unit.functions) {
      if (!seen.insert(function.get()).second) continue;
      note_file(functions_in, shared_functions_, function->entity, function->file);
    }
    for (const auto& type : unit.types) {
      if (!seen.insert(type.get()).second) continue;
      note_file(types_in, shared_types_, std::pair(type->kind, type->entity), type->file);
    }
  }
}

std::string ProgramPair::function_name(const FunctionFact& function) const {
  return shared_functions_.contains(function.entity) ? with_file(function.entity, function.file)
                                                     : function.entity;
}

std::string ProgramPair::type_name(const TypeFact& type) const {
  return shared_types_.contains({type.kind, type.entity}) ? with_file(type.entity, type.file)
                                                          : type.entity;
}

template <class Version>
void ProgramPair::add(const Program& program, Version version, std::set<SymbolId>& initialisers) {
  std::unordered_set<const void*> seen;
  for (const UnitFacts& unit : program.units) {
    std::multimap<std::string, std::string> shared_here;  // entity -> names
    for (const auto& function : unit.functions) {
      const bool shared = shared_functions_.contains(function->entity);
      if (shared) {
        shared_here.emplace(function->entity, function_name(*function));
        version(functions[function_name(*function)]).units.insert(unit.file);
      }
      if (!seen.insert(function.get()).second) continue;
      FunctionVersion& entry = version(functions[function_name(*function)]);
      if (entry.fact == nullptr) entry.fact = function.get();
      entry.texts.insert(function->text);
    }
    for (const auto& symbol : unit.symbols) {
      if (symbol->kind != SymbolKind::Function || symbol->entity.empty()) continue;
      const auto [begin, end] = shared_here.equal_range(symbol->entity);
      for (auto name = begin; name != end; ++name) {
        version(functions[name->second]).symbols[symbol->key].insert(symbol->id);
      }
      if (begin == end && seen.insert(symbol.get()).second) {
        version(functions[symbol->entity]).symbols[symbol->key].insert(symbol->id);
      }
    }
    for (const auto& type : unit.types) {
      if (!seen.insert(type.get()).second) continue;
      TypePair& entry = types[{type->kind, type_name(*type)}];
      entry.name = type_name(*type);
      if (const TypeFact*& fact = version(entry); fact == nullptr) fact = type.get();
    }
    initialisers.insert(unit.initialisers.begin(), unit.initialisers.end());
  }
}

ProgramPair::ProgramPair(const Program& before, const Program& after) {
  find_shared_names(before);
  find_shared_names(after);
  add(
      before, [](auto& pair) -> auto& { return pair.before; }, initialisers_before);
  add(
      after, [](auto& pair) -> auto& { return pair.after; }, initialisers_after);
  for (const auto& [key, type] : types) {
    if (key.first == TypeKind::Class) classes_.emplace(type.any().entity, &type);
  }
  find_units(before, after);
  add_symbols(before, after);
  find_reordered(before, after);
}

// Equal facts are one object, so what differs shows without looking into it.
void ProgramPair::add_symbols(const Program& before, const Program& after) {
  const SymbolSet old_symbols = symbol_set(before);
  const SymbolSet new_symbols = symbol_set(after);
  for (const SymbolFact* fact : old_symbols) {
    if (!new_symbols.contains(fact)) symbols[fact->key];
  }
  for (const SymbolFact* fact : new_symbols) {
    if (!old_symbols.contains(fact)) symbols[fact->key];
  }
  for (const auto& [key, moved] : moved_) {
    // Each program's own may change into what another one's is, or was.
    const bool elsewhere =
        !moved.lost.empty() && !moved.gained.empty() && moved.lost != moved.gained;
    const auto known = symbols.find(key);
    if (known == symbols.end() && !moved.differs && !elsewhere && !moved.shared) continue;
    SymbolPair& symbol = known == symbols.end() ? symbols[key] : known->second;
    symbol.differs_in_a_unit = moved.differs || elsewhere;
    symbol.units = moved.units;
  }
  for (const SymbolFact* fact : old_symbols) {
    if (const auto found = symbols.find(fact->key); found != symbols.end()) {
      add_symbol(found->second.before, *fact, new_symbols);
    }
  }
  for (const SymbolFact* fact : new_symbols) {
    if (const auto found = symbols.find(fact->key); found != symbols.end()) {
      add_symbol(found->second.after, *fact, old_symbols);
    }
  }
}

void ProgramPair::find_units(const Program& before, const Program& after) {
  std::map<std::string, std::pair<Units, Units>> files;
  for (const UnitFacts& unit : before.units) files[unit.file].first.push_back(&unit);
  for (const UnitFacts& unit : after.units) files[unit.file].second.push_back(&unit);
  for (const auto& [file, units] : files) {
    const auto& [was, is] = units;
    if (was.size() != is.size()) {
      find_units(file, was, is);
      continue;
    }
    for (std::size_t i = 0; i < was.size(); ++i) {  // under the same command
      if (was[i]->symbols != is[i]->symbols || was[i]->types != is[i]->types) {
        find_units(file, {was[i]}, {is[i]});
      }
    }
  }
}

void ProgramPair::find_units(const std::string& file, const Units& before, const Units& after) {
  const auto key_of = [](const SymbolFact& symbol) { return symbol.key; };
  compare_sets(facts_by(before, &UnitFacts::symbols, key_of),
               facts_by(after, &UnitFacts::symbols, key_of),
               [&](SymbolId key, const auto& was, const auto& is) {
                 Moved& moved = moved_[key];
                 moved.units.insert(file);
                 const SymbolFact& any = was.empty() ? **is.begin() : **was.begin();
                 moved.shared |= shared_functions_.contains(any.entity);
                 const std::set<Digest> old_digests = digests_of(was);
                 const std::set<Digest> new_digests = digests_of(is);
                 if (is.empty()) moved.lost.insert(old_digests.begin(), old_digests.end());
                 if (was.empty()) moved.gained.insert(new_digests.begin(), new_digests.end());
                 moved.differs |= !was.empty() && !is.empty() && old_digests != new_digests;
               });
  const auto name_of = [&](const TypeFact& type) { return std::pair(type.kind, type_name(type)); };
  compare_sets(facts_by(before, &UnitFacts::types, name_of),
               facts_by(after, &UnitFacts::types, name_of),
               [&](const auto& name, const auto&, const auto&) { types[name].units.insert(file); });
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

std::vector<const TypePair*> ProgramPair::classes(const std::string& entity) const {
  std::vector<const TypePair*> found;
  const auto [begin, end] = classes_.equal_range(entity);
  for (auto one = begin; one != end; ++one) found.push_back(one->second);
  return found;
}

const TypePair* ProgramPair::type(const std::string& entity) const {
  const auto found = classes_.find(entity);
  return found == classes_.end() ? nullptr : found->second;
}

}  // namespace noderig::impact
