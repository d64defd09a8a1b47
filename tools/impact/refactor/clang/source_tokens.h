// A source file's own tokens, comments among them, and where in it a declaration begins and ends:
// Clang's ranges leave out attributes, semicolons and comments. One unit, one thread.
#pragma once

#include <impact/refactor/code_view.h>

#include <clang/Basic/SourceManager.h>

namespace noderig::impact {

class SourceTokens {
 public:
  SourceTokens(const clang::SourceManager& sources, clang::FileID file,
               const clang::LangOptions& language);

  // The declaration whose name is at `name`. `inside` is an offset in it, at or before the name;
  // `body` where a body begins, `end` its last byte.
  Declaration declaration(std::size_t inside, std::size_t name, std::size_t qualifier,
                          std::optional<std::size_t> body, std::optional<std::size_t> end) const;

  // From the first token (with attributes) to behind the last, or the comment on its line.
  MemberView member(std::size_t begin, std::size_t end) const;

  bool has_directive(std::size_t begin, std::size_t end) const;
  // Lines of the first and the last token that is no comment.
  std::pair<unsigned, unsigned> first_and_last_line() const;

 private:
  struct Lexed : Token {
    unsigned line = 0;
    unsigned last_line = 0;
    char first = 0;
    bool starts_line = false;
    bool in_directive = false;
  };

  std::size_t index_at(std::size_t offset) const;
  std::size_t first_of(std::size_t offset) const;
  std::size_t last_of(std::size_t offset) const;

  std::string file_{};
  std::vector<Lexed> tokens_{};
};

}  // namespace noderig::impact
