#include "method_reader.h"

#include <impact/analysis/clang/syntax_visitor.h>

#include <clang/AST/Attr.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/ExprCXX.h>
#include <clang/Basic/SourceManager.h>
#include <set>

namespace noderig::impact {
namespace {

bool is_itself(const clang::Expr* one) {
  return one != nullptr && llvm::isa<clang::CXXThisExpr>(one->IgnoreParenImpCasts());
}

// `*this` or `this`.
bool is_object(const clang::Expr* one) {
  if (one == nullptr) return false;
  const auto* star = llvm::dyn_cast<clang::UnaryOperator>(one->IgnoreParenImpCasts());
  if (star != nullptr && star->getOpcode() == clang::UO_Deref) return is_itself(star->getSubExpr());
  return is_itself(one);
}

void add_roots(const clang::CXXMethodDecl& method, MethodView& into) {
  for (const clang::CXXMethodDecl* above : method.overridden_methods()) {
    into.overridden.insert(method_key(*above));
    if (above->size_overridden_methods() == 0) into.roots.insert(method_key(*above));
    add_roots(*above, into);
  }
}

// The classes whose virtual methods this one overrides.
void add_base_owners(const clang::CXXMethodDecl& method, Use& into) {
  for (const clang::CXXMethodDecl* above : method.overridden_methods()) {
    into.base_owners.push_back(class_key(*above->getParent()));
    add_base_owners(*above, into);
  }
}

class BodyVisitor : public SyntaxVisitor {
 public:
  BodyVisitor(const clang::CXXMethodDecl& method, Preprocessing& preprocessing, MethodView& into)
      : method_(method), preprocessing_(preprocessing), into_(into) {
    if (method.getBody() != nullptr)
      body_ = preprocessing.place(method.getBody()->getBeginLoc()).begin;
  }

  // The object itself, where it is used as no other than it is.
  void add_objects() {
    for (const clang::CXXThisExpr* one : objects_) {
      if (one->isImplicit() || seen_.contains(one)) continue;
      Use use;
      use.what = "this";
      use.is_this = true;
      use.owners = {class_key(*method_.getParent())};
      place(use, one->getLocation());
      into_.uses.push_back(std::move(use));
    }
  }

 private:
  bool enters_capture(const clang::LambdaCapture& capture) override {
    return !capture.capturesThis();  // what is done with it is in the lambda's body
  }

  bool enters_qualifier(clang::NestedNameSpecifierLoc one) override {
    return !one || one != method_.getQualifierLoc();  // that of the method itself is written anew
  }

  void visit_declaration(clang::Decl& one) override {
    const auto* variable = llvm::dyn_cast<clang::VarDecl>(&one);
    if (variable == nullptr || !variable->isStaticLocal()) return;
    note("static-local", "has a static variable, \"" + variable->getNameAsString() + "\"",
         variable->getLocation());
  }

  void visit_statement(clang::Stmt& one) override {
    if (const auto* name = llvm::dyn_cast<clang::PredefinedExpr>(&one)) {
      note("function-name",
           "uses " + name->getIdentKindName().str() + ", which holds the class' name",
           name->getLocation());
    } else if (const auto* type_of = llvm::dyn_cast<clang::CXXTypeidExpr>(&one)) {
      if (type_of->isTypeOperand() ? is_own(type_of->getTypeOperandSourceInfo()->getType())
                                   : is_object(type_of->getExprOperand())) {
        note("typeid-this", "asks for the type of the object", type_of->getBeginLoc());
      }
    } else if (const auto* size_of = llvm::dyn_cast<clang::UnaryExprOrTypeTraitExpr>(&one)) {
      if (size_of->isArgumentType() ? is_own(size_of->getArgumentType())
                                    : is_object(size_of->getArgumentExpr())) {
        note("sizeof-this", "asks for the size of the object", size_of->getBeginLoc());
      }
    } else if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(&one)) {
      if (is_itself(member->getBase())) seen_.insert(member->getBase()->IgnoreParenImpCasts());
      add(*member->getMemberDecl(), member->getMemberLoc());
    } else if (const auto* cast = llvm::dyn_cast<clang::ImplicitCastExpr>(&one)) {
      add_cast(*cast);
    } else if (const auto* object = llvm::dyn_cast<clang::CXXThisExpr>(&one)) {
      objects_.push_back(object);
    } else if (const auto* named = llvm::dyn_cast<clang::DeclRefExpr>(&one)) {
      add(*named->getDecl(), named->getLocation());
    }
  }

