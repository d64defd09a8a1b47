// The edit that a refactoring would make, or why it is refused, and what must hold once it is made.
// Value types; any thread.
#pragma once

#include "code_view.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace noderig::impact {

// Also a warning, when it stands among the warnings.
struct Refusal {
  std::string code{};
  std::string file{};  // absolute; empty when it is about no place
  unsigned line = 0;
  std::string text{};
  std::string hint{};
};

// Replaces bytes [begin, end) of the file.
struct Edit {
  std::string file{};
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string text{};
};

using Overriders = std::map<std::string, std::map<std::string, std::string>>;

struct Plan {
  std::vector<Edit> edits{};
  std::vector<Refusal> refusals{};
  std::vector<Refusal> warnings{};

  // What must hold afterwards. Methods that stand for each other, by key, as ReadOptions has them:
  std::map<std::string, std::string> same_before{};
  std::map<std::string, std::string> same_after{};
  // Bodies that must mean the same: keys before and after.
  std::vector<std::pair<std::string, std::string>> moved{};
  Overriders overriders{};  // class -> root method -> final overrider

  bool refused() const { return !refusals.empty(); }
  void refuse(const char* code, const Span& at, std::string text, std::string hint) {
    refusals.push_back({code, at.file, at.line, std::move(text), std::move(hint)});
  }
};

// The files as the edits leave them. Two neighbours may both take away the blank line between them;
// otherwise edits of one file must not overlap.
std::map<std::string, std::string> edited_texts(const std::map<std::string, std::string>& texts,
                                                const std::vector<Edit>& edits);

// What does not hold: errors, moved bodies that mean something else, overriders other than
// foreseen, functions whose meaning changed though nobody edited them.
std::vector<Refusal> verify(const Plan& plan, const CodeView& before, const CodeView& after);

// A plan with a refusal for each place that does not parse; without any when all does.
Plan refused_by_errors(const CodeView& code);

}  // namespace noderig::impact
