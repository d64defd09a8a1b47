#include "rename.h"

#include "edit_parts.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <algorithm>
#include <cctype>
#include <tuple>

namespace noderig::impact {
namespace {

bool is_identifier(const std::string& name) {
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
         std::ranges::all_of(name,
                             [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

struct Renamed {
  const ClassView* owner = nullptr;
  const MethodView* method = nullptr;
};

class Rename {
 public:
  Rename(const CodeView& code, FoundMethod found, std::string new_name)
      : code_(code), method_(*found.method), new_name_(std::move(new_name)) {
    renamed_.push_back({found.owner, found.method});
  }

  Plan plan() {
    find_overriders();
    check_methods();
    check_names();
    check_references();
    if (plan_.refused()) return plan_;
    edit();
    warn_of_mentions();
    expect();
    return plan_;
  }

 private:
  void refuse(const char* code, const std::string& file, unsigned line, std::string text,
              std::string hint) {
    plan_.refusals.push_back({code, file, line, std::move(text), std::move(hint)});
  }

  bool is_renamed(const std::string& key) const {
    return std::ranges::any_of(renamed_,
                               [&](const Renamed& one) { return one.method->key == key; });
  }

  // All methods that share a root with one of them, until there are no more.
  void find_overriders() {
    std::set<std::string> roots = method_.roots;
    for (bool grown = !roots.empty(); grown;) {
      grown = false;
      for (const auto& [name, one] : code_.classes) {
        for (const MethodView& other : one.methods) {
          const bool shares = std::ranges::any_of(
              other.roots, [&](const std::string& root) { return roots.contains(root); });
          if (!shares || is_renamed(other.key)) continue;
          renamed_.push_back({&one, &other});
          roots.insert(other.roots.begin(), other.roots.end());
          grown = true;
        }
      }
    }
    for (const std::string& root : roots) {
      if (is_renamed(root)) continue;
      refuse("system-file", "", 0, fmt::format("{} is declared outside of the project", root), "");
    }
  }

  void check_methods() {
    // What keeps a body where it is does not matter: it stays there.
    constexpr std::string_view kMatter[] = {"constructor", "destructor",     "conversion",
                                            "assignment",  "specialisation", "template",
                                            "macro",       "conditional"};
    if (!is_identifier(method_.name)) {
      refuse("operator", method_.declaration.span.file, method_.declaration.span.line,
             fmt::format("{} has no name of its own", method_.key), "");
    }
    for (const Renamed& one : renamed_) {
      check_editable(*one.owner, plan_.refusals);
      for (const Obstacle& obstacle : one.method->obstacles) {
        if (std::ranges::find(kMatter, obstacle.code) == std::end(kMatter)) continue;
        refuse(obstacle.code.c_str(), obstacle.file, obstacle.line,
               fmt::format("{} {}", one.method->key, obstacle.text), "");
      }
    }
  }

  // The new name must be free above and below: it would hide, overload or override.
  void check_names() {
    for (const auto& [name, one] : code_.classes) {
      const auto found = one.names.find(new_name_);
      if (found == one.names.end()) continue;
      const bool related = std::ranges::any_of(renamed_, [&](const Renamed& other) {
        return other.owner->key == name || derives_from(code_, name, other.owner->key) ||
               derives_from(code_, other.owner->key, name);
      });
      if (!related) continue;
      refuse("same-name", one.span.file, found->second,
             fmt::format("{} has a member {} already", name, new_name_), "");
    }
  }

  void check_references() {
    for (const Renamed& one : renamed_) {
      if (const auto hidden = code_.hidden_references.find(one.method->key);
          hidden != code_.hidden_references.end()) {
        for (const Obstacle& each : hidden->second) {
          refuse("macro", each.file, each.line, each.text, "expand the macro first");
        }
      }
    }
    for (const auto& [key, spans] : code_.references) {
      if (is_renamed(key)) continue;
      for (const Span& span : spans) {
        if (!is_reference(span)) continue;
        refuse("shared-name", span.file, span.line,
               fmt::format("the name stands for {} as well", key), "");
      }
    }
    for (const Obstacle& dependent : code_.dependent_references) {
      const bool ours = std::ranges::any_of(renamed_, [&](const Renamed& one) {
        const auto spans = code_.references.find(one.method->key);
        return spans != code_.references.end() &&
               std::ranges::any_of(spans->second, [&](const Span& span) {
                 return span.file == dependent.file && span.line == dependent.line;
               });
      });
      if (!ours) continue;
      refuse("template", dependent.file, dependent.line,
             fmt::format("{}, which may call others of that name too", dependent.text), "");
    }
  }

  bool is_reference(const Span& span) const {
    return std::ranges::any_of(renamed_, [&](const Renamed& one) {
      const auto spans = code_.references.find(one.method->key);
      return spans != code_.references.end() &&
             std::ranges::find(spans->second, span) != spans->second.end();
    });
  }

  void edit() {
    for (const Renamed& one : renamed_) {
      add(one.method->declaration.span.file, one.method->declaration.name);
      if (one.method->definition) {
        add(one.method->definition->span.file, one.method->definition->name);
      }
      const auto spans = code_.references.find(one.method->key);
      if (spans == code_.references.end()) continue;
      for (const Span& span : spans->second) add(span.file, span.begin);
    }
  }

  void add(const std::string& file, std::size_t at) {
    if (!names_.insert({file, at}).second) return;
    if (!code_.texts.contains(file)) {
      return refuse("generated-file", file, 0,
                    fmt::format("{} is called outside of the project's own files", method_.key),
                    "change what generates it");
    }
    plan_.edits.push_back({file, at, at + method_.name.size(), new_name_});
  }

  void warn_of_mentions() {
    for (const auto& [file, text] : code_.texts) {
      for (std::size_t at = 0; (at = text.find(method_.name, at)) != std::string::npos;
           at += method_.name.size()) {
        const auto part = [&](std::size_t i) {
          return i < text.size() &&
                 (std::isalnum(static_cast<unsigned char>(text[i])) != 0 || text[i] == '_');
        };
        if ((at > 0 && part(at - 1)) || part(at + method_.name.size())) continue;
        if (names_.contains({file, at})) continue;
        const auto line =
            std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1;
        plan_.warnings.push_back({"mention", file, static_cast<unsigned>(line),
                                  fmt::format("this {} stays as it is", method_.name), ""});
      }
    }
  }

  std::string renamed_key(const std::string& key) const {
    if (!is_renamed(key)) return key;
    const std::size_t name = key.rfind("::" + method_.name + "(");
    std::string changed = key;
    changed.replace(name + 2, method_.name.size(), new_name_);
    return changed;
  }

  void expect() {
    for (const Renamed& one : renamed_) {
      const std::string word = "renamed " + one.method->key;
      plan_.same_before[one.method->key] = word;
      plan_.same_after[renamed_key(one.method->key)] = word;
      if (!one.method->meaning.empty()) {
        plan_.moved.emplace_back(one.method->key, renamed_key(one.method->key));
      }
    }
    for (const auto& [name, one] : code_.classes) {
      std::map<std::string, std::string>& slots = plan_.overriders[name];
      for (const auto& [root, overrider] : one.overriders) {
        slots[renamed_key(root)] = renamed_key(overrider);
      }
    }
  }

  const CodeView& code_;
  const MethodView& method_;
  std::string new_name_;
  std::vector<Renamed> renamed_{};
  std::set<std::pair<std::string, std::size_t>> names_{};  // places that are edited
  Plan plan_{};
};

}  // namespace

Plan plan_rename(const CodeView& code, const MethodName& method, const std::string& new_name) {
  if (!is_identifier(new_name)) throw UsageError(fmt::format("\"{}\" is no name", new_name));
  if (Plan refused = refused_by_errors(code); refused.refused()) return refused;
  return Rename(code, find_method(code, method), new_name).plan();
}

}  // namespace noderig::impact
