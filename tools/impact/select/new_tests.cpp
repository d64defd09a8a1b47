#include <impact/select/new_tests.h>

#include <fmt/format.h>
#include <algorithm>
#include <optional>
#include <set>

namespace noderig::impact {
namespace {

constexpr std::string_view kBody = "_Test::TestBody()";

// Without the file that stands behind what has internal linkage, such as " [tests/a_test.cpp]".
std::string without_file(const std::string& entity) {
  const std::size_t file = entity.ends_with(']') ? entity.rfind(" [") : std::string::npos;
  return entity.substr(0, file);
}

// The class that GoogleTest's macros make of a case: "Suite_Case_Test", or for a typed one
// "gtest_suite_Suite_::Case".
std::vector<std::string> classes_of(const TestId& test) {
  if (test.kind != TestKind::Gtest) return {};
  const std::size_t dot = test.name.rfind('.');
  if (dot == std::string::npos) return {};
  std::string suite = test.name.substr(0, dot);
  std::string name = test.name.substr(dot + 1);
  name = name.substr(0, name.find('/'));  // without the parameter's number
  const std::size_t slash = suite.rfind('/');
  if (slash == std::string::npos) return {fmt::format("{}_{}_Test", suite, name)};
  // "Prefix/Suite" when it has parameters, "Suite/0" or "Prefix/Suite/0" when it has types.
  if (suite.find_first_not_of("0123456789", slash + 1) == std::string::npos) {
    suite = suite.substr(0, slash);
    suite = suite.substr(suite.rfind('/') + 1);
    return {fmt::format("gtest_suite_{}_::{}", suite, name)};
  }
  return {fmt::format("{}_{}_Test", suite.substr(slash + 1), name)};
}

// Whether `entity` is one of the class' members, or the class itself.
bool is_of(const std::string& entity, const std::string& name) {
  for (std::size_t at = entity.find(name); at != std::string::npos;
       at = entity.find(name, at + 1)) {
    const bool begins = at == 0 || entity[at - 1] == ':';
    const std::size_t end = at + name.size();
    const bool ends =
        end == entity.size() || std::string_view(":< ").find(entity[end]) != std::string_view::npos;
    if (begins && ends) return true;
  }
  return false;
}

// "Suite.Case" from "ns::Suite_Case_Test::TestBody()". GoogleTest wants no underscores in names;
// where they have some, the first one is taken for the end of the suite's.
std::optional<std::string> case_of(const std::string& full_entity) {
  const std::string entity = without_file(full_entity);
  if (!entity.ends_with(kBody)) return {};
  std::string name = entity.substr(0, entity.size() - kBody.size());
  const std::size_t scope = name.rfind("::");
  if (scope != std::string::npos) name = name.substr(scope + 2);
  const std::size_t underscore = name.find('_');
  if (underscore == std::string::npos) return {};
  return name.replace(underscore, 1, ".");
}

// The CMake target that a command compiles for, from the place of what it makes.
std::string target_of(const CompileCommand& command) {
  const auto output = std::ranges::find(command.arguments, "-o");
  if (output == command.arguments.end() || output + 1 == command.arguments.end()) return {};
  for (const auto& part : std::filesystem::path(*(output + 1))) {
    const std::string name = part.string();
    if (name.ends_with(".dir")) return name.substr(0, name.size() - 4);
  }
  return {};
}

bool is_body(const Change& change) {
  return without_file(change.entity).ends_with("::TestBody()");
}

// Two programs of one name have their directories in front of it.
bool is_target(const std::string& program, const std::string& target) {
  return !target.empty() && (program == target || program.ends_with("." + target));
}

}  // namespace

void add_targets(TargetsOfFiles& targets, const Diff& diff, const std::vector<UnitFacts>& units,
                 const std::vector<CompileCommand>& commands,
                 const std::filesystem::path& project) {
  std::set<std::string> files;
  for (const Change& change : diff.changes) {
    if (change.test_code && is_body(change)) files.insert(change.file);
  }
  if (files.empty()) return;
  std::map<std::filesystem::path, std::set<std::string>> targets_of_units;
  for (const CompileCommand& command : commands) {
    targets_of_units[command.file].insert(target_of(command));
  }
  for (const UnitFacts& unit : units) {
    for (const std::string& file : files) {
      if (!std::ranges::binary_search(unit.files, file)) continue;
      const std::set<std::string>& here = targets_of_units[project / unit.file];
      targets[file].insert(here.begin(), here.end());
    }
  }
}

std::vector<TestId> added_tests(const Diff& diff, const TargetsOfFiles& targets) {
  std::set<TestId> added;
  for (const Change& change : diff.changes) {
    if (change.kind != ChangeKind::AM || !change.test_code) continue;
    const auto name = case_of(change.entity);
    const auto known = targets.find(change.file);
    if (!name || known == targets.end()) continue;
    for (const std::string& target : known->second) {
      if (!target.empty()) added.insert({TestKind::Gtest, target, *name});
    }
  }
  return {added.begin(), added.end()};
}

bool is_removed(const TestId& test, const Diff& diff, const TargetsOfFiles& targets) {
  return std::ranges::any_of(diff.changes, [&](const Change& change) {
    if (change.kind != ChangeKind::DM || !is_body(change) || !is_own_code(change, test)) {
      return false;
    }
    const auto known = targets.find(change.file);
    return known != targets.end() &&
           std::ranges::any_of(known->second, [&](const std::string& target) {
             return is_target(test.target, target);
           });
  });
}

bool is_own_code(const Change& change, const TestId& test) {
  if (!change.test_code) return false;
  return std::ranges::any_of(classes_of(test),
                             [&](const std::string& name) { return is_of(change.entity, name); });
}

}  // namespace noderig::impact
