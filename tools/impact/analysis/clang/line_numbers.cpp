#include "line_numbers.h"

#include "../../clang_headers.h"

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
    "AssertLockNotHeldInternal",
    "EnterCritical",
    "UniqueLock",
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

class Placeholders : public clang::RecursiveASTVisitor<Placeholders> {
 public:
  explicit Placeholders(clang::ASTContext& context) : context_(context) {}

  bool VisitCallExpr(clang::CallExpr* call) {
    const auto* callee = llvm::dyn_cast_or_null<clang::NamedDecl>(call->getCalleeDecl());
    if (is_diagnostic(callee)) replace_in(call->arguments());
    return true;
  }

  bool VisitCXXConstructExpr(clang::CXXConstructExpr* construction) {
    if (is_diagnostic(construction->getConstructor())) replace_in(construction->arguments());
    return true;
  }

 private:
  template <class Arguments>
  void replace_in(Arguments&& arguments) {
    for (clang::Expr* argument : arguments) {
      auto* literal = llvm::dyn_cast<clang::IntegerLiteral>(argument->IgnoreParenCasts());
      if (literal != nullptr && is_line_macro(literal->getLocation())) {
        literal->setValue(context_, llvm::APInt(literal->getValue().getBitWidth(), 0));
      }
    }
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
      if (!sources.isInSystemHeader(decl->getLocation()))
        Placeholders(*context_).TraverseDecl(decl);
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
