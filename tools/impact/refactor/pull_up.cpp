#include "pull_up.h"

#include "edit_parts.h"
#include "method_text.h"
#include "source_text.h"
#include "visibility.h"

#include <fmt/format.h>
#include <algorithm>

namespace noderig::impact {
namespace {

class PullUp {
 public:
  PullUp(const CodeView& code, FoundMethod found, const ClassView& target, PullUpOptions options)
      : code_(code),
        owner_(*found.owner),
        method_(*found.method),
        target_(target),
        options_(options),
        replaced_(find_method(target, method_.signature)) {}

  Plan plan() {
    check_target();
    if (plan_.refused()) return plan_;
    find_siblings();
    check_obstacles();
    check_names();
    check_virtual();
    check_uses();
    foresee_overriders();
    if (plan_.refused()) return plan_;
    edit();
    expect();
    return plan_;
  }

 private:
  void check_target() {
    const std::string& to = target_.key;
    const Span& at = owner_.span;
    if (!derives_from(code_, owner_.key, to)) {
      return plan_.refuse("not-a-base", at, fmt::format("{} is no base of {}", to, owner_.key),
                          "--to names a class above that of the method");
    }
    std::set<std::string> path = between(code_, owner_.key, to);
    path.insert(owner_.key);
    for (const std::string& name : path) {
      for (const BaseView& base : code_.classes.at(name).bases) {
        if (base.key != to && !path.contains(base.key)) continue;
        if (base.access != Access::Public) {
          plan_.refuse("inaccessible-base", code_.classes.at(name).span,
                       fmt::format("{} is no public base of {}", base.key, name),
                       "calls from outside could not reach the method any more");
        }
        if (base.is_virtual) {
          plan_.refuse("diamond", code_.classes.at(name).span,
                       fmt::format("{} is a virtual base of {}", base.key, name), "");
        }
      }
    }
    check_editable(target_, plan_.refusals);
    check_editable(owner_, plan_.refusals);
    for (const std::string& name : descendants(code_, to)) {
      if (ways_up(code_, name, to) > 1) {
        plan_.refuse("diamond", code_.classes.at(name).span,
                     fmt::format("{} has {} as a base more than once", name, to),
                     "a call could not tell which of them it means");
      }
    }
  }

  bool is_taken_away(const std::string& name) const {
    return name == owner_.key ||
           std::ranges::any_of(siblings_, [&](const ClassView* one) { return one->key == name; });
  }

  // The other classes below the target that declare the method, those below such a class left out.
  void find_siblings() {
    for (const std::string& name : descendants(code_, target_.key)) {
      const ClassView& one = code_.classes.at(name);
      if (name == owner_.key || find_method(one, method_.signature) == nullptr) continue;
      const std::set<std::string> path = between(code_, name, target_.key);
      const bool is_nearest = std::ranges::none_of(path, [&](const std::string& above) {
        return find_method(code_.classes.at(above), method_.signature) != nullptr;
      });
      if (!is_nearest || between(code_, owner_.key, target_.key).contains(name)) continue;
      siblings_.push_back(&one);
    }
  }

  void check_obstacles() {
    check_movable(code_, method_, plan_.refusals);
    if (method_.is_final) {
      plan_.refuse("final", method_.declaration.span, fmt::format("{} is final", method_.key),
                   "the classes below the base could not override it any more");
    }
    for (const ClassView* sibling : siblings_) {
      const MethodView& other = *find_method(*sibling, method_.signature);
      check_editable(*sibling, plan_.refusals);
      if (other.meaning != method_.meaning || other.is_virtual != method_.is_virtual ||
          other.is_static != method_.is_static) {
        plan_.refuse("sibling-differs", other.declaration.span,
                     fmt::format("{} does not do the same as {}", other.key, method_.key),
                     "make them alike, or rename one of them");
        continue;
      }
      check_movable(code_, other, plan_.refusals);
    }
  }

