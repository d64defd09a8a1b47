// What a refactoring has to know about the code, as plain data: classes with their members and
// overriders, the methods of the wanted name down to their tokens, and what each function means.
// read_code() fills it from Clang's syntax tree; everything that plans an edit sees only this.
// Offsets are bytes from the beginning of a file, file names absolute. Value types; any thread.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace noderig::impact {

enum class Access { Public, Protected, Private };

// Where a file comes from. Only the project's own are ever edited.
enum class Origin { Project, Generated, Foreign };

struct Span {
  std::string file{};
  std::size_t begin = 0;
  std::size_t end = 0;
  unsigned line = 0;

  bool operator==(const Span&) const = default;
};

struct Token {
  enum class Kind { Word, Other, Comment };
  std::size_t begin = 0;
  std::size_t end = 0;
  Kind kind = Kind::Other;
};

// One declaration or definition of a method as it stands in a file.
struct Declaration {
  Span span{};                            // with attributes and the ; or the body, no comment
  std::size_t qualifier = 0;              // where A::B:: begins before the name; `name` if none
  std::size_t name = 0;                   // where the name begins
  std::optional<std::size_t> body{};      // where the body begins, with its initialisers
  std::vector<Token> tokens{};            // of the span, in order
  std::vector<Token> comments{};          // those directly above, and behind it on its last line
  std::vector<std::string> namespaces{};  // around it, outermost first
};

// Why something cannot be moved, wherever it would go.
struct Obstacle {
  std::string code{};
  std::string text{};
  std::string file{};
  unsigned line = 0;
};

// A name in a method's body or signature, and what it stands for.
struct Use {
  std::string what{};                      // for a person
  std::vector<std::string> owners{};       // keys of the classes it is inside, innermost first
  std::vector<std::string> base_owners{};  // classes of the virtual methods it overrides
  std::vector<Span> declared{};            // each place; empty for what the compiler builds in
  std::string file{};                      // where it is used
  unsigned line = 0;
  bool is_this = false;  // the object itself, as a whole
  bool in_body = false;  // not in the signature
};

struct MethodView {
  std::string key{};        // ns::Class::method(int) const, with canonical types
  std::string signature{};  // method(int) const: equal ones override each other
  std::string name{};
  std::string written{};  // as the author writes the parameters: method(Height) const
  Access access = Access::Public;
  bool is_virtual = false;
  bool is_pure = false;
  bool is_static = false;
  bool is_final = false;
  std::set<std::string> overridden{};       // keys of all methods it overrides, at any distance
  std::set<std::string> roots{};            // those of them that override nothing
  Declaration declaration{};                // in the class
  std::optional<Declaration> definition{};  // outside of the class
  std::vector<Obstacle> obstacles{};
  std::vector<Use> uses{};
  std::string meaning{};  // of the body; equal ones do the same. Empty: no body
};

struct BaseView {
  std::string key{};
  Access access = Access::Public;
  bool is_virtual = false;
};

// A member of a class as it stands in the file, from its first token to behind its last one (or
// the comment that follows on its line).
struct MemberView {
  std::size_t begin = 0;
  std::size_t end = 0;
  Access access = Access::Private;
  bool is_method = false;
};

struct ClassView {
  std::string key{};  // qualified name
  Span span{};        // from its first token to its closing brace
  Origin origin = Origin::Foreign;
  std::size_t open = 0;   // behind {
  std::size_t close = 0;  // at }
  Access default_access = Access::Private;
  bool is_template = false;  // or a specialisation of one
  bool is_abstract = false;
  bool is_polymorphic = false;
  bool clients_can_construct = false;  // were it not abstract
  bool in_macro = false;
  std::vector<std::string> namespaces{};
  std::vector<BaseView> bases{};
  std::vector<MethodView> methods{};         // those of the wanted name
  std::map<std::string, unsigned> names{};   // every member's name, with its line
  std::vector<MemberView> members{};         // as written
  std::map<Access, std::size_t> sections{};  // behind the colon of the last `public:` and so on
  std::map<std::string, std::string> overriders{};  // root method's key -> final overrider's
  std::set<std::string> pure{};                     // the roots whose final overrider is pure
};

struct IncludeView {
  std::string spelled{};  // "a.h" or <a.h>
  std::size_t end = 0;    // behind the directive's line
  std::string resolved{};
};

// What a function or initialiser means, apart from its place. Functions of one name in different
// units (static ones) are kept apart by the unit.
struct MeaningView {
  std::string name{};  // for a person
  std::string file{};
  unsigned line = 0;
  std::string meaning{};
};

// Where a class' methods are defined outside of it, in a file that is compiled itself.
struct HomeView {
  std::string file{};
  std::size_t end = 0;  // behind the last of them
  std::vector<std::string> namespaces{};
};

struct ParseError {
  std::string file{};
  unsigned line = 0;
  std::string text{};
};

struct CodeView {
  std::map<std::string, ClassView> classes{};
  std::map<std::string, std::vector<IncludeView>> includes{};
  std::map<std::string, std::string> texts{};  // of the project's files
  std::map<std::string, std::set<std::string>>
      friends{};  // method's key -> classes that befriend it
  std::map<std::string, std::vector<Span>> references{};  // method's key -> its name, where used
  std::map<std::string, std::vector<Obstacle>> hidden_references{};  // in macros
  std::vector<Obstacle> dependent_references{};   // the name in templates, not resolved yet
  std::map<std::string, MeaningView> meanings{};  // by unit and linkage
  std::map<std::string, HomeView> homes{};        // by class
  // Slot, as the analysis names it -> the functions that call it through the virtual table, as
  // profiles name them.
  std::map<std::string, std::set<std::string>> virtual_callers{};
  std::vector<ParseError> errors{};
  std::set<std::string> main_files{};
};

// Whether `derived` has `base` above it, at any distance; false for a class and itself.
bool derives_from(const CodeView& code, const std::string& derived, const std::string& base);

// The classes on every way from `derived` up to `base`, both ends left out.
std::set<std::string> between(const CodeView& code, const std::string& derived,
                              const std::string& base);

// How many ways lead from `derived` up to `base`.
std::size_t ways_up(const CodeView& code, const std::string& derived, const std::string& base);

// Every class that has `base` above it.
std::vector<std::string> descendants(const CodeView& code, const std::string& base);

const MethodView* find_method(const ClassView& in, const std::string& signature);

}  // namespace noderig::impact
