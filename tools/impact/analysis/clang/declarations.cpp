#include "declarations.h"

#include "syntax_visitor.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/CXXInheritance.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/Mangle.h>
#include <clang/AST/ODRHash.h>
#include <clang/Basic/FileManager.h>
#include <clang/Basic/SourceManager.h>
#include <llvm/ProfileData/InstrProf.h>
#include <llvm/Support/Path.h>
#include <llvm/Support/xxhash.h>
#include <algorithm>

namespace noderig::impact {
namespace {

bool starts_with_directory(const std::string& path, const std::string& directory) {
  return path.size() > directory.size() && path.starts_with(directory) &&
         path[directory.size()] == '/';
}

clang::PrintingPolicy written_policy(const clang::ASTContext& context) {
  clang::PrintingPolicy policy(context.getLangOpts());
  policy.SuppressTagKeyword = true;
  policy.Bool = true;
  return policy;
}

// What an expression says, with the value where the compiler can tell it.
Digest expression_digest(const clang::Expr& expression, clang::ASTContext& context) {
  clang::ODRHash hash;
  hash.AddStmt(&expression);
  std::string text = std::to_string(hash.CalculateHash());
  clang::Expr::EvalResult value;
  if (!expression.isValueDependent() && !expression.isTypeDependent() &&
      expression.EvaluateAsRValue(value, context) && !value.HasSideEffects &&
      !value.Val.isLValue()) {
    text += value.Val.getAsString(context, expression.getType());
  }
  return llvm::xxHash64(text) | 1;  // 0 stands for no initialiser
}

// As written; GoogleMock ends the names of a mock's fields with the line of its macro.
std::string field_name(const clang::NamedDecl& field) {
  const std::string name = field.getNameAsString();
  return name.starts_with("gmock") ? name.substr(0, name.rfind('_')) : name;
}

// Whether code outside of the hierarchy may make a complete object of the class.
bool is_constructible(const clang::CXXRecordDecl& record) {
  if (record.isAbstract()) return false;
  if (record.needsImplicitDefaultConstructor() || record.hasFriends()) return true;
  for (const clang::Decl* member : record.decls()) {
    const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(member);
    if (const auto* pattern = llvm::dyn_cast<clang::FunctionTemplateDecl>(member)) {
      method = llvm::dyn_cast<clang::CXXMethodDecl>(pattern->getTemplatedDecl());
    }
    if (method == nullptr || method->isDeleted()) continue;
    if (method->isStatic()) return true;
    if (llvm::isa<clang::CXXConstructorDecl>(method) && method->getAccess() == clang::AS_public &&
        !(method->isImplicit() &&
          llvm::cast<clang::CXXConstructorDecl>(method)->isCopyOrMoveConstructor())) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string written_qualifiers(const clang::CXXMethodDecl& method) {
  std::string text;
  if (method.isConst()) text += " const";
  if (method.isVolatile()) text += " volatile";
  if (method.getRefQualifier() == clang::RQ_LValue) text += " &";
  if (method.getRefQualifier() == clang::RQ_RValue) text += " &&";
  return text;
}

std::string written_signature(const clang::FunctionDecl& function) {
  const clang::FunctionDecl& first = *function.getCanonicalDecl();
  const clang::PrintingPolicy policy = written_policy(first.getASTContext());
  std::string text;
  llvm::raw_string_ostream out(text);
  first.getNameForDiagnostic(out, policy, true);
  out << '(';
  llvm::StringRef separator = "";
  for (const clang::ParmVarDecl* parameter : first.parameters()) {
    out << separator << parameter->getType().getAsString(policy);
    separator = ", ";
  }
  if (first.isVariadic()) out << separator << "...";
  out << ')';
  if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(&first)) {
    out << written_qualifiers(*method);
  }
  return out.str();
}

bool ProjectPaths::contain(const std::string& absolute) const {
  return starts_with_directory(absolute, project) || starts_with_directory(absolute, build);
}

std::string ProjectPaths::name(const std::string& absolute) const {
  return starts_with_directory(absolute, project) ? absolute.substr(project.size() + 1) : absolute;
}

// The lambdas of an expression in their order, without those inside of others.
class LambdaVisitor : public SyntaxVisitor {
 public:
  std::vector<const clang::CXXRecordDecl*> found{};

 private:
  bool enters_lambda(clang::LambdaExpr& lambda) override {
    found.push_back(lambda.getLambdaClass());
    return false;
  }
};

// Goes through what is written in the project; instances of templates are looked up from there.
class DeclarationVisitor : public SyntaxVisitor {
 public:
  explicit DeclarationVisitor(Declarations& declarations) : declarations_(declarations) {}

 private:
  void visit_declaration(clang::Decl& one) override {
    if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(&one)) {
      if (function->isThisDeclarationADefinition() || function->isPure()) {
        declarations_.add_function(*function);
      }
    } else if (auto* variable = llvm::dyn_cast<clang::VarDecl>(&one)) {
      if (variable->isFileVarDecl() && variable->hasInit()) declarations_.add_lambdas(*variable);
    } else if (const auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(&one)) {
      if (record->isThisDeclarationADefinition()) declarations_.add_class(*record);
    } else if (auto* pattern = llvm::dyn_cast<clang::ClassTemplateDecl>(&one)) {
      if (pattern->isCanonicalDecl()) add_instances(*pattern);
    } else if (const auto* type = llvm::dyn_cast<clang::EnumDecl>(&one)) {
      if (type->isThisDeclarationADefinition()) declarations_.add_type(*type, TypeKind::Enum);
    } else if (const auto* alias = llvm::dyn_cast<clang::TypedefNameDecl>(&one)) {
      if (!alias->getDeclContext()->isFunctionOrMethod()) {
        declarations_.add_type(*alias, TypeKind::Alias);
      }
    } else if (const auto* constraint = llvm::dyn_cast<clang::ConceptDecl>(&one)) {
      declarations_.add_type(*constraint, TypeKind::Concept);
    }
  }

  void visit_statement(clang::Stmt& one) override {
    if (const auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(&one)) {
      declarations_.add_function(*lambda->getCallOperator());
    }
  }

  void add_instances(clang::ClassTemplateDecl& pattern) {
    for (const clang::ClassTemplateSpecializationDecl* instance : pattern.specializations()) {
      const clang::CXXRecordDecl* definition = instance->getDefinition();
      if (definition != nullptr && !instance->isExplicitSpecialization()) {
        declarations_.add_class(*definition);
      }
    }
  }

  Declarations& declarations_;
};

Declarations::Declarations(clang::ASTContext& context, ProjectPaths paths, std::string main_file)
    : context_(context),
      policy_(written_policy(context)),
      paths_(std::move(paths)),
      main_file_(std::move(main_file)),
      mangler_(std::make_unique<clang::ASTNameGenerator>(context)) {}

Declarations::~Declarations() = default;

void Declarations::collect() {
  DeclarationVisitor visitor(*this);
  for (clang::Decl* decl : context_.getTranslationUnitDecl()->decls()) {
    if (place(decl->getLocation()).in_project) visitor.go_through(decl);
  }
}

Declarations::Place Declarations::place(clang::SourceLocation location) const {
  const clang::SourceManager& sources = context_.getSourceManager();
  const clang::SourceLocation written = sources.getFileLoc(location);
  if (written.isInvalid()) return {};
  const clang::FileID id = sources.getFileID(written);
  const auto [found, first] = files_.try_emplace(id.getHashValue());
  if (first) {
    llvm::SmallString<256> path(sources.getFilename(written));
    sources.getFileManager().makeAbsolutePath(path);
    llvm::sys::path::remove_dots(path, true);
    found->second = {paths_.name(path.str().str()), 0, paths_.contain(path.str().str())};
  }
  Place place = found->second;
  place.line = static_cast<int>(sources.getSpellingLineNumber(written));
  return place;
}

// --- Names
// ----------------------------------------------------------------------------------------

void Declarations::add_lambdas(clang::VarDecl& variable) {
  LambdaVisitor visitor;
  visitor.go_through(variable.getInit());
  int number = 0;
  for (const clang::CXXRecordDecl* lambda : visitor.found) {
    variable_lambdas_.try_emplace(lambda,
                                  "lambda " + std::to_string(++number) + " in " +
                                      entity(static_cast<const clang::NamedDecl&>(variable)));
  }
}

std::string Declarations::variable_lambda(const clang::CXXRecordDecl& lambda) const {
  const auto found = variable_lambdas_.find(&lambda);
  return found == variable_lambdas_.end() ? "" : found->second;
}

std::string Declarations::lambda_name(const clang::CXXRecordDecl& lambda) {
  if (std::string name = variable_lambda(lambda); !name.empty()) return name;
  const clang::DeclContext* context = lambda.getDeclContext();
  const auto [numbers, first] = lambdas_.try_emplace(context);
  if (first) {
    for (const clang::Decl* member : context->decls()) {
      const auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(member);
      if (record != nullptr && record->isLambda()) {
        numbers->second.emplace(record, static_cast<int>(numbers->second.size()) + 1);
      }
    }
  }
  const auto number = numbers->second.find(&lambda);
  std::string around;
  if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(context)) {
    around = entity(*function);
  } else {
    around = place(lambda.getLocation()).file;
  }
  return "lambda " + std::to_string(number == numbers->second.end() ? 0 : number->second) + " in " +
         around;
}

std::string Declarations::entity(const clang::FunctionDecl& function) {
  if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(&function);
      method != nullptr && method->getParent()->isLambda()) {
    return method->isImplicit() && method->getOverloadedOperator() != clang::OO_Call
               ? ""
               : lambda_name(*method->getParent());
  }
  if (function.isImplicit()) return {};
  const clang::FunctionDecl* written = function.getTemplateInstantiationPattern();
  if (written == nullptr || !place(written->getLocation()).in_project) written = &function;
  std::string name = written_signature(*written);
  if (!written->isExternallyVisible()) name += " [" + place(written->getLocation()).file + "]";
  return name;
}