  void check_names() {
    const auto check = [&](const ClassView& one, std::size_t allowed, const char* where) {
      const auto found = one.names.find(method_.name);
      if (found == one.names.end()) return;
      const auto same = static_cast<std::size_t>(std::ranges::count_if(
          one.methods, [&](const MethodView& other) { return other.name == method_.name; }));
      if (same == allowed && allowed > 0) return;
      Span at = one.span;
      at.line = found->second;
      plan_.refuse("same-name", at, fmt::format("{} has a member {} too", one.key, method_.name),
                   where);
    };
    if (replaced_ != nullptr && !replaced_->is_pure) {
      plan_.refuse("same-signature", replaced_->declaration.span,
                   fmt::format("{} is there already", replaced_->key), "");
    } else {
      check(target_, replaced_ != nullptr ? 1 : 0, "it would overload or hide the method");
    }
    for (const std::string& name : between(code_, owner_.key, target_.key)) {
      check(code_.classes.at(name), 0, "it would hide the method");
    }
    check(owner_, 1, "what stays there would hide the method in the base");
    for (const ClassView* sibling : siblings_) {
      check(*sibling, 1, "what stays there would hide the method in the base");
    }
  }

  void check_virtual() {
    if (method_.is_virtual && !target_.is_polymorphic) {
      plan_.refuse("first-virtual", target_.span,
                   fmt::format("{} would have its first virtual method", target_.key),
                   "that changes the layout of its objects; give it a virtual destructor first");
    }
    for (const std::string& root : method_.roots) {
      const std::string above = owner_of(root);
      if (root == method_.key || above == target_.key || derives_from(code_, target_.key, above)) {
        continue;
      }
      plan_.refuse(
          "overrides-elsewhere", method_.declaration.span,
          fmt::format("{} overrides {}, which {} does not inherit", method_.key, root, target_.key),
          "");
    }
  }

  void check_uses() {
    std::set<std::string> hidden = between(code_, owner_.key, target_.key);
    hidden.insert(owner_.key);
    const auto is_above = [&](const std::string& name) {
      return name == target_.key || derives_from(code_, target_.key, name);
    };
    for (const Use& use : method_.uses) {
      const bool is_hidden = std::ranges::any_of(
          use.owners, [&](const std::string& name) { return hidden.contains(name); });
      if (!is_hidden || std::ranges::any_of(use.base_owners, is_above)) continue;
      plan_.refusals.push_back(
          {"not-visible", use.file, use.line,
           use.is_this
               ? fmt::format("{} uses its object as a {}", method_.key, owner_.key)
               : fmt::format("{} uses {}, which {} cannot see", method_.key, use.what, target_.key),
           use.is_this ? "" : "pull that up first, or pass it as an argument"});
    }
  }

  // The class in the key of a method of this signature; empty for another one's.
  std::string owner_of(const std::string& key) const {
    const std::string ending = "::" + method_.signature;
    return key.ends_with(ending) ? key.substr(0, key.size() - ending.size()) : "";
  }

  // The class whose method a call finds on `name` afterwards, below the target; empty: none there.
  std::string provider(const std::string& name) const {
    const ClassView& one = code_.classes.at(name);
    if (name == target_.key) return name;
    if (!is_taken_away(name) && find_method(one, method_.signature) != nullptr) return name;
    for (const BaseView& base : one.bases) {
      if (base.key == target_.key || derives_from(code_, base.key, target_.key)) {
        return provider(base.key);
      }
    }
    return "";
  }

  std::string moved_key() const { return target_.key + "::" + method_.signature; }

