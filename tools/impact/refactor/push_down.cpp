#include "push_down.h"

#include "edit_parts.h"
#include "method_text.h"
#include "source_text.h"
#include "visibility.h"

#include <fmt/format.h>
#include <algorithm>

namespace noderig::impact {
namespace {

class PushDown {
 public:
  PushDown(const CodeView& code, FoundMethod found, std::vector<std::string> targets)
      : code_(code), owner_(*found.owner), method_(*found.method) {
    if (targets.empty()) targets = directly_below();
    for (const std::string& name : targets) targets_.push_back(&find_class(code, name));
  }

  Plan plan() {
    check_editable(owner_, plan_.refusals);
    check_movable(code_, method_, plan_.refusals);
    check_targets();
    check_losers();
    if (plan_.refused()) return plan_;
    edit();
    expect();
    return plan_;
  }

 private:
  std::vector<std::string> directly_below() const {
    std::vector<std::string> names;
    for (const auto& [name, one] : code_.classes) {
      if (std::ranges::find(one.bases, owner_.key, &BaseView::key) != one.bases.end()) {
        names.push_back(name);
      }
    }
    return names;
  }

  void check_targets() {
    if (targets_.empty()) {
      plan_.refuse("no-subclass", owner_.span,
                   fmt::format("nothing is derived from {}", owner_.key), "");
    }
    for (const ClassView* target : targets_) {
      check_editable(*target, plan_.refusals);
      const std::size_t ways = ways_up(code_, target->key, owner_.key);
      if (ways == 0) {
        plan_.refuse("not-derived", target->span,
                     fmt::format("{} is not derived from {}", target->key, owner_.key), "");
      } else if (ways > 1) {
        plan_.refuse("diamond", target->span,
                     fmt::format("{} has {} as a base more than once", target->key, owner_.key),
                     "");
      }
      std::set<std::string> path = between(code_, target->key, owner_.key);
      path.insert(target->key);
      for (const std::string& name : path) {
        const auto found = code_.classes.at(name).names.find(method_.name);
        if (found == code_.classes.at(name).names.end()) continue;
        Span at = code_.classes.at(name).span;
        at.line = found->second;
        plan_.refuse("same-name", at, fmt::format("{} has a member {} too", name, method_.name),
                     "");
      }
    }
  }

  bool is_below_target(const std::string& name) const {
    return std::ranges::any_of(targets_, [&](const ClassView* target) {
      return name == target->key || derives_from(code_, name, target->key);
    });
  }

  // Classes that would be left without the method that their objects have.
  void check_losers() {
    if (!method_.is_virtual) return;  // who calls it on them does not compile
    std::vector<std::string> names = descendants(code_, owner_.key);
    names.push_back(owner_.key);
    for (const std::string& name : names) {
      const ClassView& one = code_.classes.at(name);
      if (is_below_target(name) || one.is_abstract || !one.clients_can_construct) continue;
      const bool has = std::ranges::any_of(
          one.overriders, [&](const auto& slot) { return slot.second == method_.key; });
      if (!has) continue;
      plan_.refuse("loses", one.span, fmt::format("{} would lose {}", name, method_.key),
                   "name it with --to as well, or make it abstract");
    }
  }

  std::string key_in(const ClassView& target) const {
    return target.key + "::" + method_.signature;
  }

  void edit() {
    const Declaration& from = method_.declaration;
    const std::string& text = code_.texts.at(from.span.file);
    const std::string block = method_text(text, from, {});
    const Span all = with_comments(from);
    const std::string_view indent = indentation(text, all.begin);
    plan_.edits.push_back(removal(all.file, text, all.begin, all.end));
    for (const ClassView* target : targets_) {
      plan_.edits.push_back(insertion(code_, *target, method_.access, block, indent));
      add_includes(code_, target->span.file, plan_.edits.back().begin,
                   uses_in(method_, !method_.definition), method_, plan_);
    }
    if (method_.definition) move_definition(*method_.definition);
  }

