#include <impact/select/references.h>

#include <fmt/format.h>
#include <algorithm>

namespace noderig::impact {

References::References(const Program& program) {
  for (const auto& fact : program.symbols()) {
    Symbol& symbol = symbols_[fact->id];
    symbol.kind = fact->kind;
    symbol.fact = fact;
    symbol.always_counted = symbol.always_counted && fact->counted;
    symbol.counted = symbol.counted || fact->counted;
    symbol.starts_up = symbol.starts_up || fact->dynamic_initialiser;
    for (const SymbolId reference : fact->references) referrers_[reference].push_back(fact->id);
  }
  for (const UnitFacts& unit : program.units) {
    const auto file = static_cast<std::uint32_t>(files_.size());
    files_.push_back(unit.file);
    for (const auto& symbol : unit.symbols) symbols_.at(symbol->id).files.push_back(file);
    for (const auto& type : unit.types) {
      if (type->vtables.empty()) continue;
      auto& vtables = vtables_[type->entity];
      vtables.insert(vtables.end(), type->vtables.begin(), type->vtables.end());
    }
  }
}

Reach References::walk(std::vector<SymbolId> open, bool seeds_stand, Way way) const {
  const std::unordered_set<SymbolId> seeds(open.begin(), open.end());
  std::unordered_set<SymbolId> seen(open.begin(), open.end());
  Reach reach;
  while (!open.empty()) {
    const SymbolId id = open.back();
    open.pop_back();
    const auto symbol = symbols_.find(id);
    const auto referrers = referrers_.find(id);
    if (symbol != symbols_.end()) {
      const bool stands = seeds_stand || !seeds.contains(id);
      if (symbol->second.counted && stands) reach.counted.push_back(id);
      if (symbol->second.always_counted && stands) continue;
      if (way == Way::Code && symbol->second.kind == SymbolKind::Vtable) continue;
      // A global initialiser is what nothing refers to.
      reach.at_start_up |=
          symbol->second.starts_up ||
          (symbol->second.kind == SymbolKind::Implicit && referrers == referrers_.end());
    }
    if (referrers == referrers_.end()) continue;
    for (const SymbolId referrer : referrers->second) {
      if (seen.insert(referrer).second) open.push_back(referrer);
    }
  }
  std::ranges::sort(reach.counted);
  return reach;
}

Reach References::reach(const std::vector<SymbolId>& symbols) const {
  return walk(symbols, true, Way::All);
}

Reach References::users(const std::vector<SymbolId>& symbols, Way way) const {
  return walk(symbols, false, way);
}

std::string References::name_of(SymbolId symbol) const {
  const auto found = symbols_.find(symbol);
  if (found == symbols_.end()) return fmt::format("{:016x}", symbol);
  const SymbolFact& fact = *found->second.fact;
  return fact.entity.empty() ? readable(fact.linkage_name) : fact.entity;
}

std::vector<bool> References::marked(const std::set<std::string>& files) const {
  std::vector<bool> marks;
  for (const std::string& file : files_) marks.push_back(files.contains(file));
  return marks;
}

bool References::only_elsewhere(SymbolId symbol, const std::vector<bool>& marked) const {
  const auto found = symbols_.find(symbol);
  return found != symbols_.end() &&
         std::ranges::none_of(found->second.files, [&](auto file) { return marked[file]; });
}

std::vector<SymbolId> References::vtables_of(const std::string& entity) const {
  const auto found = vtables_.find(entity);
  return found == vtables_.end() ? std::vector<SymbolId>() : found->second;
}

}  // namespace noderig::impact
