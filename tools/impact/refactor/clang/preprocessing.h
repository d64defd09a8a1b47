// What the preprocessor saw of one unit (includes, conditions, macros), and the tokens of its
// files. It is filled while the unit is parsed. One unit, one thread.
#pragma once

#include "source_tokens.h"

#include <clang/Lex/Preprocessor.h>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace noderig::impact {

struct MacroUse {
  std::string name{};
  std::size_t at = 0;
  Span defined{};  // no file: on the command line, or by the compiler
};

class Preprocessing {
 public:
  // Sees what `preprocessor` does from now on; goes with it.
  void watch(clang::Preprocessor& preprocessor);

  // Absolute and without . and ..; empty for what is in no file.
  std::string name_of(clang::FileID file) const;
  std::string name_of(clang::SourceLocation at) const;
  // Of the place where something is written or, in a macro, expanded.
  Span place(clang::SourceLocation at) const;
  const SourceTokens& tokens(clang::FileID file);

  // A condition other than the include guard holds or cuts the range.
  bool is_conditional(clang::FileID file, std::size_t begin, std::size_t end);
  std::vector<MacroUse> macros(clang::FileID file, std::size_t begin, std::size_t end) const;
  const std::map<std::string, std::vector<IncludeView>>& includes() const { return includes_; }

 private:
  class Callbacks;
  struct Condition {
    std::size_t begin = 0;
    std::size_t end = 0;
    unsigned first_line = 0;
    unsigned last_line = 0;
  };

  const clang::SourceManager* sources_ = nullptr;
  const clang::LangOptions* language_ = nullptr;
  std::map<clang::FileID, std::unique_ptr<SourceTokens>> tokens_{};
  std::map<clang::FileID, std::vector<Condition>> conditions_{};
  std::map<clang::FileID, std::vector<MacroUse>> macros_{};
  std::map<std::string, std::vector<IncludeView>> includes_{};
};

}  // namespace noderig::impact
