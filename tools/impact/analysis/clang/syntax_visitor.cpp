#include "syntax_visitor.h"

#include <clang/AST/RecursiveASTVisitor.h>

namespace noderig::impact {

class SyntaxVisitor::Walk : public clang::RecursiveASTVisitor<SyntaxVisitor::Walk> {
 public:
  explicit Walk(SyntaxVisitor& visitor) : visitor_(visitor) {}

  bool shouldVisitTemplateInstantiations() const { return visitor_.enters_instances(); }

  bool VisitDecl(clang::Decl* one) {
    visitor_.visit_declaration(*one);
    return true;
  }

  bool VisitStmt(clang::Stmt* one) {
    visitor_.visit_statement(*one);
    return true;
  }

  bool VisitTypeLoc(clang::TypeLoc one) {
    visitor_.visit_type(one);
    return true;
  }

  // With the parameters of the overridden one: without the queue, statements would be visited in
  // another order.
  bool TraverseLambdaExpr(clang::LambdaExpr* one, DataRecursionQueue* queue = nullptr) {
    return !visitor_.enters_lambda(*one) || RecursiveASTVisitor::TraverseLambdaExpr(one, queue);
  }

  bool TraverseLambdaCapture(clang::LambdaExpr* lambda, const clang::LambdaCapture* one,
                             clang::Expr* initialiser) {
    return !visitor_.enters_capture(*one) ||
           RecursiveASTVisitor::TraverseLambdaCapture(lambda, one, initialiser);
  }

  bool TraverseNestedNameSpecifierLoc(clang::NestedNameSpecifierLoc one) {
    return !visitor_.enters_qualifier(one) ||
           RecursiveASTVisitor::TraverseNestedNameSpecifierLoc(one);
  }

 private:
  SyntaxVisitor& visitor_;
};

void SyntaxVisitor::go_through(clang::Decl* root) {
  Walk(*this).TraverseDecl(root);
}

void SyntaxVisitor::go_through(clang::Stmt* root) {
  Walk(*this).TraverseStmt(root);
}

}  // namespace noderig::impact
