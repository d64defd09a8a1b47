#include "module_facts.h"

#include "ir_digest.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/CodeGen/ModuleBuilder.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Module.h>
#include <map>

namespace noderig::impact {
namespace {

using Globals = std::set<const llvm::GlobalValue*>;

// The variables whose only purpose is to register GoogleTest cases, by the names of its macros.
bool is_test_registration(const clang::VarDecl& variable) {
  const llvm::StringRef name = variable.getName();
  return name == "test_info_" || name == "gtest_registering_dummy_" ||
         (name.startswith("gtest_") && (name.endswith("_dummy_") || name.endswith("_registered_")));
}

class ModuleFacts {
 public:
  ModuleFacts(const llvm::Module& module, clang::CodeGenerator& generator,
              Declarations& declarations, const std::string& main_file, UnitFacts& facts)
      : module_(module),
        generator_(generator),
        declarations_(declarations),
        main_file_(main_file),
        facts_(facts) {}

  void add() {
    find_anonymous();
    name_lambdas();
    find_initialisers();
    for (const llvm::Function& function : module_) {
      if (!function.isDeclaration() && !anonymous_.contains(&function)) add_function(function);
    }
    for (const llvm::GlobalVariable& variable : module_.globals()) {
      if (!variable.isDeclaration() && is_fact(variable)) add_variable(variable);
    }
    for (const llvm::GlobalAlias& alias : module_.aliases()) add_alias(alias);
  }

 private:
  // Internal functions that the compiler made up have numbered names that other code shifts.
  void find_anonymous() {
    for (const llvm::Function& function : module_) {
      if (function.hasLocalLinkage() && !function.isDeclaration() &&
          generator_.GetDeclForMangledName(function.getName()) == nullptr) {
        anonymous_.insert(&function);
      }
    }
  }

  void name_lambdas() {
    for (const llvm::Function& function : module_) {
      const auto* method = llvm::dyn_cast_or_null<clang::CXXMethodDecl>(
          generator_.GetDeclForMangledName(function.getName()));
      if (method == nullptr || method->getOverloadedOperator() != clang::OO_Call) continue;
      const std::string name = declarations_.variable_lambda(*method->getParent());
      if (!name.empty()) names_.add(function.getName().str(), name);
    }
  }

  static bool is_fact(const llvm::GlobalVariable& variable) {
    const llvm::StringRef name = variable.getName();
    return !variable.hasPrivateLinkage() && !name.startswith("llvm.") &&
           !name.startswith("__prof") && !name.startswith("_ZGV") &&
           !name.startswith("__dso_handle");
  }

  const clang::VarDecl* declared(const llvm::GlobalValue& variable) {
    return llvm::dyn_cast_or_null<clang::VarDecl>(
        generator_.GetDeclForMangledName(variable.getName()));
  }

  // The functions that run before main, in their order; those that run all of a unit's dynamic
  // initialisers count as these.
  void find_initialisers() {
    const llvm::GlobalVariable* table = module_.getNamedGlobal("llvm.global_ctors");
    if (table == nullptr || !table->hasInitializer()) return;
    for (const llvm::Use& entry : table->getInitializer()->operands()) {
      const auto* fields = llvm::dyn_cast<llvm::ConstantStruct>(entry);
      if (fields == nullptr) continue;
      const auto* function =
          llvm::dyn_cast<llvm::Function>(fields->getOperand(1)->stripPointerCasts());
      if (function == nullptr) continue;
      if (!function->getName().startswith("_GLOBAL__")) {
        add_initialiser(*function);
        continue;
      }
      for (const llvm::BasicBlock& block : *function) {
        for (const llvm::Instruction& instruction : block) {
          const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
          if (call == nullptr || call->getCalledFunction() == nullptr) continue;
          if (!call->getCalledFunction()->isIntrinsic())
            add_initialiser(*call->getCalledFunction());
        }
      }
    }
  }

  void add_initialiser(const llvm::Function& function) {
    if (!anonymous_.contains(&function)) {  // written as one: __attribute__((constructor))
      facts_.initialisers.push_back(key(function));
      return;
    }
    const llvm::GlobalVariable* variable = initialised_by(function);
    if (variable == nullptr) return;
    initialiser_of_.emplace(variable, &function);
    const clang::VarDecl* declaration = declared(*variable);
    if (declaration == nullptr || !is_test_registration(*declaration)) {
      facts_.initialisers.push_back(key(*variable));
    }
  }

