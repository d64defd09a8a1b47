#include "change_list.h"

#include <fmt/format.h>
#include <algorithm>

namespace noderig::impact {
namespace {

std::string id_of(ChangeKind kind, const std::string& entity, const std::string& slot) {
  return slot.empty() ? fmt::format("{} {}", to_string(kind), entity)
                      : fmt::format("{} {} {}", to_string(kind), entity, slot);
}

void insert(std::vector<SymbolId>& ids, SymbolId id) {
  if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
}

}  // namespace

Change& ChangeList::add(ChangeKind kind, const std::string& entity, const std::string& slot) {
  const std::string id = id_of(kind, entity, slot);
  const auto [found, first] = changes_.try_emplace(id);
  if (first) {
    found->second.id = id;
    found->second.kind = kind;
    found->second.entity = entity;
  }
  return found->second;
}

Change* ChangeList::find(ChangeKind kind, const std::string& entity, const std::string& slot) {
  const auto found = changes_.find(id_of(kind, entity, slot));
  return found == changes_.end() ? nullptr : &found->second;
}

void ChangeList::claim(Change& change, const SymbolPair& symbol,
                       const std::set<std::string>& units) {
  for (const SymbolId id : symbol.before.ids) insert(change.old_symbols, id);
  for (const SymbolId id : symbol.after.ids) insert(change.new_symbols, id);
  claimed_.insert(symbol.any().key);
  add_units(change, units);
}

void ChangeList::add_units(Change& change, const std::set<std::string>& units) {
  if (units.empty()) anywhere_.insert(change.id);
  change.units.insert(units.begin(), units.end());
}

void ChangeList::depend(Change& change, const Change* on) {
  if (on != nullptr && on != &change &&
      std::ranges::find(change.depends_on, on->id) == change.depends_on.end()) {
    change.depends_on.push_back(on->id);
  }
}

std::vector<Change> ChangeList::take() {
  std::vector<Change> list;
  for (auto& [id, change] : changes_) {
    if (anywhere_.contains(id)) change.units.clear();
    list.push_back(std::move(change));
  }
  std::ranges::stable_sort(list, [](const Change& a, const Change& b) {
    return std::tie(a.file, a.line) < std::tie(b.file, b.line);
  });
  return list;
}

}  // namespace noderig::impact
