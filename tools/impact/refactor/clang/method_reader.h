// One method of the wanted name, from the syntax tree to a MethodView: where it is written, what
// keeps it from being moved, and which names its body and signature use. One unit, one thread.
#pragma once

#include "meaning.h"
#include "preprocessing.h"

#include <impact/refactor/code_view.h>

namespace noderig::impact {

Access access_of(clang::AccessSpecifier one);

// Outermost first, without inline ones; as qualified names spell them.
std::vector<std::string> namespaces_around(const clang::DeclContext* around);

class MethodReader {
 public:
  MethodReader(const clang::ASTContext& context, Preprocessing& preprocessing, Meanings& meanings)
      : context_(context), preprocessing_(preprocessing), meanings_(meanings) {}

  // `is_template`: it is what a template is made from.
  MethodView read(const clang::CXXMethodDecl& method, bool is_template);

 private:
  Declaration declaration(const clang::CXXMethodDecl& method);
  void note_obstacles(const clang::CXXMethodDecl& method, bool is_template, MethodView& into);
  void note_uses(const clang::CXXMethodDecl& method, MethodView& into);

  const clang::ASTContext& context_;
  Preprocessing& preprocessing_;
  Meanings& meanings_;
};

}  // namespace noderig::impact
