#include "meaning.h"

#include <impact/analysis/clang/declarations.h>

#include <clang/AST/DeclTemplate.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Index/USRGeneration.h>
#include <clang/Lex/Lexer.h>
#include <llvm/Support/MD5.h>
#include <llvm/Support/raw_ostream.h>

namespace noderig::impact {
namespace {

clang::PrintingPolicy policy_of(const clang::ASTContext& context) {
  clang::PrintingPolicy policy(context.getLangOpts());
  policy.AnonymousTagLocations = false;  // no line numbers in the names of lambdas
  policy.PrintCanonicalTypes = true;
  return policy;
}

bool is_local(const clang::Decl& declaration) {
  if (llvm::isa<clang::ParmVarDecl>(declaration)) return true;
  for (const auto* around = declaration.getDeclContext(); around != nullptr;
       around = around->getParent()) {
    if (around->isFunctionOrMethod()) return true;
  }
  return false;
}

// Whether an expression of this class is told by its type and its parts alone.
bool told_by_its_parts(const clang::Stmt& one) {
  using clang::Stmt;
  if (llvm::isa<clang::CallExpr, clang::CastExpr, clang::CXXConstructExpr, clang::CXXCatchStmt>(
          one)) {
    return true;
  }
  switch (one.getStmtClass()) {
    case Stmt::ArraySubscriptExprClass:
    case Stmt::AttributedStmtClass:
    case Stmt::BinaryConditionalOperatorClass:
    case Stmt::BreakStmtClass:
    case Stmt::CXXBindTemporaryExprClass:
    case Stmt::CXXForRangeStmtClass:
    case Stmt::CXXNullPtrLiteralExprClass:
    case Stmt::CXXScalarValueInitExprClass:
    case Stmt::CXXStdInitializerListExprClass:
    case Stmt::CXXThisExprClass:
    case Stmt::CXXThrowExprClass:
    case Stmt::CXXTryStmtClass:
    case Stmt::CaseStmtClass:
    case Stmt::CompoundStmtClass:
    case Stmt::ConditionalOperatorClass:
    case Stmt::ContinueStmtClass:
    case Stmt::DeclStmtClass:
    case Stmt::DefaultStmtClass:
    case Stmt::DoStmtClass:
    case Stmt::ForStmtClass:
    case Stmt::GNUNullExprClass:
    case Stmt::IfStmtClass:
    case Stmt::ImplicitValueInitExprClass:
    case Stmt::InitListExprClass:
    case Stmt::LambdaExprClass:
    case Stmt::MaterializeTemporaryExprClass:
    case Stmt::NullStmtClass:
    case Stmt::ReturnStmtClass:
    case Stmt::SourceLocExprClass:
    case Stmt::SubstNonTypeTemplateParmExprClass:
    case Stmt::SwitchStmtClass:
    case Stmt::WhileStmtClass:
      return true;
    default:
      return false;
  }
}

const clang::Expr& without_upcasts(const clang::Expr& object) {
  const clang::Expr* inner = object.IgnoreParens();
  while (const auto* cast = llvm::dyn_cast<clang::ImplicitCastExpr>(inner)) {
    if (cast->getCastKind() != clang::CK_DerivedToBase &&
        cast->getCastKind() != clang::CK_UncheckedDerivedToBase) {
      break;
    }
    inner = cast->getSubExpr()->IgnoreParens();
  }
  return *inner;
}

// Writes one function; locals are numbered in the order in which they are met.
class Writer {
 public:
  Writer(const clang::ASTContext& context, Meanings& meanings)
      : context_(context), policy_(policy_of(context)), meanings_(meanings) {}

  void function(const clang::FunctionDecl& one) {
    type(one.getType());
    for (const clang::ParmVarDecl* parameter : one.parameters()) {
      locals_.try_emplace(parameter, locals_.size());
    }
    if (const auto* constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(&one)) {
      for (const clang::CXXCtorInitializer* part : constructor->inits()) {
        if (part->isAnyMemberInitializer()) {
          entity(*part->getAnyMember());
        } else {
          type(part->getTypeSourceInfo() != nullptr ? part->getTypeSourceInfo()->getType()
                                                    : part->getInit()->getType());
        }
        statement(part->getInit());
      }
    }
    statement(one.getBody());
  }