std::string Declarations::entity(const clang::NamedDecl& type_or_variable) const {
  std::string text;
  llvm::raw_string_ostream out(text);
  type_or_variable.getNameForDiagnostic(out, policy_, true);
  if (!type_or_variable.isExternallyVisible() &&
      !llvm::isa<clang::TypedefNameDecl>(type_or_variable)) {
    out << " [" << place(type_or_variable.getLocation()).file << "]";
  }
  return out.str();
}

SymbolId Declarations::symbol(const std::string& mangled, bool internal) const {
  return symbol_id(llvm::getPGOFuncName(
      mangled, internal ? llvm::GlobalValue::InternalLinkage : llvm::GlobalValue::ExternalLinkage,
      main_file_));
}

std::vector<SymbolId> Declarations::symbols(const clang::FunctionDecl& function) const {
  std::vector<std::string> names;
  if (llvm::isa<clang::CXXConstructorDecl, clang::CXXDestructorDecl>(function)) {
    names = mangler_->getAllManglings(&function);
  } else {
    names.push_back(mangler_->getName(&function));
  }
  std::vector<SymbolId> ids;
  for (const std::string& name : names)
    ids.push_back(symbol(name, !function.isExternallyVisible()));
  return ids;
}

// --- Functions and types -----------------------------------------------------------------------

