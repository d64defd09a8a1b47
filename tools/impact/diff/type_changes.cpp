// AC, DC, AF, DF, CFI, and CSFI of static fields that have no code.
#include "change_list.h"

#include <algorithm>

namespace noderig::impact {
namespace {

// "Class::field", where the name of the class may have a file behind it.
std::string member_name(const std::string& type, const std::string& field) {
  const std::size_t end = type.ends_with(']') ? type.rfind(" [") : type.size();
  return type.substr(0, end) + "::" + field + type.substr(end);
}

Change& add_field(ChangeList& changes, ChangeKind kind, const std::string& name,
                  const TypeFact& type, const FieldFact& field) {
  Change& change = changes.add(kind, member_name(name, field.name));
  change.file = type.file;
  change.line = field.line;
  change.test_code = type.test_code;
  return change;
}

const FieldFact* find_field(const TypeFact* type, const std::string& name) {
  if (type == nullptr) return nullptr;
  const auto found = std::ranges::find(type->fields, name, &FieldFact::name);
  return found == type->fields.end() ? nullptr : &*found;
}

// The names of instance fields that both have, as they stand in `type`.
std::vector<std::string> common_order(const TypeFact& type, const TypeFact& other) {
  std::vector<std::string> names;
  for (const FieldFact& field : type.fields) {
    if (!field.is_static && find_field(&other, field.name) != nullptr) names.push_back(field.name);
  }
  return names;
}

void add_field_changes(ChangeList& changes, const TypePair& pair) {
  std::set<std::string> moved;
  if (pair.before != nullptr && pair.after != nullptr) {
    const auto was = common_order(*pair.before, *pair.after);
    const auto is = common_order(*pair.after, *pair.before);
    for (std::size_t i = 0; i < std::min(was.size(), is.size()); ++i) {
      if (was[i] != is[i]) moved.insert(is[i]);
    }
  }
  if (pair.before != nullptr) {
    for (const FieldFact& field : pair.before->fields) {
      const FieldFact* now = find_field(pair.after, field.name);
      if (now == nullptr || now->type != field.type || now->is_static != field.is_static ||
          moved.contains(field.name)) {
        add_field(changes, ChangeKind::DF, pair.name, *pair.before, field);
      }
    }
  }
  if (pair.after == nullptr) return;
  for (const FieldFact& field : pair.after->fields) {
    const FieldFact* then = find_field(pair.before, field.name);
    if (then == nullptr || then->type != field.type || then->is_static != field.is_static ||
        moved.contains(field.name)) {
      add_field(changes, ChangeKind::AF, pair.name, *pair.after, field);
    }
    if (then != nullptr && then->initialiser != field.initialiser) {
      add_field(changes, field.is_static ? ChangeKind::CSFI : ChangeKind::CFI, pair.name,
                *pair.after, field);
    }
  }
}

}  // namespace

void add_type_changes(const ProgramPair& pair, ChangeList& changes) {
  for (const auto& [key, type] : pair.types) {
    const TypeFact& fact = type.any();
    if (fact.instance) continue;
    if (type.before == nullptr || type.after == nullptr) {
      Change& change =
          changes.add(type.before == nullptr ? ChangeKind::AC : ChangeKind::DC, type.name);
      change.file = fact.file;
      change.line = fact.line;
      change.test_code = fact.test_code;
    }
    if (fact.kind == TypeKind::Class) add_field_changes(changes, type);
  }
}

}  // namespace noderig::impact