  void statement(const clang::Stmt* one) {
    if (one == nullptr) {
      out_ << "_ ";
      return;
    }
    if (const auto* parentheses = llvm::dyn_cast<clang::ParenExpr>(one)) {
      return statement(parentheses->getSubExpr());
    }
    if (const auto* full = llvm::dyn_cast<clang::FullExpr>(one)) {
      return statement(full->getSubExpr());
    }
    out_ << '(' << one->getStmtClassName() << ' ';
    if (const auto* expression = llvm::dyn_cast<clang::Expr>(one)) {
      if (!llvm::isa<clang::CXXThisExpr>(expression)) type(expression->getType());
      out_ << expression->getValueKind() << ' ';
    }
    own_part(*one);
    if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(one)) {
      statement(&without_upcasts(*member->getBase()));
    } else {
      for (const clang::Stmt* part : one->children()) statement(part);
    }
    out_ << ')';
  }

  std::string digest() {
    llvm::MD5 hash;
    hash.update(out_.str());
    llvm::MD5::MD5Result result;
    hash.final(result);
    return std::string(result.digest());
  }

 private:
  void type(clang::QualType one) {
    if (one.isNull()) return;
    one.getCanonicalType().print(out_, policy_);
    out_ << ' ';
  }

  void entity(const clang::Decl& one) {
    if (is_local(one)) {
      out_ << '#' << locals_.try_emplace(one.getCanonicalDecl(), locals_.size()).first->second;
    } else {
      out_ << meanings_.linkage(one);
    }
    out_ << ' ';
  }

  void callee(const clang::ValueDecl& one, bool through_table) {
    const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(&one);
    if (method == nullptr || !through_table || method->size_overridden_methods() == 0) {
      return entity(one);
    }
    for (const clang::CXXMethodDecl* above : method->overridden_methods()) callee(*above, true);
  }

  bool is_line_number(const clang::IntegerLiteral& one) const {
    const clang::SourceManager& sources = context_.getSourceManager();
    const clang::SourceLocation at = one.getLocation();
    return at.isMacroID() && sources.isWrittenInScratchSpace(sources.getSpellingLoc(at));
  }

  // What the type and the parts of a statement do not tell.
  void own_part(const clang::Stmt& one) {
    if (const auto* reference = llvm::dyn_cast<clang::DeclRefExpr>(&one)) {
      entity(*reference->getDecl());
    } else if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(&one)) {
      callee(*member->getMemberDecl(), member->performsVirtualDispatch(context_.getLangOpts()));
    } else if (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(&one)) {
      entity(*made->getConstructor());
    } else if (const auto* number = llvm::dyn_cast<clang::IntegerLiteral>(&one)) {
      if (is_line_number(*number)) {
        out_ << "line ";
      } else {
        out_ << number->getValue() << ' ';
      }
    } else if (const auto* real = llvm::dyn_cast<clang::FloatingLiteral>(&one)) {
      out_ << real->getValue().bitcastToAPInt() << ' ';
    } else if (const auto* text = llvm::dyn_cast<clang::StringLiteral>(&one)) {
      out_ << text->getByteLength() << ':' << text->getBytes() << ' ';
    } else if (const auto* character = llvm::dyn_cast<clang::CharacterLiteral>(&one)) {
      out_ << character->getValue() << ' ';
    } else if (const auto* truth = llvm::dyn_cast<clang::CXXBoolLiteralExpr>(&one)) {
      out_ << truth->getValue() << ' ';
    } else if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(&one)) {
      out_ << unary->getOpcode() << ' ';
    } else if (const auto* binary = llvm::dyn_cast<clang::BinaryOperator>(&one)) {
      out_ << binary->getOpcode() << ' ';
    } else if (const auto* created = llvm::dyn_cast<clang::CXXNewExpr>(&one)) {
      type(created->getAllocatedType());
      if (created->getOperatorNew() != nullptr) entity(*created->getOperatorNew());
    } else if (const auto* deleted = llvm::dyn_cast<clang::CXXDeleteExpr>(&one)) {
      out_ << deleted->isArrayForm() << ' ';
      if (deleted->getOperatorDelete() != nullptr) entity(*deleted->getOperatorDelete());
    } else if (const auto* trait = llvm::dyn_cast<clang::UnaryExprOrTypeTraitExpr>(&one)) {
      out_ << trait->getKind() << ' ';
      if (trait->isArgumentType()) type(trait->getArgumentType());
    } else if (const auto* argument = llvm::dyn_cast<clang::CXXDefaultArgExpr>(&one)) {
      statement(argument->getExpr());
    } else if (const auto* field = llvm::dyn_cast<clang::CXXDefaultInitExpr>(&one)) {
      statement(field->getExpr());
    } else if (const auto* cast = llvm::dyn_cast<clang::CastExpr>(&one)) {
      out_ << cast->getCastKindName() << ' ';
    } else {
      declarations_or_text(one);
    }
  }

  void declarations_or_text(const clang::Stmt& one) {
    if (const auto* declared = llvm::dyn_cast<clang::DeclStmt>(&one)) {
      for (const clang::Decl* each : declared->decls()) {
        entity(*each);
        out_ << each->getDeclKindName() << ' ';
        const auto* variable = llvm::dyn_cast<clang::VarDecl>(each);
        if (variable == nullptr) continue;
        type(variable->getType());
        out_ << variable->getStorageClass() << ' ';
      }
    } else if (const auto* caught = llvm::dyn_cast<clang::CXXCatchStmt>(&one)) {
      if (caught->getExceptionDecl() != nullptr) entity(*caught->getExceptionDecl());
      type(caught->getCaughtType());
    } else if (const auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(&one)) {
      for (const clang::ParmVarDecl* parameter : lambda->getCallOperator()->parameters()) {
        locals_.try_emplace(parameter, locals_.size());
        type(parameter->getType());
      }
    } else if (const auto* overloads = llvm::dyn_cast<clang::OverloadExpr>(&one)) {
      out_ << overloads->getName().getAsString() << ' ';
      for (const clang::NamedDecl* candidate : overloads->decls()) entity(*candidate);
    } else if (!told_by_its_parts(one)) {
      out_ << clang::Lexer::getSourceText(
                  clang::CharSourceRange::getTokenRange(one.getSourceRange()),
                  context_.getSourceManager(), context_.getLangOpts())
           << ' ';
    }
  }

  const clang::ASTContext& context_;
  clang::PrintingPolicy policy_;
  Meanings& meanings_;
  std::map<const clang::Decl*, std::size_t> locals_{};
  std::string text_{};
  llvm::raw_string_ostream out_{text_};
};

}  // namespace

