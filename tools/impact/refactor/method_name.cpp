#include "method_name.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/nearest.h>
#include <algorithm>

namespace noderig::impact {
namespace {

std::string without_blanks(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' && c != '\t') out += c;
  }
  return out;
}

// As the compiler or the author spells them, with `behind` after what the user wrote.
bool has_parameters(const MethodView& method, const std::string& parameters,
                    std::string_view behind) {
  const std::string wanted = without_blanks(parameters) + std::string(behind);
  return wanted == without_blanks(method.signature.substr(method.name.size())) ||
         wanted == without_blanks(method.written.substr(method.name.size()));
}

}  // namespace

MethodName parse_method_name(std::string_view text) {
  std::size_t open = text.find('(');
  const std::size_t call = text.find("operator()");
  if (call != std::string_view::npos)
    open = text.find('(', call + std::string_view("operator()").size());
  const std::string_view path = text.substr(0, open);
  const std::size_t colons = path.rfind("::");
  if (colons == std::string_view::npos || colons == 0 || colons + 2 == path.size()) {
    throw UsageError(
        fmt::format("\"{}\" names no method of a class, as NS::Class::method does", text));
  }
  MethodName name;
  name.owner = path.substr(0, colons);
  name.name = path.substr(colons + 2);
  if (name.owner.starts_with("::")) name.owner.erase(0, 2);
  if (open != std::string_view::npos) name.parameters = text.substr(open);
  return name;
}

const ClassView& find_class(const CodeView& code, const std::string& name) {
  if (const auto found = code.classes.find(name); found != code.classes.end()) return found->second;
  std::vector<std::string> inside;  // the same name in some namespace
  std::vector<std::string> known;
  for (const auto& [key, one] : code.classes) {
    known.push_back(key);
    if (key.ends_with("::" + name)) inside.push_back(key);
  }
  if (!inside.empty()) {
    throw UsageError(
        fmt::format("no class is named {}; there is {}", name, fmt::join(inside, ", ")));
  }
  throw UsageError(fmt::format("no class is named {}{}", name, did_you_mean(name, known)));
}

FoundMethod find_method(const CodeView& code, const MethodName& name) {
  const ClassView& owner = find_class(code, name.owner);
  std::vector<const MethodView*> candidates;
  for (const MethodView& method : owner.methods) {
    if (method.name == name.name) candidates.push_back(&method);
  }
  if (candidates.empty()) {
    std::vector<std::string> known;
    for (const auto& [member, line] : owner.names) known.push_back(member);
    throw UsageError(fmt::format("{} has no method {}{}", name.owner, name.name,
                                 did_you_mean(name.name, known)));
  }
  std::vector<std::string> keys;
  for (const MethodView* method : candidates) keys.push_back(method->key);
  if (!name.parameters.empty()) {
    const auto with = [&](std::string_view behind) {
      return std::ranges::any_of(candidates, [&](const MethodView* method) {
        return has_parameters(*method, name.parameters, behind);
      });
    };
    const char* behind = with("") ? "" : "const";  // one need not write it where it is the only one
    std::erase_if(candidates, [&](const MethodView* method) {
      return !has_parameters(*method, name.parameters, behind);
    });
  }
  if (candidates.empty()) {
    throw UsageError(fmt::format("{}::{}{} is not there; candidates: {}", name.owner, name.name,
                                 name.parameters, fmt::join(keys, ", ")));
  }
  if (candidates.size() > 1) {
    throw UsageError(fmt::format("{}::{} is ambiguous; candidates: {}", name.owner, name.name,
                                 fmt::join(keys, ", ")));
  }
  return {&owner, candidates.front()};
}

}  // namespace noderig::impact
