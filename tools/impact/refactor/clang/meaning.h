// What a function does, as text that two functions share exactly when Clang resolved them alike:
// callees, types, constants and default arguments as resolved; layout, parentheses, an explicit
// `this->`, the names of locals and line numbers in diagnostics left out. Calls through the virtual
// table count as calls of the root method, whatever class they were written for. One unit, one
// thread.
#pragma once

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <map>
#include <string>

namespace noderig::impact {

// Methods that count as one and the same, by key: before an edit those that it takes away, after it
// the one that it puts in their place.
using SameMethods = std::map<std::string, std::string>;

// The qualified name, with the arguments of a specialisation.
std::string class_key(const clang::CXXRecordDecl& one);
// ns::Class::method(int) const, with canonical types.
std::string method_key(const clang::CXXMethodDecl& method);
// The same without the class: what makes one method override another.
std::string method_signature(const clang::CXXMethodDecl& method);

class Meanings {
 public:
  Meanings(const clang::ASTContext& context, const SameMethods& same);

  // Digests. A function without a body has none ("").
  std::string of(const clang::FunctionDecl& function);
  std::string of(const clang::Expr& initialiser);

  // A name that is the same in every unit and version; empty when there is none.
  const std::string& linkage(const clang::Decl& declaration);

 private:
  const clang::ASTContext& context_;
  const SameMethods& same_;
  std::map<const clang::Decl*, std::string> linkages_{};
};

}  // namespace noderig::impact
