// The atomic changes between two versions of a program. Value types; any thread.
#pragma once

#include "facts.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace noderig::impact {

enum class ChangeKind {
  AC,    // class, enum, alias or concept added
  DC,    // deleted
  AM,    // function added
  DM,    // deleted
  CM,    // its body, as the compiler resolves it, changed
  AF,    // field added
  DF,    // deleted
  CFI,   // a field's in-class initialiser changed
  CSFI,  // the initialiser of a static field or namespace-scope variable changed
  LC,    // the function that a virtual call finds on a class changed
};
std::string_view to_string(ChangeKind kind);

struct Change {
  std::string id{};  // "CM ns::f(int)": the same wherever the same change is found
  ChangeKind kind = ChangeKind::CM;
  std::string entity{};  // the name people know
  std::string file{};    // relative to the project; in the newer version, unless it is gone there
  int line = 0;
  // Of an LC: the class, the root virtual, and what calls found and find. No old target: the class
  // or the slot is new. No slot: something else about the class' vtable changed.
  std::optional<std::string> receiver{}, slot{}, old_target{}, new_target{};
  std::vector<std::string> depends_on{};  // ids of the changes that it needs or follows from

  // For selection, not for output. A test whose graph holds one of `old_symbols`, directly or
  // through what has no counter, is affected; with `receiver_vtables`, only one whose graph also
  // has one of those.
  std::vector<SymbolId> old_symbols{};
  std::vector<SymbolId> new_symbols{};       // the same in the newer version, for recorded evidence
  std::vector<SymbolId> receiver_vtables{};  // of an LC with a slot, in the older version
  // The source files, as UnitFacts::file, in whose code it is: a program that none of them is in
  // has not changed, though it has a function of that name. Empty: not known.
  std::set<std::string> units{};
  bool at_start_up = false;   // runs before any test: every test of the binaries is affected
  bool constructible = true;  // of an LC: clients can make complete objects of the receiver
  bool test_code = false;     // about a GoogleTest case itself: never untested
};

struct Diff {
  std::string before{}, after{};  // commit hashes, or "work tree"
  std::vector<Reason> reasons{};  // any: everything may have changed
  std::vector<Change> changes{};  // sorted by file, line and id

  bool everything() const { return !reasons.empty(); }
  const Change* find(std::string_view id) const;
};

}  // namespace noderig::impact
