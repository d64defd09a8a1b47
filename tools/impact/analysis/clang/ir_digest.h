// The digest of what a function or variable means, taken from unoptimised intermediate code: equal
// digests behave equally. What cannot be noticed is left out: names of values and types, debug
// information, profile counters. Callees and external variables count by name, private constants by
// content. Belongs to one thread and one module.
#pragma once

#include "stable_names.h"

#include <impact/model/facts.h>
#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/ADT/StringRef.h>
#include <set>
#include <string>

namespace llvm {
class Attribute;
class AttributeList;
class Constant;
class Function;
class GlobalObject;
class GlobalValue;
class GlobalVariable;
class Instruction;
class Module;
class Type;
class Value;
}  // namespace llvm

namespace noderig::impact {

// What names a symbol in profiles: with the main file's name where its linkage is internal.
std::string profile_name(const llvm::GlobalValue& value, llvm::StringRef main_file);

class IrDigest {
 public:
  // `anonymous`: internal functions that the compiler made and numbered: they count by content.
  IrDigest(const llvm::Module& module, llvm::StringRef main_file, const StableNames& names,
           const std::set<const llvm::GlobalValue*>& anonymous)
      : module_(module), main_file_(main_file), names_(names), anonymous_(anonymous) {}

  void add(const llvm::Function& function);
  void add(const llvm::GlobalVariable& variable);
  void add(const llvm::Constant& constant) { write_constant(constant); }

  Digest digest() const;
  // The symbols that were met, sorted; anonymous ones are gone through.
  std::vector<SymbolId> references() const { return {references_.begin(), references_.end()}; }
  // Whether a profile counter was among the instructions.
  bool counted() const { return counted_; }

 private:
  void number(std::uint64_t number);
  void text(llvm::StringRef text);
  void write_type(const llvm::Type& type);
  void write_attributes(const llvm::AttributeList& attributes);
  void write_attribute(const llvm::Attribute& attribute);
  void write_object(const llvm::GlobalObject& object);
  void write_instruction(const llvm::Instruction& instruction);
  void write_details(const llvm::Instruction& instruction);
  bool write_address(const llvm::Value& value);
  void write_value(const llvm::Value& value);
  void write_constant(const llvm::Constant& constant);
  void write_global(const llvm::GlobalValue& value);

  const llvm::Module& module_;
  std::string main_file_;
  const StableNames& names_;
  const std::set<const llvm::GlobalValue*>& anonymous_;
  std::string bytes_{};
  std::set<SymbolId> references_{};
  bool counted_ = false;
  llvm::DenseMap<const llvm::Value*, unsigned> numbers_{};        // of the current function
  llvm::DenseMap<const llvm::GlobalValue*, unsigned> inlined_{};  // by content, in order
};

}  // namespace noderig::impact