  void foresee_overriders() {
    std::vector<std::string> concerned = descendants(code_, target_.key);
    concerned.push_back(target_.key);
    for (const auto& [name, one] : code_.classes) plan_.overriders[name] = one.overriders;
    if (!method_.is_virtual) return;
    const bool is_root = method_.overridden.empty();
    for (const std::string& name : concerned) {
      const ClassView& one = code_.classes.at(name);
      std::map<std::string, std::string>& slots = plan_.overriders.at(name);
      if (is_root) {
        std::erase_if(slots, [&](const auto& slot) { return is_taken_away(owner_of(slot.first)); });
        slots[moved_key()] = provider(name) + "::" + method_.signature;
        continue;
      }
      if (provider(name) != target_.key) continue;
      std::size_t gained = 0;
      for (const std::string& root : method_.roots) {
        const auto slot = slots.find(root);
        if (slot == slots.end()) continue;
        note_inheriting(one, root, slot->second);
        if (one.pure.contains(root)) ++gained;
        slot->second = moved_key();
      }
      if (one.is_abstract && gained > 0 && gained == one.pure.size() && one.clients_can_construct) {
        plan_.refuse("becomes-concrete", one.span,
                     fmt::format("{} would no longer be abstract, and could be constructed", name),
                     "make its constructors protected first");
      }
    }
  }

  void note_inheriting(const ClassView& one, const std::string& root, const std::string& so_far) {
    if (is_taken_away(owner_of(so_far)) || so_far == moved_key()) return;
    if (one.key == target_.key && one.pure.contains(root)) return;
    Refusal note{"inherits", one.span.file, one.span.line,
                 fmt::format("a call of {} on {} would find {}, so far {}", root, one.key,
                             moved_key(), so_far),
                 "--allow-inheriting lets it"};
    (options_.allow_inheriting ? plan_.warnings : plan_.refusals).push_back(std::move(note));
  }

  Access widest_access() {
    Access access = method_.access;
    for (const ClassView* sibling : siblings_) {
      access = std::min(access, find_method(*sibling, method_.signature)->access);
    }
    if (access == Access::Private) access = Access::Protected;
    if (replaced_ != nullptr) access = replaced_->access;
    if (access != method_.access) {
      plan_.warnings.push_back(
          {"access", method_.declaration.span.file, method_.declaration.span.line,
           fmt::format("{} will be {} in {}", method_.name,
                       access == Access::Public ? "public" : "protected", target_.key),
           ""});
    }
    return access;
  }

  Rewording rewording() const {
    Rewording words;
    if (replaced_ == nullptr || !replaced_->overridden.empty()) return words;
    words.dropped = {"override"};  // it is the root now
    words.add_virtual =
        !has_word(code_.texts.at(method_.declaration.span.file), method_.declaration, "virtual");
    return words;
  }

  void edit() {
    const Declaration& from = method_.declaration;
    const std::string& text = code_.texts.at(from.span.file);
    const std::string block = method_text(text, from, rewording());
    const std::string_view indent = indentation(text, with_comments(from).begin);
    if (replaced_ != nullptr) {
      const Span& old = replaced_->declaration.span;
      const std::string& into = code_.texts.at(old.file);
      plan_.edits.push_back(
          {old.file, old.begin, old.end,
           std::string(reindented(block, indent, indentation(into, old.begin), newline_of(into)))
               .substr(indentation(into, old.begin).size())});
      widest_access();
    } else {
      plan_.edits.push_back(insertion(code_, target_, widest_access(), block, indent));
    }
    const std::size_t place = plan_.edits.back().begin;
    const bool inline_body = !method_.definition;
    add_includes(code_, target_.span.file, place, uses_in(method_, inline_body), method_, plan_);
    take_away(method_);
    for (const ClassView* sibling : siblings_) {
      const MethodView& other = *find_method(*sibling, method_.signature);
      const std::string comment =
          comment_text(code_.texts.at(other.declaration.span.file), other.declaration);
      if (!comment.empty() && comment != comment_text(text, from)) {
        plan_.warnings.push_back({"comment-dropped", other.declaration.span.file,
                                  other.declaration.span.line,
                                  fmt::format("the comment on {} goes with it", other.key), ""});
      }
      take_away(other);
      if (other.definition) plan_.edits.push_back(cut(*other.definition));
    }
    if (method_.definition) move_definition(*method_.definition);
  }