void Declarations::add_function(const clang::FunctionDecl& function) {
  if (function.isDeleted() || function.getTemplateInstantiationPattern() != nullptr) return;
  FunctionFact fact;
  fact.entity = entity(function);
  if (fact.entity.empty()) return;
  const Place where = place(function.getLocation());
  fact.file = where.file;
  fact.line = where.line;
  clang::ODRHash hash;
  hash.AddFunctionDecl(&function);
  fact.text = hash.CalculateHash();
  if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(&function);
      method != nullptr && !method->getParent()->isLambda()) {
    fact.owner = entity(*llvm::cast<clang::NamedDecl>(method->getParent()));
    fact.is_virtual = method->isVirtual();
    fact.test_code = is_test_case(*method->getParent());
  }
  functions.push_back(std::move(fact));
}

void Declarations::add_type(const clang::NamedDecl& type, TypeKind kind) {
  if (type.getName().empty()) return;
  const Place where = place(type.getLocation());
  TypeFact fact;
  fact.kind = kind;
  fact.entity = entity(type);
  fact.file = where.file;
  fact.line = where.line;
  types.push_back(std::move(fact));
}

bool Declarations::is_test_case(const clang::CXXRecordDecl& record) {
  return std::ranges::any_of(record.methods(), [](const clang::CXXMethodDecl* method) {
    return method->getDeclName().isIdentifier() && method->getName() == "TestBody";
  });
}

