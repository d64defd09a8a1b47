// Two versions of a program side by side: what each symbol, function and type was and is. Internal
// to diff/; lives as long as both programs. Belongs to one thread.
#pragma once

#include <impact/model/facts.h>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace noderig::impact {

// Of several units: the digests differ where they compile one name differently, as programs of
// their own may.
struct SymbolVersion {
  const SymbolFact* fact = nullptr;  // of one unit; null: the symbol is not in this version
  std::set<SymbolId> ids{};          // more than one where units name it differently
  std::set<Digest> digests{};
  std::set<SymbolId> references{};
};

struct SymbolPair {
  SymbolVersion before{};
  SymbolVersion after{};
  std::set<std::string> units{};  // files of those where it differs in anything
  bool differs_in_a_unit = false;

  const SymbolFact& any() const { return after.fact != nullptr ? *after.fact : *before.fact; }
  bool gone() const { return after.fact == nullptr; }
  bool fresh() const { return before.fact == nullptr; }
  bool changed() const {
    return !gone() && !fresh() && (before.digests != after.digests || differs_in_a_unit);
  }
};

struct FunctionVersion {
  const FunctionFact* fact = nullptr;
  std::set<Digest> texts{};
  std::map<SymbolId, std::set<SymbolId>> symbols{};  // key -> ids
  std::set<std::string> units{};  // files of those that have it, where it goes by its file
};

struct FunctionPair {
  FunctionVersion before{};
  FunctionVersion after{};
};

struct TypePair {
  std::string name{};  // as people are told
  const TypeFact* before = nullptr;
  const TypeFact* after = nullptr;
  std::set<std::string> units{};  // files of those where it differs in anything

  const TypeFact& any() const { return after != nullptr ? *after : *before; }
};

class ProgramPair {
 public:
  ProgramPair(const Program& before, const Program& after);

  const SymbolPair* symbol(SymbolId key) const;
  // The classes of that name: several where programs have one each.
  std::vector<const TypePair*> classes(const std::string& entity) const;
  // One of them, to tell where it is.
  const TypePair* type(const std::string& entity) const;

  std::map<SymbolId, SymbolPair> symbols{};  // by key: those that differ in anything
  // By entity; with the file behind it where one version has the entity in several.
  std::map<std::string, FunctionPair> functions{};
  std::map<std::pair<TypeKind, std::string>, TypePair> types{};
  // Keys of variables and functions that run at start-up, test registrations left out.
  std::set<SymbolId> initialisers_before{}, initialisers_after{};
  std::set<SymbolId> reordered_initialisers{};

 private:
  using Units = std::vector<const UnitFacts*>;

  void find_shared_names(const Program& program);
  std::string function_name(const FunctionFact& function) const;
  std::string type_name(const TypeFact& type) const;
  template <class Version>
  void add(const Program& program, Version version, std::set<SymbolId>& initialisers);
  void add_symbols(const Program& before, const Program& after);
  void find_units(const Program& before, const Program& after);
  void find_units(const std::string& file, const Units& before, const Units& after);
  void find_reordered(const Program& before, const Program& after);

  std::set<std::string> shared_functions_{};
  std::set<std::pair<TypeKind, std::string>> shared_types_{};
  std::multimap<std::string, const TypePair*> classes_{};
  // Of symbols, where units differ: what was lost in some, and came in some, file by file.
  struct Moved {
    std::set<Digest> lost{}, gained{};
    bool differs = false;
    bool shared = false;  // its function goes by its file
    std::set<std::string> units{};
  };
  std::unordered_map<SymbolId, Moved> moved_{};
};

}  // namespace noderig::impact
