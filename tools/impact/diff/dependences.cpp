// Which changes a change needs (an added method its class, a changed body what it newly calls) or
// follows from (a lookup change from the method that made it).
#include "change_list.h"

#include <algorithm>
#include <map>

namespace noderig::impact {
namespace {

std::string owner_of(const ProgramPair& pair, const std::string& entity) {
  const auto found = pair.functions.find(entity);
  if (found == pair.functions.end()) return {};
  const FunctionPair& function = found->second;
  const FunctionFact* fact =
      function.after.fact != nullptr ? function.after.fact : function.before.fact;
  return fact == nullptr ? "" : fact->owner;
}

// The class that a field is of, by its own name.
std::string owner_of_field(const std::string& entity) {
  const auto end = entity.rfind("::");
  return end == entity.npos ? "" : entity.substr(0, end);
}

// What stands behind a name that several files have.
std::string file_behind(const std::string& entity) {
  return entity.ends_with(']') ? entity.substr(entity.rfind(" [")) : "";
}

// On what happened to the class, or to one of its name.
void depend_on_class(const ProgramPair& pair, ChangeList& changes, Change& change, ChangeKind kind,
                     const std::string& entity) {
  for (const TypePair* type : pair.classes(entity)) {
    changes.depend(change, changes.find(kind, type->name));
  }
}

using SymbolsById = std::map<SymbolId, const SymbolPair*>;

// What the new version of a change's symbols refers to and the old one does not.
std::set<SymbolId> new_references(const SymbolsById& symbols, const Change& change) {
  std::set<SymbolId> fresh;
  std::set<SymbolId> old;
  for (const SymbolId id : change.new_symbols) {
    const auto found = symbols.find(id);
    if (found == symbols.end()) continue;
    const SymbolPair& symbol = *found->second;
    fresh.insert(symbol.after.references.begin(), symbol.after.references.end());
    old.insert(symbol.before.references.begin(), symbol.before.references.end());
  }
  for (const SymbolId id : old) fresh.erase(id);
  return fresh;
}

}  // namespace

void add_dependences(const ProgramPair& pair, ChangeList& changes) {
  SymbolsById symbols;
  for (const auto& [key, symbol] : pair.symbols) {
    for (const SymbolId id : symbol.after.ids) symbols.emplace(id, &symbol);
  }
  std::map<SymbolId, const Change*> added;
  for (const auto& [id, change] : changes.all()) {
    if (change.kind != ChangeKind::AM) continue;
    for (const SymbolId symbol : change.new_symbols) added.emplace(symbol, &change);
  }
  for (auto& [id, change] : changes.all()) {
    switch (change.kind) {
      case ChangeKind::AF:
        changes.depend(change, changes.find(ChangeKind::AC, owner_of_field(change.entity) +
                                                                file_behind(change.entity)));
        break;
      case ChangeKind::AM:
      case ChangeKind::CM: {
        const std::string owner = owner_of(pair, change.entity);
        if (!owner.empty()) depend_on_class(pair, changes, change, ChangeKind::AC, owner);
        for (const SymbolId symbol : new_references(symbols, change)) {
          const auto found = added.find(symbol);
          if (found != added.end()) changes.depend(change, found->second);
        }
        break;
      }
      case ChangeKind::LC:
        if (change.new_target) {
          changes.depend(change, changes.find(ChangeKind::AM, *change.new_target));
        }
        if (change.old_target) {
          changes.depend(change, changes.find(ChangeKind::DM, *change.old_target));
        }
        depend_on_class(pair, changes, change, ChangeKind::AC, *change.receiver);
        depend_on_class(pair, changes, change, ChangeKind::DC, *change.receiver);
        break;
      default:
        break;
    }
  }
  // A constructor that was not edited follows from the initialisers it takes over.
  for (auto& [id, change] : changes.all()) {
    if (change.kind != ChangeKind::CFI) continue;
    const std::string owner = owner_of_field(change.entity);
    const auto name = owner.substr(owner.rfind(':') == owner.npos ? 0 : owner.rfind(':') + 1);
    for (auto& [other, changed] : changes.all()) {
      if (changed.kind == ChangeKind::CM && changed.entity.starts_with(owner + "::" + name + "(")) {
        changes.depend(changed, &change);
      }
    }
  }
}

}  // namespace noderig::impact