  // getAs() looks at the class of the node alone, not through aliases.
  void visit_type(clang::TypeLoc one) override {
    if (const auto tag = one.getAs<clang::TagTypeLoc>()) {
      add(*tag.getDecl(), tag.getNameLoc());
    } else if (const auto injected = one.getAs<clang::InjectedClassNameTypeLoc>()) {
      add(*injected.getDecl(), injected.getNameLoc());
    } else if (const auto alias = one.getAs<clang::TypedefTypeLoc>()) {
      add(*alias.getTypedefNameDecl(), alias.getNameLoc());
    } else if (const auto made = one.getAs<clang::TemplateSpecializationTypeLoc>()) {
      const auto* pattern = made.getTypePtr()->getTemplateName().getAsTemplateDecl();
      if (pattern != nullptr) add(*pattern, made.getTemplateNameLoc());
    }
  }

  // Of the object to a base class.
  void add_cast(const clang::ImplicitCastExpr& one) {
    if (one.getCastKind() != clang::CK_DerivedToBase &&
        one.getCastKind() != clang::CK_UncheckedDerivedToBase) {
      return;
    }
    const clang::Expr* inner = one.getSubExpr()->IgnoreParens();
    if (const auto* star = llvm::dyn_cast<clang::UnaryOperator>(inner)) {
      inner = star->getSubExpr()->IgnoreParens();
    }
    if (!llvm::isa<clang::CXXThisExpr>(inner)) return;
    seen_.insert(inner);
    clang::QualType type = one.getType();
    if (type->isPointerType()) type = type->getPointeeType();
    if (const clang::CXXRecordDecl* as = type->getAsCXXRecordDecl()) add(*as, one.getBeginLoc());
  }

  bool is_own(clang::QualType type) const {
    const clang::CXXRecordDecl* record = type.getNonReferenceType()->getAsCXXRecordDecl();
    return record != nullptr &&
           record->getCanonicalDecl() == method_.getParent()->getCanonicalDecl();
  }

  void place(Use& use, clang::SourceLocation at) const {
    const Span where = preprocessing_.place(at);
    use.file = where.file;
    use.line = where.line;
    use.in_body = method_.getBody() != nullptr && where.begin >= body_;
  }

  void note(const char* code, std::string text, clang::SourceLocation at) {
    const Span where = preprocessing_.place(at);
    into_.obstacles.push_back({code, std::move(text), where.file, where.line});
  }

  void add(const clang::NamedDecl& used, clang::SourceLocation at) {
    if (used.getCanonicalDecl() == method_.getCanonicalDecl()) return;
    for (const auto* around = used.getDeclContext(); around != nullptr;
         around = around->getParent()) {
      if (around->isFunctionOrMethod()) return;  // local
    }
    if (llvm::isa<clang::ParmVarDecl, clang::TemplateTypeParmDecl>(used)) return;
    Use use;
    use.what = used.getQualifiedNameAsString();
    if (const auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(&used)) {
      use.owners.push_back(class_key(*record));
    }
    for (const auto* around = used.getDeclContext(); around != nullptr;
         around = around->getParent()) {
      if (const auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(around)) {
        use.owners.push_back(class_key(*record));
      }
    }
    if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(&used)) {
      add_base_owners(*method, use);
    }
    for (const clang::Decl* each : used.redecls()) {
      const Span declared = preprocessing_.place(each->getLocation());
      if (!declared.file.empty()) use.declared.push_back(declared);
    }
    place(use, at);
    into_.uses.push_back(std::move(use));
  }

  const clang::CXXMethodDecl& method_;
  Preprocessing& preprocessing_;
  MethodView& into_;
  std::size_t body_ = 0;
  std::set<const clang::Expr*> seen_{};
  std::vector<const clang::CXXThisExpr*> objects_{};
};

}  // namespace

Access access_of(clang::AccessSpecifier one) {
  return one == clang::AS_public      ? Access::Public
         : one == clang::AS_protected ? Access::Protected
                                      : Access::Private;
}

std::vector<std::string> namespaces_around(const clang::DeclContext* around) {
  std::vector<std::string> names;
  for (; around != nullptr; around = around->getParent()) {
    const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(around);
    if (space == nullptr || space->isInline()) continue;
    names.insert(names.begin(), space->isAnonymousNamespace() ? "(anonymous namespace)"
                                                              : space->getNameAsString());
  }
  return names;
}

