// The names that people know: what functions and types a unit declares, from its syntax tree. Only
// what is written in the project is listed; what belongs to which entity is told of everything.
// Belongs to one thread and one syntax tree.
#pragma once

#include <clang/AST/Decl.h>
#include <clang/AST/PrettyPrinter.h>
#include <impact/model/facts.h>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace clang {
class ASTNameGenerator;
class CXXMethodDecl;
class CXXRecordDecl;
}  // namespace clang

namespace noderig::impact {

// "ns::Class::name(int) const", with the types as the first declaration writes them: what functions
// and slots are called.
std::string written_signature(const clang::FunctionDecl& function);
// Of it, what stands behind the parameters.
std::string written_qualifiers(const clang::CXXMethodDecl& method);

// Where the project is, and what of it is elsewhere.
struct ProjectPaths {
  std::string project;  // absolute, without a slash at the end
  std::string build;

  bool contain(const std::string& absolute) const;
  // Relative to the project where it is in it.
  std::string name(const std::string& absolute) const;
};

class Declarations {
 public:
  Declarations(clang::ASTContext& context, ProjectPaths paths, std::string main_file);
  ~Declarations();

  // Visits the whole tree, which must be complete.
  void collect();

  std::vector<FunctionFact> functions{};
  std::vector<TypeFact> types{};

  // The entity of a function that has code: that of the template where it is an instance of one of
  // the project's; empty for what nobody wrote.
  std::string entity(const clang::FunctionDecl& function);
  std::string entity(const clang::NamedDecl& type_or_variable) const;

  // "lambda 1 in VARIABLE" for one in the initialiser of a variable outside of functions; empty for
  // all others.
  std::string variable_lambda(const clang::CXXRecordDecl& lambda) const;

  struct Place {
    std::string file{};  // relative where it is in the project
    int line = 0;
    bool in_project = false;
  };
  Place place(clang::SourceLocation location) const;

  static bool is_test_case(const clang::CXXRecordDecl& record);
  SymbolId symbol(const std::string& mangled, bool internal) const;

 private:
  friend class DeclarationVisitor;

  void add_function(const clang::FunctionDecl& function);
  void add_class(const clang::CXXRecordDecl& record);
  void add_type(const clang::NamedDecl& type, TypeKind kind);
  void add_lambdas(clang::VarDecl& variable);
  std::string lambda_name(const clang::CXXRecordDecl& lambda);
  std::vector<SlotFact> slots(const clang::CXXRecordDecl& record);
  std::vector<FieldFact> fields(const clang::CXXRecordDecl& record) const;
  std::vector<SymbolId> vtables(const clang::CXXRecordDecl& record) const;
  std::vector<SymbolId> symbols(const clang::FunctionDecl& function) const;

  clang::ASTContext& context_;
  clang::PrintingPolicy policy_;
  ProjectPaths paths_;
  std::string main_file_;
  std::unique_ptr<clang::ASTNameGenerator> mangler_;
  mutable std::map<unsigned, Place> files_{};  // by file id
  std::map<const clang::DeclContext*, std::map<const clang::CXXRecordDecl*, int>> lambdas_{};
  std::map<const clang::CXXRecordDecl*, std::string> variable_lambdas_{};
};

}  // namespace noderig::impact
