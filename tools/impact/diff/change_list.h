// The changes as they are found, each once, and which changed symbols they account for. Internal to
// diff/. Belongs to one thread.
#pragma once

#include "program_pair.h"

#include <impact/model/change.h>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace noderig::impact {

class ChangeList {
 public:
  // The change of this kind and entity (and slot, of an LC), made when it is not there yet.
  Change& add(ChangeKind kind, const std::string& entity, const std::string& slot = {});
  Change* find(ChangeKind kind, const std::string& entity, const std::string& slot = {});

  // The symbol's difference is explained by this change, which selects by it.
  void claim(Change& change, const SymbolPair& symbol) { claim(change, symbol, symbol.units); }
  void claim(Change& change, const SymbolPair& symbol, const std::set<std::string>& units);
  // The change is in these units too; in any when there are none.
  void add_units(Change& change, const std::set<std::string>& units);
  bool claimed(SymbolId key) const { return claimed_.contains(key); }
  void claim(SymbolId key) { claimed_.insert(key); }

  static void depend(Change& change, const Change* on);

  std::vector<Change> take();
  // In order of their ids.
  std::map<std::string, Change>& all() { return changes_; }

 private:
  std::map<std::string, Change> changes_{};
  std::set<SymbolId> claimed_{};
  std::set<std::string> anywhere_{};  // ids
};

// Each adds the changes it is named for. Functions go before types: implicit members are explained
// by the changes of their class; both go before symbols, which takes what nothing else explains.
void add_function_changes(const ProgramPair& pair, ChangeList& changes);
void add_type_changes(const ProgramPair& pair, ChangeList& changes);
void add_lookup_changes(const ProgramPair& pair, ChangeList& changes);
void add_variable_changes(const ProgramPair& pair, ChangeList& changes);
void add_unexplained_symbols(const ProgramPair& pair, ChangeList& changes);
void add_dependences(const ProgramPair& pair, ChangeList& changes);

}  // namespace noderig::impact
