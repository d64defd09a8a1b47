#include "plan.h"

#include <fmt/format.h>
#include <algorithm>
#include <ranges>
#include <tuple>

namespace noderig::impact {
namespace {

const MethodView* method_of(const CodeView& code, const std::string& key) {
  for (const auto& [name, one] : code.classes) {
    for (const MethodView& method : one.methods) {
      if (method.key == key) return &method;
    }
  }
  return nullptr;
}

void compare_moved(const Plan& plan, const CodeView& before, const CodeView& after,
                   std::vector<Refusal>& into) {
  for (const auto& [from, to] : plan.moved) {
    const MethodView* old = method_of(before, from);
    const MethodView* now = method_of(after, to);
    if (old != nullptr && now != nullptr && old->meaning == now->meaning) continue;
    const Span where = old != nullptr ? old->declaration.span : Span{};
    into.push_back({"resolves-differently", where.file, where.line,
                    fmt::format("a name in the body of {} means something else in {}", from, to),
                    "qualify the names that it uses, or move them first"});
  }
}

void compare_overriders(const Plan& plan, const CodeView& after, std::vector<Refusal>& into) {
  for (const auto& [name, slots] : plan.overriders) {
    const auto found = after.classes.find(name);
    if (found == after.classes.end() || found->second.overriders == slots) continue;
    const ClassView& now = found->second;
    for (const auto& [slot, target] : now.overriders) {
      const auto foreseen = slots.find(slot);
      if (foreseen != slots.end() && foreseen->second == target) continue;
      into.push_back({"overriders-differ", now.span.file, now.span.line,
                      fmt::format("a call of {} on {} would find {}, not {}", slot, name, target,
                                  foreseen != slots.end() ? foreseen->second : "nothing"),
                      ""});
    }
    for (const auto& [slot, target] : slots) {
      if (now.overriders.contains(slot)) continue;
      into.push_back({"overriders-differ", now.span.file, now.span.line,
                      fmt::format("a call of {} on {} would no longer find {}", slot, name, target),
                      ""});
    }
  }
}

void compare_meanings(const Plan& plan, const CodeView& before, const CodeView& after,
                      std::vector<Refusal>& into) {
  const auto is_edited = [&](const std::string& key) {
    return std::ranges::any_of(plan.same_before,
                               [&](const auto& same) { return key.ends_with(" " + same.second); });
  };
  std::set<std::pair<std::string, unsigned>> told;  // headers are in many units
  for (const auto& [key, old] : before.meanings) {
    if (is_edited(key)) continue;
    const auto now = after.meanings.find(key);
    if (now != after.meanings.end() && now->second.meaning == old.meaning) continue;
    if (!told.emplace(old.file, old.line).second) continue;
    into.push_back({"call-resolves-differently", old.file, old.line,
                    fmt::format("{} would mean something else, though it is not edited", old.name),
                    "qualify what it calls"});
  }
}

std::vector<Refusal> parse_refusals(const CodeView& code, const char* code_word, const char* hint) {
  std::vector<Refusal> found;
  for (const ParseError& error : code.errors) {
    const Refusal refusal{code_word, error.file, error.line, error.text, hint};
    const bool known = std::ranges::any_of(found, [&](const Refusal& one) {
      return one.file == refusal.file && one.line == refusal.line;
    });
    if (!known) found.push_back(refusal);
  }
  return found;
}

}  // namespace

std::map<std::string, std::string> edited_texts(const std::map<std::string, std::string>& texts,
                                                const std::vector<Edit>& edits) {
  std::vector<Edit> ordered = edits;
  std::ranges::stable_sort(ordered, [](const Edit& a, const Edit& b) {
    return std::tie(a.file, a.begin) < std::tie(b.file, b.begin);
  });
  for (std::size_t i = 1; i < ordered.size(); ++i) {
    const Edit& before = ordered[i - 1];
    if (before.file != ordered[i].file) continue;
    ordered[i].begin = std::max(ordered[i].begin, before.end);
    ordered[i].end = std::max(ordered[i].end, ordered[i].begin);
  }
  std::map<std::string, std::string> edited;
  for (const Edit& edit : std::views::reverse(ordered)) {
    std::string& text = edited.try_emplace(edit.file, texts.at(edit.file)).first->second;
    text.replace(edit.begin, edit.end - edit.begin, edit.text);
  }
  return edited;
}

Plan refused_by_errors(const CodeView& code) {
  Plan plan;
  plan.refusals = parse_refusals(code, "parse-error", "make it compile first");
  return plan;
}

std::vector<Refusal> verify(const Plan& plan, const CodeView& before, const CodeView& after) {
  std::vector<Refusal> found = parse_refusals(
      after, "does-not-compile", "the edit cannot be made as it stands; make the rest ready first");
  if (!found.empty()) return found;
  compare_moved(plan, before, after, found);
  compare_overriders(plan, after, found);
  compare_meanings(plan, before, after, found);
  return found;
}

}  // namespace noderig::impact
