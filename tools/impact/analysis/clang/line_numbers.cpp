#include "line_numbers.h"

#include "syntax_visitor.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/ExprCXX.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Lex/Lexer.h>

namespace noderig::impact {
namespace {

// Functions and classes (their constructors) whose line number argument only names a place in a
// message; a name that ends in "::" stands for all that is in that namespace.
constexpr llvm::StringLiteral kDiagnostics[] = {
    "__assert_fail",
    "__assert",
    "std::__glibcxx_assert_fail",
    "testing::ScopedTrace",
    "testing::internal::AssertHelper",
    "testing::internal::CodeLocation",
    "testing::internal::DeathTest::Create",
    "testing::internal::GTestLog",
    "testing::internal::MakeAndRegisterTestInfo",
    "testing::internal::MockSpec::InternalDefaultActionSetAt",
    "testing::internal::MockSpec::InternalExpectedAt",
    "testing::internal::ParameterizedTestSuiteInfo::AddTestSuiteInstantiation",
    "boost::test_tools::",
    "boost::unit_test::",
    "AssertLockHeldInternal",
    "AssertLockNotHeldInline",
    "AssertLockNotHeldInternal",
    "BCLog::Logger::LogPrintStr",
    "BCLog::Logger::LogPrintStr_",
    "CheckLastCritical",
    "EnterCritical",
    "LogPrintFormatInternal",
    "LogPrintf_",
    "NonFatalCheckError",
    "StrFormatInternalBug",
    "UniqueLock",
    "UniqueLock::reverse_lock",
    "assertion_fail",
    "inline_assertion_check",
    "inline_check_non_fatal",
};

// "testing::internal::MockSpec<int (int)>::InternalExpectedAt" without what is between < and >.
std::string without_arguments(const std::string& name) {
  std::string plain;
  int depth = 0;
  for (const char c : name) {
    if (c == '<') ++depth;
    if (depth == 0) plain += c;
    if (c == '>') --depth;
  }
  return plain;
}

bool is_diagnostic(const clang::NamedDecl* callee) {
  if (callee == nullptr) return false;
  const clang::NamedDecl* named = callee;
  if (const auto* constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(callee)) {
    named = constructor->getParent();
  }
  const std::string name = without_arguments(named->getQualifiedNameAsString());
  for (const llvm::StringRef known : kDiagnostics) {
    if (known.endswith("::") ? llvm::StringRef(name).startswith(known) : name == known) return true;
  }
  return false;
}

class Placeholders : public SyntaxVisitor {
 public:
  explicit Placeholders(clang::ASTContext& context) : context_(context) {}

 private:
  void visit_statement(clang::Stmt& one) override {
    if (auto* call = llvm::dyn_cast<clang::CallExpr>(&one)) {
      const auto* callee = llvm::dyn_cast_or_null<clang::NamedDecl>(call->getCalleeDecl());
      if (is_diagnostic(callee)) replace_in(call->arguments());
    } else if (auto* construction = llvm::dyn_cast<clang::CXXConstructExpr>(&one)) {
      if (is_diagnostic(construction->getConstructor())) replace_in(construction->arguments());
    }
  }

  template <class Arguments>
  void replace_in(Arguments&& arguments) {
    for (clang::Expr* argument : arguments) {
      auto* literal = llvm::dyn_cast<clang::IntegerLiteral>(argument->IgnoreParenCasts());
      if (literal != nullptr && is_line_macro(literal->getLocation())) {
        literal->setValue(context_, llvm::APInt(literal->getValue().getBitWidth(), 0));
      }
      if (clang::ConstantExpr* constant = source_location(argument)) replace_in(*constant);
    }
  }

  // The value of std::source_location::current() as an argument, also as a default one.
  static clang::ConstantExpr* source_location(clang::Expr* argument) {
    if (auto* by_default = llvm::dyn_cast<clang::CXXDefaultArgExpr>(argument)) {
      argument = by_default->getRewrittenExpr();
    }
    while (argument != nullptr && !llvm::isa<clang::ConstantExpr>(argument)) {
      if (auto* full = llvm::dyn_cast<clang::FullExpr>(argument)) {
        argument = full->getSubExpr();
      } else if (auto* made = llvm::dyn_cast<clang::MaterializeTemporaryExpr>(argument)) {
        argument = made->getSubExpr();
      } else if (auto* cast = llvm::dyn_cast<clang::ImplicitCastExpr>(argument)) {
        argument = cast->getSubExpr();
      } else {
        return nullptr;
      }
    }
    if (argument == nullptr) return nullptr;
    const clang::CXXRecordDecl* type = argument->getType()->getAsCXXRecordDecl();
    const bool is_one = type != nullptr && type->isInStdNamespace() && type->getIdentifier() &&
                        type->getName() == "source_location";
    return is_one ? llvm::cast<clang::ConstantExpr>(argument) : nullptr;
  }

  // It points to a constant of file, function, line and column, which others may share.
  void replace_in(clang::ConstantExpr& constant) {
    if (constant.getResultAPValueKind() != clang::APValue::Struct) return;
    clang::APValue value = constant.getAPValueResult();
    if (value.getStructNumFields() != 1 || !value.getStructField(0).isLValue()) return;
    clang::APValue& pointer = value.getStructField(0);
    const auto* place = llvm::dyn_cast_or_null<clang::UnnamedGlobalConstantDecl>(
        pointer.getLValueBase().dyn_cast<const clang::ValueDecl*>());
    if (place == nullptr || !place->getValue().isStruct()) return;
    clang::APValue parts = place->getValue();
    for (unsigned i = 0; i < parts.getStructNumFields(); ++i) {
      if (parts.getStructField(i).isInt()) parts.getStructField(i).getInt() = 0;
    }
    pointer = clang::APValue(
        clang::APValue::LValueBase(context_.getUnnamedGlobalConstantDecl(place->getType(), parts)),
        clang::CharUnits::Zero(), clang::APValue::NoLValuePath());
    constant.MoveIntoResult(value, context_);
  }

  bool is_line_macro(clang::SourceLocation location) const {
    const clang::SourceManager& sources = context_.getSourceManager();
    if (!location.isMacroID()) return false;
    // The innermost expansion that wrote the number is the one of __LINE__ itself.
    while (sources.isMacroArgExpansion(location)) {
      location = sources.getImmediateSpellingLoc(location);
      if (!location.isMacroID()) return false;
    }
    if (!sources.isWrittenInScratchSpace(sources.getSpellingLoc(location))) return false;
    const auto macro =
        sources.getSpellingLoc(sources.getImmediateExpansionRange(location).getBegin());
    llvm::SmallString<16> buffer;
    return clang::Lexer::getSpelling(macro, buffer, sources, context_.getLangOpts()) == "__LINE__";
  }

  clang::ASTContext& context_;
};

class PlaceholderConsumer : public clang::ASTConsumer {
 public:
  void Initialize(clang::ASTContext& context) override { context_ = &context; }

  bool HandleTopLevelDecl(clang::DeclGroupRef group) override {
    const clang::SourceManager& sources = context_->getSourceManager();
    for (clang::Decl* decl : group) {
      if (!sources.isInSystemHeader(decl->getLocation())) Placeholders(*context_).go_through(decl);
    }
    return true;
  }

 private:
  clang::ASTContext* context_ = nullptr;
};

}  // namespace

std::unique_ptr<clang::ASTConsumer> line_number_placeholders() {
  return std::make_unique<PlaceholderConsumer>();
}

}  // namespace noderig::impact