void Declarations::add_class(const clang::CXXRecordDecl& record) {
  if (record.isLambda() || record.isInvalidDecl()) return;
  const Place where = place(record.getLocation());
  TypeFact fact;
  fact.entity = entity(llvm::cast<clang::NamedDecl>(record));
  fact.file = where.file;
  fact.line = where.line;
  fact.test_code = is_test_case(record);
  fact.instance = record.getTemplateInstantiationPattern() != nullptr;
  if (!fact.instance) fact.fields = fields(record);
  for (const clang::CXXBaseSpecifier& base : record.bases()) {
    fact.bases.push_back(base.getType().getCanonicalType().getAsString(policy_));
  }
  if (!record.isDependentContext() && record.isDynamicClass()) {
    fact.constructible = is_constructible(record);
    fact.slots = slots(record);
    fact.vtables = vtables(record);
  }
  if (fact.instance && fact.slots.empty()) return;
  types.push_back(std::move(fact));
}

std::vector<FieldFact> Declarations::fields(const clang::CXXRecordDecl& record) const {
  std::vector<FieldFact> fields;
  for (const clang::Decl* member : record.decls()) {
    const auto* field = llvm::dyn_cast<clang::FieldDecl>(member);
    const auto* variable = llvm::dyn_cast<clang::VarDecl>(member);
    if (field == nullptr && variable == nullptr) continue;
    const auto& declared = *llvm::cast<clang::DeclaratorDecl>(member);
    FieldFact fact;
    fact.name = field_name(declared);
    fact.type = declared.getType().getCanonicalType().getAsString(policy_);
    fact.line = place(declared.getLocation()).line;
    fact.is_static = variable != nullptr;
    if (const unsigned alignment = declared.getMaxAlignment(); alignment != 0) {
      fact.type += " alignas(" + std::to_string(alignment / 8) + ")";
    }
    const clang::Expr* initialiser = nullptr;
    if (field != nullptr) {
      if (field->isBitField() && !field->getBitWidth()->isValueDependent()) {
        fact.type += " : " + std::to_string(field->getBitWidthValue(context_));
      }
      if (field->hasInClassInitializer()) initialiser = field->getInClassInitializer();
    } else {
      initialiser = variable->getInit();
    }
    if (initialiser != nullptr) fact.initialiser = expression_digest(*initialiser, context_);
    fields.push_back(std::move(fact));
  }
  return fields;
}

std::vector<SlotFact> Declarations::slots(const clang::CXXRecordDecl& record) {
  clang::CXXFinalOverriderMap overriders;
  record.getFinalOverriders(overriders);
  std::vector<SlotFact> slots;
  for (const auto& [method, by_subobject] : overriders) {
    if (method->size_overridden_methods() != 0) continue;  // not the root of its slot
    std::set<std::string> targets;
    std::set<SymbolId> ids;
    SlotFact slot;
    slot.slot = written_signature(*method);
    for (const auto& [subobject, finals] : by_subobject) {
      for (const clang::UniqueVirtualMethod& final : finals) {
        const std::string named = entity(*final.Method);
        targets.insert(named.empty() ? written_signature(*final.Method) : named);
        slot.pure |= final.Method->isPure();
        if (!final.Method->isPure()) {
          for (const SymbolId id : symbols(*final.Method)) ids.insert(id);
        }
      }
    }
    for (const std::string& target : targets) {
      slot.target += (slot.target.empty() ? "" : " | ") + target;
    }
    slot.symbols.assign(ids.begin(), ids.end());
    slots.push_back(std::move(slot));
  }
  std::ranges::sort(slots, {}, &SlotFact::slot);
  return slots;
}

std::vector<SymbolId> Declarations::vtables(const clang::CXXRecordDecl& record) const {
  const std::unique_ptr<clang::ItaniumMangleContext> mangle(
      clang::ItaniumMangleContext::create(context_, context_.getDiagnostics()));
  std::vector<SymbolId> ids;
  const auto add = [&](auto write) {
    std::string name;
    llvm::raw_string_ostream out(name);
    write(out);
    ids.push_back(symbol(out.str(), !record.isExternallyVisible()));
  };
  add([&](llvm::raw_ostream& out) { mangle->mangleCXXVTable(&record, out); });
  if (record.getNumVBases() > 0) {
    add([&](llvm::raw_ostream& out) { mangle->mangleCXXVTT(&record, out); });
  }
  return ids;
}

}  // namespace noderig::impact
