// LC: the table of final overriders of each class, before against after.
#include "change_list.h"

#include <algorithm>

namespace noderig::impact {
namespace {

const SlotFact* find_slot(const TypeFact* type, const std::string& slot) {
  if (type == nullptr) return nullptr;
  const auto found = std::ranges::find(type->slots, slot, &SlotFact::slot);
  return found == type->slots.end() ? nullptr : &*found;
}

bool derives_from(const ProgramPair& pair, const TypeFact& type, const std::string& base) {
  return std::ranges::any_of(type.bases, [&](const std::string& name) {
    return name == base || std::ranges::any_of(pair.classes(name), [&](const TypePair* next) {
             return next->before != nullptr && derives_from(pair, *next->before, base);
           });
  });
}

// The vtables that an object has while the class is its dynamic type. With virtual bases, those
// that stand for it while a class derived from it is constructed are reached from that one's.
std::vector<SymbolId> vtables_before(const ProgramPair& pair, const TypeFact* type) {
  if (type == nullptr) return {};
  std::vector<SymbolId> vtables = type->vtables;
  if (vtables.size() < 2) return vtables;
  for (const auto& [key, other] : pair.types) {
    if (other.before != nullptr && derives_from(pair, *other.before, type->entity)) {
      vtables.insert(vtables.end(), other.before->vtables.begin(), other.before->vtables.end());
    }
  }
  return vtables;
}

void add_slot(const ProgramPair& pair, ChangeList& changes, const TypePair& type,
              const std::string& slot) {
  const SlotFact* was = find_slot(type.before, slot);
  const SlotFact* is = find_slot(type.after, slot);
  if (was != nullptr && is != nullptr && was->target == is->target && was->pure == is->pure) return;
  const TypeFact& fact = type.any();
  // A class that is new or gone has the lookups that it makes itself, not all it inherits.
  const SlotFact& known = is != nullptr ? *is : *was;
  if ((type.before == nullptr || type.after == nullptr) &&
      !known.target.starts_with(fact.entity + "::")) {
    return;
  }
  Change& change = changes.add(ChangeKind::LC, type.name, slot);
  changes.add_units(change, type.units);
  change.file = fact.file;
  change.line = fact.line;
  change.receiver = fact.entity;
  change.slot = slot;
  change.constructible = fact.constructible;
  if (was != nullptr) {
    change.old_target = was->target;
    change.old_symbols = was->symbols;
    change.receiver_vtables = vtables_before(pair, type.before);
  }
  if (is != nullptr) {
    change.new_target = is->target;
    change.new_symbols = is->symbols;
  }
}

}  // namespace

void add_lookup_changes(const ProgramPair& pair, ChangeList& changes) {
  for (const auto& [key, type] : pair.types) {
    if (type.any().test_code) continue;  // GoogleTest's own dispatch to a test
    std::set<std::string> slots;
    for (const TypeFact* version : {type.before, type.after}) {
      if (version == nullptr) continue;
      for (const SlotFact& slot : version->slots) slots.insert(slot.slot);
    }
    const std::size_t known = changes.all().size();
    for (const std::string& slot : slots) add_slot(pair, changes, type, slot);
    if (changes.all().size() == known) continue;
    // The vtable of a class whose lookups are listed differs because of them; not that of another
    // program's class of the same name.
    for (const SymbolId vtable : type.any().vtables) {
      const SymbolPair* symbol = pair.symbol(vtable);
      if (symbol == nullptr || std::ranges::includes(type.units, symbol->units)) {
        changes.claim(vtable);
      }
    }
  }
}

}  // namespace noderig::impact
