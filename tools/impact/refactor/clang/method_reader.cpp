#include "method_reader.h"

#include <clang/AST/RecursiveASTVisitor.h>
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

class BodyVisitor : public clang::RecursiveASTVisitor<BodyVisitor> {
 public:
  BodyVisitor(const clang::CXXMethodDecl& method, Preprocessing& preprocessing, MethodView& into)
      : method_(method), preprocessing_(preprocessing), into_(into) {
    if (method.getBody() != nullptr)
      body_ = preprocessing.place(method.getBody()->getBeginLoc()).begin;
  }

  bool shouldVisitLambdaBody() const { return true; }

  bool TraverseLambdaCapture(clang::LambdaExpr* lambda, const clang::LambdaCapture* capture,
                             clang::Expr* initialiser) {
    if (capture->capturesThis()) return true;  // what is done with it is in the lambda's body
    return RecursiveASTVisitor::TraverseLambdaCapture(lambda, capture, initialiser);
  }

  bool VisitVarDecl(clang::VarDecl* variable) {
    if (variable->isStaticLocal()) {
      note("static-local", "has a static variable, \"" + variable->getNameAsString() + "\"",
           variable->getLocation());
    }
    return true;
  }

  bool VisitPredefinedExpr(clang::PredefinedExpr* name) {
    note("function-name",
         "uses " + name->getIdentKindName().str() + ", which holds the class' name",
         name->getLocation());
    return true;
  }

  bool VisitCXXTypeidExpr(clang::CXXTypeidExpr* one) {
    if (one->isTypeOperand() ? is_own(one->getTypeOperandSourceInfo()->getType())
                             : is_object(one->getExprOperand())) {
      note("typeid-this", "asks for the type of the object", one->getBeginLoc());
    }
    return true;
  }

  bool VisitUnaryExprOrTypeTraitExpr(clang::UnaryExprOrTypeTraitExpr* one) {
    if (one->isArgumentType() ? is_own(one->getArgumentType())
                              : is_object(one->getArgumentExpr())) {
      note("sizeof-this", "asks for the size of the object", one->getBeginLoc());
    }
    return true;
  }

  bool VisitMemberExpr(clang::MemberExpr* one) {
    if (is_itself(one->getBase())) seen_.insert(one->getBase()->IgnoreParenImpCasts());
    add(*one->getMemberDecl(), one->getMemberLoc());
    return true;
  }

  bool VisitImplicitCastExpr(clang::ImplicitCastExpr* one) {
    if (one->getCastKind() != clang::CK_DerivedToBase &&
        one->getCastKind() != clang::CK_UncheckedDerivedToBase) {
      return true;
    }
    const clang::Expr* inner = one->getSubExpr()->IgnoreParens();
    if (const auto* star = llvm::dyn_cast<clang::UnaryOperator>(inner)) {
      inner = star->getSubExpr()->IgnoreParens();
    }
    if (!llvm::isa<clang::CXXThisExpr>(inner)) return true;
    seen_.insert(inner);
    clang::QualType type = one->getType();
    if (type->isPointerType()) type = type->getPointeeType();
    if (const clang::CXXRecordDecl* as = type->getAsCXXRecordDecl()) add(*as, one->getBeginLoc());
    return true;
  }

  bool VisitCXXThisExpr(clang::CXXThisExpr* one) {
    objects_.push_back(one);
    return true;
  }

  bool VisitDeclRefExpr(clang::DeclRefExpr* one) {
    add(*one->getDecl(), one->getLocation());
    return true;
  }

  bool VisitTagTypeLoc(clang::TagTypeLoc one) {
    add(*one.getDecl(), one.getNameLoc());
    return true;
  }

  bool VisitInjectedClassNameTypeLoc(clang::InjectedClassNameTypeLoc one) {
    add(*one.getDecl(), one.getNameLoc());
    return true;
  }

  bool VisitTypedefTypeLoc(clang::TypedefTypeLoc one) {
    add(*one.getTypedefNameDecl(), one.getNameLoc());
    return true;
  }

  bool VisitTemplateSpecializationTypeLoc(clang::TemplateSpecializationTypeLoc one) {
    if (const auto* made = one.getTypePtr()->getTemplateName().getAsTemplateDecl()) {
      add(*made, one.getTemplateNameLoc());
    }
    return true;
  }

  bool TraverseNestedNameSpecifierLoc(clang::NestedNameSpecifierLoc one) {
    // That of the method itself, which is written anew.
    if (one && one == method_.getQualifierLoc()) return true;
    return RecursiveASTVisitor::TraverseNestedNameSpecifierLoc(one);
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
  visitor.TraverseDecl(const_cast<clang::CXXMethodDecl*>(&method));  // it reads only
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
