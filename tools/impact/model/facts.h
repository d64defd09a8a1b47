// What the analysis knows of a program: for each translation unit its symbols (from the compiler's
// intermediate code) and its declarations (from the syntax tree). Facts are immutable and shared:
// equal facts of several units, or of two versions of a unit, are one object. Value types; any
// thread.
#pragma once

#include "reason.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace noderig::impact {

// The hash that LLVM profiles name a function by: the lower half of the MD5 of its linkage name,
// which Clang prefixes with the main file's base name where the linkage is internal. Variables,
// vtables and type information are named the same way. So a profile joins with facts as it is.
using SymbolId = std::uint64_t;
SymbolId symbol_id(const std::string& profile_name);
// What such a name means to people.
std::string readable(const std::string& profile_name);

// Equal digests: nothing a test could notice differs. Different ones: something may.
using Digest = std::uint64_t;

enum class SymbolKind : std::uint8_t {
  Function,  // has code of its own in the source
  Implicit,  // a function nobody wrote: implicit member, thunk, global initialiser
  Variable,  // at namespace scope, static member or static local
  Vtable,    // also construction vtables and VTTs
  TypeInfo,
  Alias,  // another name of a symbol, which is its only reference
};

// A function or variable that a unit defines.
struct SymbolFact {
  SymbolId id = 0;
  // By which versions are compared: the id, unless its name has a number that other code shifts.
  SymbolId key = 0;
  SymbolKind kind = SymbolKind::Function;
  // The function has a profile counter, so that recordings show it. What has none is transparent:
  // one goes on to what refers to it.
  bool counted = false;
  // A variable whose initialiser is code that runs at start-up, so that what is only reached
  // through it is run for every test.
  bool dynamic_initialiser = false;
  bool test_registration = false;  // a variable whose only purpose is to register a GoogleTest case
  Digest digest = 0;               // of its resolved meaning
  std::string linkage_name{};      // as profiles spell it
  std::string entity{};  // the FunctionFact it is compiled from, or the variable; empty: none
  std::string file{};    // of a variable, and of a function that has no FunctionFact
  int line = 0;
  std::vector<SymbolId> references{};  // what it refers to, sorted
};

// A function as written: one for a template and all its instantiations.
struct FunctionFact {
  std::string entity{};  // "ns::Class::name(int) const"; with the file, where linkage is internal
  std::string file{};    // relative to the project; absolute outside of it
  int line = 0;
  Digest text = 0;      // of what is written, for those that no unit compiles
  std::string owner{};  // the class it is a member of; empty: none
  bool is_virtual = false;
  bool test_code = false;  // a member of a GoogleTest case
};

struct FieldFact {
  std::string name{};
  std::string type{};
  int line = 0;
  bool is_static = false;
  Digest initialiser = 0;  // of the in-class initialiser with its value; 0: none

  bool operator==(const FieldFact&) const = default;
};

// The function that a virtual call finds on an object of the class.
struct SlotFact {
  std::string slot{};    // the root virtual: "Figure::area() const"
  std::string target{};  // the final overrider; several of one root (diamond): joined by " | "
  bool pure = false;
  std::vector<SymbolId> symbols{};  // the target's; empty when pure

  bool operator==(const SlotFact&) const = default;
};

enum class TypeKind : std::uint8_t { Class, Enum, Alias, Concept };

struct TypeFact {
  TypeKind kind = TypeKind::Class;
  std::string entity{};
  std::string file{};
  int line = 0;
  bool test_code = false;      // a GoogleTest case
  bool instance = false;       // of a template: listed for its slots alone
  bool constructible = false;  // somebody outside of the hierarchy may make a complete object
  std::vector<std::string> bases{};
  std::vector<FieldFact> fields{};
  std::vector<SlotFact> slots{};
  std::vector<SymbolId> vtables{};  // its own and, with virtual bases, the table of tables
};

// One translation unit under one command.
struct UnitFacts {
  std::string file{};                // relative to the project
  std::vector<std::string> files{};  // of the project, that it is made of; sorted
  std::vector<std::shared_ptr<const SymbolFact>> symbols{};
  std::vector<std::shared_ptr<const FunctionFact>> functions{};
  std::vector<std::shared_ptr<const TypeFact>> types{};
  std::vector<SymbolId> initialisers{};  // keys of what runs at start-up, in that order
};

// A version of the source, under the commands of a build directory.
struct Program {
  std::string revision{};  // the commit's hash, or "work tree"
  std::vector<UnitFacts> units{};
  std::vector<Reason> reasons{};  // why facts are missing, when they are

  // Every fact once, in no particular order.
  std::vector<std::shared_ptr<const SymbolFact>> symbols() const;
};

}  // namespace noderig::impact