  // Initialisers run in the order of definition, so that of the variables that one names, those
  // that it only reads have had their own before; that leaves the one it is for.
  const llvm::GlobalVariable* initialised_by(const llvm::Function& function) {
    std::vector<const llvm::GlobalVariable*> named;
    for (const llvm::BasicBlock& block : function) {
      for (const llvm::Instruction& instruction : block) {
        for (const llvm::Value* operand : instruction.operands()) {
          const auto* variable =
              llvm::dyn_cast<llvm::GlobalVariable>(operand->stripInBoundsOffsets());
          if (variable != nullptr && !variable->isDeclaration() && is_fact(*variable) &&
              !initialiser_of_.contains(variable)) {
            named.push_back(variable);
          }
        }
      }
    }
    for (const llvm::GlobalVariable* variable : named) {
      const clang::VarDecl* declaration = declared(*variable);
      if (declaration != nullptr && declaration->getInit() != nullptr &&
          (!declaration->hasConstantInitialization() ||
           declaration->needsDestruction(declaration->getASTContext()) !=
               clang::QualType::DK_none)) {
        return variable;
      }
    }
    return named.empty() ? nullptr : named.front();
  }

  SymbolId key(const llvm::GlobalValue& value) const {
    return names_.key(profile_name(value, main_file_));
  }

  SymbolFact named(const llvm::GlobalValue& value) const {
    SymbolFact fact;
    fact.linkage_name = profile_name(value, main_file_);
    fact.id = symbol_id(fact.linkage_name);
    fact.key = names_.key(fact.linkage_name);
    return fact;
  }

  void finish(SymbolFact fact, const IrDigest& digest) {
    fact.digest = digest.digest();
    fact.references = digest.references();
    std::erase(fact.references, fact.id);
    facts_.symbols.push_back(std::make_shared<const SymbolFact>(std::move(fact)));
  }

  void add_function(const llvm::Function& function) {
    IrDigest digest(module_, main_file_, names_, anonymous_);
    digest.add(function);
    SymbolFact fact = named(function);
    const auto* declaration = llvm::dyn_cast_or_null<clang::FunctionDecl>(
        generator_.GetDeclForMangledName(function.getName()));
    if (declaration != nullptr) {
      fact.entity = declarations_.entity(*declaration);
      const Declarations::Place place = declarations_.place(declaration->getLocation());
      if (!place.in_project) fact.file = place.file;
    }
    fact.kind = fact.entity.empty() ? SymbolKind::Implicit : SymbolKind::Function;
    fact.counted = digest.counted();
    finish(std::move(fact), digest);
  }

  void add_variable(const llvm::GlobalVariable& variable) {
    IrDigest digest(module_, main_file_, names_, anonymous_);
    digest.add(variable);
    SymbolFact fact = named(variable);
    const llvm::StringRef name = variable.getName();
    fact.kind = name.startswith("_ZTV") || name.startswith("_ZTT") || name.startswith("_ZTC")
                    ? SymbolKind::Vtable
                : name.startswith("_ZTI") || name.startswith("_ZTS") ? SymbolKind::TypeInfo
                                                                     : SymbolKind::Variable;
    if (const clang::VarDecl* declaration = declared(variable)) {
      fact.entity = declarations_.entity(*declaration);
      fact.test_registration = is_test_registration(*declaration);
      const Declarations::Place place = declarations_.place(declaration->getLocation());
      fact.file = place.file;
      fact.line = place.line;
    }
    if (const auto initialiser = initialiser_of_.find(&variable);
        initialiser != initialiser_of_.end()) {
      fact.dynamic_initialiser = true;
      digest.add(*initialiser->second);
    }
    finish(std::move(fact), digest);
  }

  void add_alias(const llvm::GlobalAlias& alias) {
    IrDigest digest(module_, main_file_, names_, anonymous_);
    digest.add(*alias.getAliasee());
    SymbolFact fact = named(alias);
    fact.kind = SymbolKind::Alias;
    finish(std::move(fact), digest);
  }

  const llvm::Module& module_;
  clang::CodeGenerator& generator_;
  Declarations& declarations_;
  const std::string& main_file_;
  UnitFacts& facts_;
  Globals anonymous_{};
  StableNames names_{};
  std::map<const llvm::GlobalVariable*, const llvm::Function*> initialiser_of_{};
};

}  // namespace

void add_module_facts(const llvm::Module& module, clang::CodeGenerator& generator,
                      Declarations& declarations, const std::string& main_file, UnitFacts& facts) {
  ModuleFacts(module, generator, declarations, main_file, facts).add();
}

}  // namespace noderig::impact