  // To where each target's other methods are defined; else it stays where it is.
  void move_definition(const Declaration& from) {
    const Span all = with_comments(from);
    const std::string& text = code_.texts.at(all.file);
    const std::string newline(newline_of(text));
    std::string staying;
    for (const ClassView* target : targets_) {
      const auto block = [&](const std::vector<std::string>& namespaces) {
        Rewording words;
        words.qualifier = qualifier_within(namespaces, *target);
        return words.qualifier ? std::optional(method_text(text, from, words)) : std::nullopt;
      };
      const auto home = code_.homes.find(target->key);
      const bool moves = home != code_.homes.end() && home->second.file != all.file &&
                         code_.main_files.contains(all.file);
      const auto lines = block(moves ? home->second.namespaces : from.namespaces);
      if (!lines) {
        plan_.refuse("namespace", from.span,
                     fmt::format("{} cannot be defined in this namespace", key_in(*target)),
                     "define it in the class first");
      } else if (moves) {
        plan_.edits.push_back(definition_behind(code_, home->second.file, home->second.end, *lines,
                                                indentation(text, all.begin)));
        add_includes(code_, home->second.file, home->second.end, uses_in(method_, true), method_,
                     plan_);
      } else {
        staying += (staying.empty() ? "" : newline + newline) + *lines;
      }
    }
    plan_.edits.push_back(staying.empty() ? removal(all.file, text, all.begin, all.end)
                                          : Edit{all.file, all.begin, all.end, staying});
  }

  // The class below the base whose method a call finds on `name`; empty: it finds none any more.
  std::string provider(const std::string& name) const {
    if (std::ranges::find(targets_, name, &ClassView::key) != targets_.end()) return name;
    const ClassView& one = code_.classes.at(name);
    if (name == owner_.key) return "";
    if (find_method(one, method_.signature) != nullptr) return name;
    for (const BaseView& base : one.bases) {
      if (base.key == owner_.key || derives_from(code_, base.key, owner_.key)) {
        return provider(base.key);
      }
    }
    return "";
  }

  void expect() {
    const std::string word = "moved " + method_.signature;
    plan_.same_before[method_.key] = word;
    for (const ClassView* target : targets_) {
      plan_.same_after[key_in(*target)] = word;
      plan_.moved.emplace_back(method_.key, key_in(*target));
    }
    for (const auto& [name, one] : code_.classes) plan_.overriders[name] = one.overriders;
    if (!method_.is_virtual) return;
    const bool is_root = method_.overridden.empty();
    for (auto& [name, slots] : plan_.overriders) {
      if (is_root) slots.erase(method_.key);
      const bool concerned = name == owner_.key || derives_from(code_, name, owner_.key);
      if (!concerned) continue;
      const std::string now = provider(name);
      for (const ClassView* target : targets_) {
        const bool below = name == target->key || derives_from(code_, name, target->key);
        if (is_root && below) slots[key_in(*target)] = now + "::" + method_.signature;
      }
      for (auto& [root, overrider] : slots) {
        if (overrider != method_.key) continue;
        overrider = now.empty() ? inherited_by_owner(root) : now + "::" + method_.signature;
      }
    }
  }

  // What the base finds once it has no such method itself: its own base's.
  std::string inherited_by_owner(const std::string& root) const {
    for (const BaseView& base : owner_.bases) {
      const ClassView& above = code_.classes.at(base.key);
      if (const auto found = above.overriders.find(root); found != above.overriders.end()) {
        return found->second;
      }
    }
    return root;
  }

  const CodeView& code_;
  const ClassView& owner_;
  const MethodView& method_;
  std::vector<const ClassView*> targets_{};
  Plan plan_{};
};

}  // namespace

Plan plan_push_down(const CodeView& code, const MethodName& method,
                    const std::vector<std::string>& targets) {
  if (Plan refused = refused_by_errors(code); refused.refused()) return refused;
  return PushDown(code, find_method(code, method), targets).plan();
}

}  // namespace noderig::impact