  Edit cut(const Declaration& one) const {
    const Span all = with_comments(one);
    return removal(all.file, code_.texts.at(all.file), all.begin, all.end);
  }

  void take_away(const MethodView& one) { plan_.edits.push_back(cut(one.declaration)); }

  void move_definition(const Declaration& from) {
    const std::string& text = code_.texts.at(from.span.file);
    const std::string_view indent = indentation(text, with_comments(from).begin);
    const auto block_for = [&](const std::string& qualifier) {
      Rewording words;
      words.qualifier = qualifier;
      return method_text(text, from, words);
    };
    const bool in_header = !code_.main_files.contains(from.span.file);
    const auto home = code_.homes.find(target_.key);
    if (in_header) {
      const auto qualifier = qualifier_within(target_.namespaces, target_);
      plan_.edits.push_back(cut(from));
      plan_.edits.push_back(definition_behind(code_, target_.span.file, target_.span.end,
                                              block_for(qualifier.value()), indent));
      add_includes(code_, target_.span.file, target_.span.end, uses_in(method_, true), method_,
                   plan_);
      return;
    }
    if (home != code_.homes.end() && home->second.file != from.span.file) {
      const auto qualifier = qualifier_within(home->second.namespaces, target_);
      plan_.edits.push_back(cut(from));
      plan_.edits.push_back(definition_behind(code_, home->second.file, home->second.end,
                                              block_for(qualifier.value()), indent));
      add_includes(code_, home->second.file, home->second.end, uses_in(method_, true), method_,
                   plan_);
      return;
    }
    if (const auto qualifier = qualifier_within(from.namespaces, target_)) {
      const Span all = with_comments(from);
      plan_.edits.push_back({all.file, all.begin, all.end, block_for(*qualifier)});
      return;
    }
    move_to_own_namespace(from, block_for(qualifier_within(target_.namespaces, target_).value()),
                          indent);
  }

  // The namespaces around the definition are not the target's: it gets them at the file's end.
  void move_to_own_namespace(const Declaration& from, const std::string& block,
                             std::string_view indent) {
    const std::string& text = code_.texts.at(from.span.file);
    const std::string newline(newline_of(text));
    std::string path;
    for (const std::string& space : target_.namespaces) path += (path.empty() ? "" : "::") + space;
    std::string lines = reindented(block, indent, "", newline) + newline;
    if (!path.empty()) {
      lines =
          fmt::format("namespace {1} {{{0}{0}{2}{0}}}  // namespace {1}{0}", newline, path, lines);
    }
    plan_.edits.push_back(cut(from));
    plan_.edits.push_back({from.span.file, text.size(), text.size(),
                           (text.ends_with('\n') ? newline : newline + newline) + lines});
  }

  void expect() {
    const std::string word = "moved " + method_.signature;
    plan_.same_before[method_.key] = word;
    plan_.same_before[moved_key()] = word;
    for (const ClassView* sibling : siblings_) {
      plan_.same_before[sibling->key + "::" + method_.signature] = word;
    }
    plan_.same_after[moved_key()] = word;
    plan_.moved.emplace_back(method_.key, moved_key());
  }

  const CodeView& code_;
  const ClassView& owner_;
  const MethodView& method_;
  const ClassView& target_;
  PullUpOptions options_;
  const MethodView* replaced_;  // the target's own, pure
  std::vector<const ClassView*> siblings_{};
  Plan plan_{};
};

}  // namespace

Plan plan_pull_up(const CodeView& code, const MethodName& method, const std::string& target,
                  const PullUpOptions& options) {
  if (Plan refused = refused_by_errors(code); refused.refused()) return refused;
  return PullUp(code, find_method(code, method), find_class(code, target), options).plan();
}

}  // namespace noderig::impact
