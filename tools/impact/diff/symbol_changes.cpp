// CSFI of variables, and whatever else differs in the code and no change of a declaration explains.
#include "change_list.h"

#include <algorithm>

namespace noderig::impact {
namespace {

// "ns::Class" of "ns::Class::Class(int)", as far as the name tells.
std::string owner_of(const std::string& function) {
  const auto parameters = function.find('(');
  const auto end = function.rfind("::", parameters);
  return end == function.npos ? "" : function.substr(0, end);
}

// "ns::Class" of "vtable for ns::Class" and the like.
std::string class_of(const std::string& name) {
  const auto start = name.find(" for ");
  return start == name.npos ? "" : name.substr(start + 5);
}

void add_implicit_function(const ProgramPair& pair, ChangeList& changes, const SymbolPair& symbol) {
  const std::string name = readable(symbol.any().linkage_name);
  const std::string owner = owner_of(name);
  bool explained = false;
  for (auto& [id, change] : changes.all()) {
    if (change.kind == ChangeKind::CFI && change.entity.starts_with(owner + "::") &&
        change.entity.find("::", owner.size() + 2) == std::string::npos) {
      changes.claim(change, symbol);
      explained = true;
    }
  }
  if (explained) return;
  Change& change = changes.add(ChangeKind::CM, name);
  if (const TypePair* type = pair.type(owner)) {
    change.file = type->any().file;
    change.line = type->any().line;
  }
  changes.claim(change, symbol);
}

void add_class_data(const ProgramPair& pair, ChangeList& changes, const SymbolPair& symbol) {
  const std::string receiver = class_of(readable(symbol.any().linkage_name));
  Change& change = changes.add(ChangeKind::LC, receiver);
  change.receiver = receiver;
  if (const TypePair* type = pair.type(receiver)) {
    change.file = type->any().file;
    change.line = type->any().line;
    change.constructible = type->any().constructible;
    change.test_code = type->any().test_code;
  }
  changes.claim(change, symbol);
}

Change& add_variable(ChangeList& changes, const SymbolPair& symbol) {
  const SymbolFact& fact = symbol.any();
  Change& change = changes.add(ChangeKind::CSFI,
                               fact.entity.empty() ? readable(fact.linkage_name) : fact.entity);
  change.file = fact.file;
  change.line = fact.line;
  changes.claim(change, symbol);
  return change;
}

}  // namespace

void add_variable_changes(const ProgramPair& pair, ChangeList& changes) {
  for (const auto& [id, symbol] : pair.symbols) {
    const bool ran = pair.initialisers_before.contains(id);
    const bool runs = pair.initialisers_after.contains(id);
    if (symbol.any().test_registration) {
      changes.claim(id);  // a new test, or one that is gone
    } else if (ran != runs || (symbol.changed() && symbol.any().kind == SymbolKind::Variable)) {
      add_variable(changes, symbol).at_start_up |= ran || runs;
    }
  }
  for (const SymbolId id : pair.reordered_initialisers) {
    if (const SymbolPair* symbol = pair.symbol(id)) {
      Change& change = add_variable(changes, *symbol);
      change.at_start_up = true;
      changes.add_units(change, {});
    } else {
      changes.add(ChangeKind::CSFI, "order of initialisers").at_start_up = true;
    }
  }
}

void add_unexplained_symbols(const ProgramPair& pair, ChangeList& changes) {
  for (const auto& [id, symbol] : pair.symbols) {
    if (!symbol.changed() || changes.claimed(id)) continue;
    switch (symbol.any().kind) {
      case SymbolKind::Vtable:
      case SymbolKind::TypeInfo:
        add_class_data(pair, changes, symbol);
        break;
      case SymbolKind::Variable:
        add_variable(changes, symbol);
        break;
      case SymbolKind::Function:
      case SymbolKind::Implicit:
      case SymbolKind::Alias:
        add_implicit_function(pair, changes, symbol);
        break;
    }
  }
}

}  // namespace noderig::impact
