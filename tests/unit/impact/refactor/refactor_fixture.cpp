#include "refactor_fixture.h"

#include <algorithm>

namespace noderig::impact {

Sources::Sources(std::map<std::string, std::string> files) {
  for (auto& [name, text] : files) files_["/project/" + name] = std::move(text);
}

CodeView Sources::parse(const std::map<std::string, std::string>& files,
                        const std::map<std::string, std::string>& same) const {
  std::vector<CompileCommand> units;
  for (const auto& [name, text] : files) {
    if (name.ends_with(".cpp")) units.push_back({"/project", name, {"c++", "-std=c++20", name}});
  }
  ReadOptions options;
  options.project = "/project";
  options.build = "/project/build";
  options.names = names_;
  options.replaced = files;
  options.same_methods = same;
  return read_code(units, options);
}

const CodeView& Sources::read(const std::set<std::string>& names) {
  names_ = names;
  before_ = parse(files_, {});
  return before_;
}

std::map<std::string, std::string> Sources::edited(Plan& plan) {
  std::map<std::string, std::string> files = files_;
  for (const auto& [name, text] : edited_texts(before_.texts, plan.edits)) files[name] = text;
  const CodeView before = parse(files_, plan.same_before);
  const CodeView after = parse(files, plan.same_after);
  for (const Refusal& one : verify(plan, before, after)) plan.refusals.push_back(one);
  std::map<std::string, std::string> relative;
  for (auto& [name, text] : files) relative[name.substr(std::string("/project/").size())] = text;
  return relative;
}

Outcome refactored(const std::map<std::string, std::string>& files,
                   const std::set<std::string>& names,
                   const std::function<Plan(const CodeView&)>& plan) {
  Sources sources(files);
  Outcome outcome;
  outcome.plan = plan(sources.read(names));
  if (!outcome.plan.refused()) outcome.files = sources.edited(outcome.plan);
  return outcome;
}

Outcome pull_up(const std::map<std::string, std::string>& files, const std::string& method,
                const std::string& target, const PullUpOptions& options) {
  const MethodName name = parse_method_name(method);
  return refactored(files, {name.name}, [&](const CodeView& code) {
    return plan_pull_up(code, name, target, options);
  });
}

std::vector<std::string> codes(const std::vector<Refusal>& refusals) {
  std::vector<std::string> found;
  for (const Refusal& one : refusals) {
    if (std::ranges::find(found, one.code) == found.end()) found.push_back(one.code);
  }
  return found;
}

}  // namespace noderig::impact
