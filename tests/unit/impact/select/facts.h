// Small programs and recordings for the tests of selection: symbols by number, with names that say
// what they are.
#pragma once

#include "../gtest_id.h"

#include <impact/model/change.h>
#include <impact/record/recording.h>
#include <impact/select/references.h>
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace noderig::impact {

class ProgramBuilder {
 public:
  // A function with a counter.
  ProgramBuilder& function(SymbolId id, std::vector<SymbolId> references = {}) {
    return add({.id = id, .counted = true, .references = std::move(references)});
  }
  // One without.
  ProgramBuilder& implicit(SymbolId id, std::vector<SymbolId> references = {}) {
    return add({.id = id, .kind = SymbolKind::Implicit, .references = std::move(references)});
  }
  ProgramBuilder& vtable(SymbolId id, std::vector<SymbolId> references = {}) {
    return add({.id = id, .kind = SymbolKind::Vtable, .references = std::move(references)});
  }
  ProgramBuilder& variable(SymbolId id, std::vector<SymbolId> references = {},
                           bool dynamic_initialiser = false) {
    return add({.id = id,
                .kind = SymbolKind::Variable,
                .dynamic_initialiser = dynamic_initialiser,
                .references = std::move(references)});
  }
  ProgramBuilder& add(SymbolFact fact) {
    fact.linkage_name = "s" + std::to_string(fact.id);
    program_.units.back().symbols.push_back(std::make_shared<SymbolFact>(std::move(fact)));
    return *this;
  }
  ProgramBuilder& type(const std::string& entity, std::vector<SymbolId> vtables) {
    program_.units.back().types.push_back(
        std::make_shared<TypeFact>(TypeFact{.entity = entity, .vtables = std::move(vtables)}));
    return *this;
  }
  ProgramBuilder& next_unit() { return unit(""); }
  ProgramBuilder& unit(const std::string& file) {
    program_.units.push_back({.file = file});
    return *this;
  }

  References references() const { return References(program_); }

 private:
  Program program_{.units = std::vector<UnitFacts>(1)};
};

class RecordingBuilder {
 public:
  // `units` are the files that its program is made of.
  RecordingBuilder& test(const std::string& name, const std::vector<SymbolId>& executed,
                         std::set<std::string> units) {
    test(name, executed);
    const auto added = std::ranges::find(recording_.tests, gtest(name), &RecordedTest::id);
    added->units = programs_.emplace(units, std::make_shared<std::set<std::string>>(units))
                       .first->second;  // one for each program, as a file of recordings gives them
    return *this;
  }
  RecordingBuilder& test(const std::string& name, const std::vector<SymbolId>& executed,
                         double seconds = 1, Verdict verdict = Verdict::Passed) {
    std::vector<std::uint32_t> numbers;
    for (const SymbolId symbol : executed) {
      const auto next = static_cast<std::uint32_t>(recording_.numbers.size() + 1);
      numbers.push_back(recording_.numbers.emplace(symbol, next).first->second);
    }
    std::ranges::sort(numbers);
    recording_.tests.push_back({.id = gtest(name),
                                .verdict = verdict,
                                .seconds = seconds,
                                .executed = ExecutedRuns(numbers)});
    std::ranges::sort(recording_.tests, {}, &RecordedTest::id);
    return *this;
  }

  Recording recording(RecordingState state = RecordingState::Complete) const {
    Recording copy = recording_;
    copy.state = state;
    return copy;
  }

 private:
  Recording recording_{};
  std::map<std::set<std::string>, std::shared_ptr<const std::set<std::string>>> programs_{};
};

inline Change changed(const std::string& entity, std::vector<SymbolId> symbols) {
  return {.id = "CM " + entity,
          .kind = ChangeKind::CM,
          .entity = entity,
          .old_symbols = symbols,
          .new_symbols = symbols};
}

inline Change added(const std::string& entity, std::vector<SymbolId> symbols) {
  return {.id = "AM " + entity,
          .kind = ChangeKind::AM,
          .entity = entity,
          .new_symbols = std::move(symbols)};
}

// What a call of `slot` on a `receiver` finds.
inline Change dispatch(const std::string& receiver, const std::string& slot,
                       std::vector<SymbolId> old_target, std::vector<SymbolId> vtables) {
  return {.id = "LC " + receiver + " " + slot,
          .kind = ChangeKind::LC,
          .entity = receiver,
          .receiver = receiver,
          .slot = slot,
          .old_target = "old",
          .new_target = "new",
          .old_symbols = std::move(old_target),
          .receiver_vtables = std::move(vtables)};
}

}  // namespace noderig::impact
