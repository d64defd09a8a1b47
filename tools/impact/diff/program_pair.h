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

// Of several units: the digests differ where they compile one name differently.
struct SymbolVersion {
  const SymbolFact* fact = nullptr;  // of one unit; null: the symbol is not in this version
  std::set<SymbolId> ids{};          // more than one where units name it differently
  std::set<Digest> digests{};
  std::set<SymbolId> references{};
};

struct SymbolPair {
  SymbolVersion before{};
  SymbolVersion after{};

  const SymbolFact& any() const { return after.fact != nullptr ? *after.fact : *before.fact; }
  bool gone() const { return after.fact == nullptr; }
  bool fresh() const { return before.fact == nullptr; }
  bool changed() const { return !gone() && !fresh() && before.digests != after.digests; }
};

struct FunctionVersion {
  const FunctionFact* fact = nullptr;
  std::set<Digest> texts{};
  std::map<SymbolId, std::set<SymbolId>> symbols{};  // key -> ids
};

struct FunctionPair {
  FunctionVersion before{};
  FunctionVersion after{};
};

struct TypePair {
  const TypeFact* before = nullptr;
  const TypeFact* after = nullptr;

  const TypeFact& any() const { return after != nullptr ? *after : *before; }
};

class ProgramPair {
 public:
  ProgramPair(const Program& before, const Program& after);

  const SymbolPair* symbol(SymbolId key) const;
  const TypePair* type(const std::string& entity) const;

  std::map<SymbolId, SymbolPair> symbols{};  // by key: those that differ in anything
  std::map<std::string, FunctionPair> functions{};
  std::map<std::pair<TypeKind, std::string>, TypePair> types{};
  // Keys of variables and functions that run at start-up, test registrations left out.
  std::set<SymbolId> initialisers_before{}, initialisers_after{};
  std::set<SymbolId> reordered_initialisers{};

 private:
  template <class Version>
  void add(const Program& program, Version version, std::set<SymbolId>& initialisers);
  void find_reordered(const Program& before, const Program& after);
};

}  // namespace noderig::impact