std::string class_key(const clang::CXXRecordDecl& one) {
  std::string text;
  llvm::raw_string_ostream out(text);
  one.getNameForDiagnostic(out, policy_of(one.getASTContext()), true);
  return text;
}

std::string method_signature(const clang::CXXMethodDecl& method) {
  const clang::PrintingPolicy policy = policy_of(method.getASTContext());
  std::string text = method.getNameAsString() + "(";
  const auto* prototype = method.getType()->castAs<clang::FunctionProtoType>();
  for (unsigned i = 0; i < prototype->getNumParams(); ++i) {
    if (i > 0) text += ", ";
    text += prototype->getParamType(i).getCanonicalType().getUnqualifiedType().getAsString(policy);
  }
  if (prototype->isVariadic()) text += prototype->getNumParams() > 0 ? ", ..." : "...";
  text += ")";
  return text + written_qualifiers(method);
}

std::string method_key(const clang::CXXMethodDecl& method) {
  return class_key(*method.getParent()) + "::" + method_signature(method);
}

Meanings::Meanings(const clang::ASTContext& context, const SameMethods& same)
    : context_(context), same_(same) {}

std::string Meanings::of(const clang::FunctionDecl& function) {
  if (function.getBody() == nullptr) return "";
  Writer writer(context_, *this);
  writer.function(function);
  return writer.digest();
}

std::string Meanings::of(const clang::Expr& initialiser) {
  Writer writer(context_, *this);
  writer.statement(&initialiser);
  return writer.digest();
}

const std::string& Meanings::linkage(const clang::Decl& declaration) {
  const clang::Decl* canonical = declaration.getCanonicalDecl();
  const auto [found, is_new] = linkages_.try_emplace(canonical);
  if (!is_new) return found->second;
  if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(canonical)) {
    const auto same = same_.empty() ? same_.end() : same_.find(method_key(*method));
    if (same != same_.end()) return found->second = same->second;
  }
  llvm::SmallString<128> name;
  if (!clang::index::generateUSRForDecl(canonical, name)) found->second = std::string(name);
  return found->second;
}

}  // namespace noderig::impact
