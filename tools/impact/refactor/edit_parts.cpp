#include "edit_parts.h"

#include <fmt/format.h>

namespace noderig::impact {
namespace {

const char* hint_for(const std::string& code) {
  if (code == "static-local")
    return "each class has one of its own, the base would have one for all";
  if (code == "conditional") return "other configurations may have another one";
  if (code == "macro") return "expand the macro first";
  return "";
}

}  // namespace

void check_editable(const ClassView& one, std::vector<Refusal>& into) {
  const auto refuse = [&](const char* code, const char* what, const char* hint) {
    into.push_back({code, one.span.file, one.span.line, fmt::format("{} {}", one.key, what), hint});
  };
  if (one.origin == Origin::Foreign) {
    refuse("system-file", "is declared outside of the project", "");
  }
  if (one.origin == Origin::Generated) {
    refuse("generated-file", "is declared in a generated file", "change what generates it");
  }
  if (one.is_template) refuse("template", "is a template", "");
  if (one.in_macro) refuse("macro", "is written by a macro", "");
}

void check_movable(const CodeView& code, const MethodView& method, std::vector<Refusal>& into) {
  for (const Obstacle& obstacle : method.obstacles) {
    into.push_back({obstacle.code, obstacle.file, obstacle.line,
                    fmt::format("{} {}", method.key, obstacle.text), hint_for(obstacle.code)});
  }
  const Span& at = method.declaration.span;
  if (method.meaning.empty() && method.obstacles.empty()) {
    into.push_back({"no-body", at.file, at.line, fmt::format("{} has no body", method.key),
                    "there is nothing to move"});
  }
  if (const auto friends = code.friends.find(method.key); friends != code.friends.end()) {
    into.push_back({"friend", at.file, at.line,
                    fmt::format("{} is a friend of {}", method.key, *friends->second.begin()), ""});
  }
}

}  // namespace noderig::impact
