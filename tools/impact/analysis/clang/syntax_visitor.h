// Goes through a syntax tree: classes derived from it say what to do with each node and where not
// to go on. Code that is implicit is left out. Each instance of clang::RecursiveASTVisitor costs
// some twenty seconds of compilation: here is the one that all of them share. It keeps nothing of a
// tree; one can go through a part while another is on its way.
#pragma once

#include <clang/AST/TypeLoc.h>

namespace clang {
class Decl;
class LambdaCapture;
class LambdaExpr;
class Stmt;
}  // namespace clang

namespace noderig::impact {

class SyntaxVisitor {
 public:
  virtual ~SyntaxVisitor() = default;

  // The node and all below it, in the order of RecursiveASTVisitor; null: nothing.
  void go_through(clang::Decl* root);
  void go_through(clang::Stmt* root);

 protected:
  // Each node before what is below it.
  virtual void visit_declaration(clang::Decl&) {}
  virtual void visit_statement(clang::Stmt&) {}  // and expressions
  virtual void visit_type(clang::TypeLoc) {}     // as written, without its own const or volatile

  // Whether to visit these and what is below them.
  virtual bool enters_lambda(clang::LambdaExpr&) { return true; }
  virtual bool enters_capture(const clang::LambdaCapture&) { return true; }
  virtual bool enters_qualifier(clang::NestedNameSpecifierLoc) { return true; }  // may be empty
  virtual bool enters_instances() const { return false; }                        // of templates

 private:
  class Walk;
};

}  // namespace noderig::impact