MethodView MethodReader::read(const clang::CXXMethodDecl& method, bool is_template) {
  MethodView view;
  view.key = method_key(method);
  view.signature = method_signature(method);
  view.name = method.getNameAsString();
  view.written = view.name + "(";
  for (const clang::ParmVarDecl* parameter : method.parameters()) {
    if (parameter != method.getParamDecl(0)) view.written += ", ";
    view.written += parameter->getType().getAsString(context_.getPrintingPolicy());
  }
  view.written += method.isConst() ? ") const" : ")";
  view.access = access_of(method.getAccess());
  view.is_virtual = method.isVirtual();
  view.is_pure = method.isPure();
  view.is_static = method.isStatic();
  view.is_final = method.hasAttr<clang::FinalAttr>();
  add_roots(method, view);
  if (method.isVirtual() && view.roots.empty()) view.roots.insert(view.key);
  note_obstacles(method, is_template, view);
  if (method.getLocation().isMacroID()) return view;
  view.declaration = declaration(method);
  const clang::FunctionDecl* defined = nullptr;
  if (!method.isDefined(defined)) return view;
  const auto& definition = *llvm::cast<clang::CXXMethodDecl>(defined);
  if (definition.isOutOfLine() && !definition.getLocation().isMacroID()) {
    view.definition = declaration(definition);
  }
  view.meaning = meanings_.of(definition);
  note_uses(definition, view);
  return view;
}

Declaration MethodReader::declaration(const clang::CXXMethodDecl& method) {
  const clang::SourceManager& sources = context_.getSourceManager();
  const auto offset = [&](clang::SourceLocation at) -> std::size_t {
    return sources.getFileOffset(sources.getExpansionLoc(at));
  };
  const clang::FileID file = sources.getFileID(sources.getExpansionLoc(method.getLocation()));
  const std::size_t name = offset(method.getLocation());
  std::size_t qualifier = name;
  if (method.getQualifierLoc()) qualifier = offset(method.getQualifierLoc().getBeginLoc());
  std::optional<std::size_t> body, end;
  if (method.doesThisDeclarationHaveABody() && method.getBody() != nullptr) {
    body = offset(method.getBody()->getBeginLoc());
    end = offset(method.getBody()->getEndLoc());
  }
  Declaration found = preprocessing_.tokens(file).declaration(offset(method.getBeginLoc()), name,
                                                              qualifier, body, end);
  found.namespaces = namespaces_around(method.getLexicalDeclContext());
  return found;
}

void MethodReader::note_obstacles(const clang::CXXMethodDecl& method, bool is_template,
                                  MethodView& into) {
  const Span where = preprocessing_.place(method.getLocation());
  const auto note = [&](const char* code, const char* text) {
    into.obstacles.push_back({code, text, where.file, where.line});
  };
  if (llvm::isa<clang::CXXConstructorDecl>(method)) note("constructor", "is a constructor");
  if (llvm::isa<clang::CXXDestructorDecl>(method)) note("destructor", "is a destructor");
  if (llvm::isa<clang::CXXConversionDecl>(method)) note("conversion", "is a conversion function");
  if (method.getOverloadedOperator() == clang::OO_Equal) {
    note("assignment", "is an assignment operator");
  }
  if (method.getTemplateSpecializationInfo() != nullptr) {
    note("specialisation", "is a specialisation of a template");
  } else if (is_template) {
    note("template", "is a template");
  }
  if (method.isDefaulted() || method.isDeleted()) note("no-body", "is defaulted or deleted");
  const clang::SourceManager& sources = context_.getSourceManager();
  for (const clang::FunctionDecl* one : method.redecls()) {
    const Span at = preprocessing_.place(one->getLocation());
    if (one->getFriendObjectKind() != clang::Decl::FOK_None) continue;
    if (one->getLocation().isMacroID() || one->getBeginLoc().isMacroID() ||
        one->getEndLoc().isMacroID()) {
      into.obstacles.push_back({"macro", "is written by a macro", at.file, at.line});
      continue;
    }
    const clang::FileID file = sources.getFileID(one->getLocation());
    const Declaration written = declaration(*llvm::cast<clang::CXXMethodDecl>(one));
    if (preprocessing_.is_conditional(file, written.span.begin, written.span.end) ||
        preprocessing_.tokens(file).has_directive(written.span.begin, written.span.end)) {
      into.obstacles.push_back(
          {"conditional", "depends on a condition of the preprocessor", at.file, at.line});
    }
  }
}

void MethodReader::note_uses(const clang::CXXMethodDecl& method, MethodView& into) {
  BodyVisitor visitor(method, preprocessing_, into);
  visitor.go_through(const_cast<clang::CXXMethodDecl*>(&method));  // it reads only
  visitor.add_objects();
  const clang::FileID file = context_.getSourceManager().getFileID(method.getLocation());
  const Declaration& written = into.definition ? *into.definition : into.declaration;
  const Span& span = written.span;
  for (const MacroUse& macro : preprocessing_.macros(file, span.begin, span.end)) {
    Use use;
    use.what = macro.name;
    if (!macro.defined.file.empty()) use.declared.push_back(macro.defined);
    use.file = span.file;
    use.line = preprocessing_.place(method.getLocation()).line;
    use.in_body = written.body && macro.at >= *written.body;
    into.uses.push_back(std::move(use));
  }
}

}  // namespace noderig::impact
