#include "visibility.h"

#include "source_text.h"

#include <fmt/format.h>
#include <algorithm>
#include <filesystem>
#include <optional>

namespace noderig::impact {
namespace {

void add_reachable(const CodeView& code, const std::string& file, std::set<std::string>& into) {
  const auto found = code.includes.find(file);
  if (found == code.includes.end()) return;
  for (const IncludeView& one : found->second) {
    if (into.insert(one.resolved).second) add_reachable(code, one.resolved, into);
  }
}

// Every file that `file` includes, through others too.
std::set<std::string> reachable(const CodeView& code, const std::string& file) {
  std::set<std::string> files;
  add_reachable(code, file, files);
  return files;
}

bool is_visible(const Use& use, const std::string& file, std::size_t place,
                const std::set<std::string>& seen) {
  return use.declared.empty() || std::ranges::any_of(use.declared, [&](const Span& one) {
           return one.file == file ? one.begin < place : seen.contains(one.file);
         });
}

// The directive by which the method's own files see it, as `file` would have to write it.
std::optional<std::string> include_for(const CodeView& code, const std::string& file,
                                       const Use& use, const std::set<std::string>& from) {
  for (const std::string& source : from) {
    const auto found = code.includes.find(source);
    if (found == code.includes.end()) continue;
    for (const IncludeView& one : found->second) {
      std::set<std::string> through = reachable(code, one.resolved);
      through.insert(one.resolved);
      if (through.contains(file)) continue;  // it would include itself
      if (!is_visible(use, "", 0, through)) continue;
      if (!one.spelled.starts_with('"')) return one.spelled;
      const std::filesystem::path name = one.spelled.substr(1, one.spelled.size() - 2);
      const std::filesystem::path beside = std::filesystem::path(source).parent_path() / name;
      if (beside.lexically_normal() != std::filesystem::path(one.resolved)) return one.spelled;
      const auto here = std::filesystem::path(file).parent_path();
      return '"' + std::filesystem::path(one.resolved).lexically_relative(here).string() + '"';
    }
  }
  return {};
}

// Behind the last include; else behind the guard; else at the beginning.
std::size_t include_place(const CodeView& code, const std::string& file) {
  std::size_t place = 0;
  if (const auto found = code.includes.find(file); found != code.includes.end()) {
    for (const IncludeView& one : found->second) place = std::max(place, one.end);
  }
  if (place > 0) return place;
  const std::string& text = code.texts.at(file);
  for (const char* guard : {"#pragma once", "#define "}) {
    const std::size_t at = text.find(guard);
    if (at != std::string::npos) return line_end(text, at);
  }
  return 0;
}

}  // namespace

std::vector<Use> uses_in(const MethodView& method, bool with_body) {
  std::vector<Use> uses;
  for (const Use& use : method.uses) {
    if (!use.is_this && (with_body || !use.in_body)) uses.push_back(use);
  }
  return uses;
}

void add_includes(const CodeView& code, const std::string& file, std::size_t place,
                  const std::vector<Use>& uses, const MethodView& method, Plan& plan) {
  std::set<std::string> seen = reachable(code, file);
  std::set<std::string> from{method.declaration.span.file};
  if (method.definition) from.insert(method.definition->span.file);
  const std::string newline(newline_of(code.texts.at(file)));
  std::set<std::string> added;
  for (const Use& use : uses) {
    // Its own members are seen through the class.
    if (!use.owners.empty() && use.base_owners.empty() && use.declared.empty()) continue;
    if (is_visible(use, file, place, seen)) continue;
    const bool own = std::ranges::any_of(
        use.declared, [&](const Span& one) { return one.file == file && !use.owners.empty(); });
    if (own) continue;  // a member that stands further down in the class
    const auto spelled = include_for(code, file, use, from);
    if (!spelled) {
      plan.refusals.push_back(
          {"not-visible", use.file, use.line,
           fmt::format("{} uses {}, which {} does not see", method.key, use.what,
                       std::filesystem::path(file).filename().string()),
           "declare it in a header that the base can include"});
      continue;
    }
    if (!added.insert(*spelled).second) continue;
    const std::size_t at = include_place(code, file);
    plan.edits.push_back({file, at, at, "#include " + *spelled + newline});
  }
}

}  // namespace noderig::impact
