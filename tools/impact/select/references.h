// Who refers to whom in a program, read backwards: from a symbol to the functions with a profile
// counter that stand between it and every execution of it. Immutable once made; any thread.
#pragma once

#include <impact/model/facts.h>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace noderig::impact {

// What a test must have executed for some symbols to have had a part in it.
struct Reach {
  std::vector<SymbolId> counted{};  // one of these, ascending
  bool at_start_up = false;         // or nothing: it happens before any test
};

class References {
 public:
  explicit References(const Program& program);

  // The symbols that have counters stand for themselves. From the others (implicit members, thunks,
  // variables, vtables ...) one goes on to what refers to them, until it has one.
  Reach reach(const std::vector<SymbolId>& symbols) const;

  // What stands before the symbols themselves, whether they have counters or not; with Way::Code
  // without going through vtables, so that these are who may call one of them directly.
  enum class Way { All, Code };
  Reach users(const std::vector<SymbolId>& symbols, Way way) const;

  // For each source file of a unit, in an order of its own, whether it is one of these.
  std::vector<bool> marked(const std::set<std::string>& files) const;
  // Whether there is code for the symbol, but in none of the files that are marked.
  bool only_elsewhere(SymbolId symbol, const std::vector<bool>& marked) const;

  // The vtables of a class, by the name people know; none when it has no such class.
  std::vector<SymbolId> vtables_of(const std::string& entity) const;

  // The name people know it by, or else that of the linker, made readable.
  std::string name_of(SymbolId symbol) const;

 private:
  // What is the same in all units that define a symbol, or must be assumed of it.
  struct Symbol {
    SymbolKind kind = SymbolKind::Function;
    bool always_counted = true;  // in every unit that defines it
    bool counted = false;        // in one of them
    bool starts_up = false;
    std::shared_ptr<const SymbolFact> fact{};  // one of several, for its name
    std::vector<std::uint32_t> files{};        // of the units that have it
  };

  Reach walk(std::vector<SymbolId> open, bool seeds_stand, Way way) const;

  std::vector<std::string> files_{};  // of the units
  std::unordered_map<SymbolId, Symbol> symbols_{};
  std::unordered_map<SymbolId, std::vector<SymbolId>> referrers_{};
  std::unordered_map<std::string, std::vector<SymbolId>> vtables_{};
};

}  // namespace noderig::impact
