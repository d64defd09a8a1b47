#include "risk_facts.h"

#include "history_command.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/history/history.h>
#include <noderig/framework/home.h>
#include <noderig/framework/node/command.h>
#include <noderig/framework/plugin.h>
#include <risk/fields.h>
#include <risk/matrix.h>
#include <risk/parts.h>
#include <risk/register.h>
#include <algorithm>
#include <fstream>
#include <iterator>
#include <mutex>
#include <ranges>
#include <set>
#include <sstream>

namespace noderig {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// Metadata counts upwards from the least, the axes of the matrix from the worst.
risk::Parameter by_author(int value) {
  return {.source = risk::Source::Manual,
          .step = risk::kSteps - 1 - static_cast<std::size_t>(value)};
}

struct ChangedPaths {
  std::set<std::string> added;
  std::set<std::string> changed;
};

ChangedPaths changed_paths(const std::string& revision) {
  const std::string root = work_tree_root().string();
  if (root.empty()) throw UsageError("--changed-since needs a git work tree to stand in");
  const CommandResult diff = run_command({"git", "-C", root, "diff", "--name-status",
                                          "--no-renames", "--end-of-options", revision, "--"});
  if (!diff.ok()) {
    const std::string why = diff.err.substr(0, diff.err.find('\n'));
    throw UsageError(fmt::format("--changed-since {}: {}", revision, why));
  }
  ChangedPaths paths;
  std::istringstream lines(diff.out);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos) continue;
    (line.front() == 'A' ? paths.added : paths.changed).insert(line.substr(tab + 1));
  }
  // What git does not know of yet is new too.
  const CommandResult untracked =
      run_command({"git", "-C", root, "ls-files", "--others", "--exclude-standard"});
  std::istringstream files(untracked.out);
  for (std::string path; std::getline(files, path);) paths.added.insert(path);
  return paths;
}

// Whether `path` is `link` or lies below it.
bool within(const std::string& path, const std::string& link) {
  return path == link || path.starts_with(link + "/");
}

// The scope of a scenario, by its own source, its folder of parts, and the paths it is linked to.
void scope_by_git(risk::TestCase& test, const ScenarioDefinition& definition,
                  const ChangedPaths& paths) {
  const fs::path root = work_tree_root();
  const std::string own = fs::path(definition.source_file).lexically_proximate(root).string();
  std::vector<std::string> links = definition.metadata.links;
  links.push_back(own);
  links.push_back(fs::path(own).replace_extension().string());
  std::error_code error;
  const auto is_there = [&](const std::string& link) {
    return !link.starts_with("..") && fs::exists(root / link, error);
  };
  const auto any = [&](const std::set<std::string>& all, const auto& matches) {
    return std::ranges::any_of(all, [&](const std::string& path) {
      return std::ranges::any_of(links,
                                 [&](const std::string& link) { return matches(path, link); });
    });
  };
  const auto beside = [](const std::string& path, const std::string& link) {
    const fs::path folder = fs::path(link).parent_path();
    return !folder.empty() && fs::path(path).parent_path() == folder;
  };
  if (paths.added.contains(own))
    test.scope = "new";
  else if (any(paths.added, within) || any(paths.changed, within))
    test.scope = "changed";
  else if (any(paths.added, beside) || any(paths.changed, beside))
    test.scope = "adjacent";
  else if (std::ranges::any_of(links, is_there))
    test.scope = "regression";
  else
    return;  // linked to nothing of this tree
  test.scope_reason = "git, by the paths it is linked to";
}

risk::TestCase test_of(const Scenario& scenario) {
  const ScenarioMetadata& metadata = scenario.metadata();
  risk::TestCase test{.id = scenario_test_id(metadata.name), .title = metadata.summary};
  if (metadata.likelihood) test.likelihood = by_author(static_cast<int>(*metadata.likelihood));
  if (metadata.impact) test.impact = by_author(static_cast<int>(*metadata.impact));
  if (metadata.likelihood || metadata.impact) test.set_by = "scenario metadata";
  test.preconditions = metadata.needs;
  for (std::string name : metadata.subtests) {
    std::ranges::replace(name, '_', ' ');  // the keywords are words
    test.steps.push_back({.action = std::move(name)});
  }
  return test;
}

// Numbers builds by their names, as they come. Any thread.
class Builds {
 public:
  explicit Builds(std::vector<std::string>& names) : names_(names) {}

  std::uint32_t number(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto next = static_cast<std::uint32_t>(names_.size());
    const auto [known, added] = numbers_.try_emplace(name, next);
    if (added) names_.push_back(name);
    return known->second;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string>& names_;
  std::map<std::string, std::uint32_t> numbers_;
};

// Past executions as runs of a register's tests. One thread.
class PastReader {
 public:
  PastReader(const PastTests& past, Builds& builds)
      : runs_(past.runs), builds_(builds), last_(past.runs.size()) {}

  risk::TestCase read(const PastTest& past) {
    risk::TestCase test{.id = past.id};
    test.runs.reserve(past.executions.size());
    for (const PastExecution& execution : past.executions) {
      if (execution.partial) continue;  // says nothing of the whole
      const auto run = static_cast<std::size_t>(execution.run - runs_.data());  // 0 is none
      test.runs.push_back(
          {.time =
               std::chrono::floor<std::chrono::seconds>(execution.time).time_since_epoch().count(),
           .seconds = static_cast<float>(execution.seconds),
           .build = build(execution, run),
           .cycle = static_cast<std::uint32_t>(run),
           .verdict = execution.failure == FailureClass::RigFault ? risk::RunVerdict::Skipped
                      : execution.flaky                           ? risk::RunVerdict::Flaky
                      : execution.verdict == Verdict::Passed      ? risk::RunVerdict::Passed
                      : execution.verdict == Verdict::Failed      ? risk::RunVerdict::Failed
                                                                  : risk::RunVerdict::Skipped});
      for (const Defect& defect : execution.defects) test.add({defect.id, defect.weight});
    }
    return test;
  }

 private:
  // What was built: a revision without changes, and the daemon. 0: not known. Executions of one run
  // are mostly on one daemon.
  std::uint32_t build(const PastExecution& execution, std::size_t run) {
    const PastRun& its_run = *execution.run;
    if (its_run.revision.empty() || its_run.modified.value_or(false)) return 0;
    auto& [daemon, number] = last_[run];
    if (number == 0 || daemon != execution.daemon) {
      daemon = execution.daemon;
      number =
          builds_.number(its_run.revision + (daemon != nullptr ? " " + daemon->to_string() : ""));
    }
    return number;
  }

  const std::vector<PastRun>& runs_;
  Builds& builds_;
  std::vector<std::pair<const PastDaemon*, std::uint32_t>> last_;  // of each run
};

// Of a history of millions of executions only some are in memory as what they are there.
constexpr std::uintmax_t kPartBytes = std::uintmax_t{64} << 20;  // of its file

std::size_t parts_of_history() {
  std::error_code none;
  const auto bytes = fs::file_size(History::file_in(home_directory()), none);
  return none ? 1 : static_cast<std::size_t>(bytes / kPartBytes) + 1;
}

Json json_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in || fs::is_directory(file)) throw EnvironmentError(fmt::format("cannot read {}", file));
  try {
    return risk::parse_json(in);
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", file, error.what()));
  }
}

}  // namespace

TestTags tags_of(const std::vector<Scenario>& scenarios) {
  TestTags tags;
  for (const Scenario& scenario : scenarios) {
    tags[scenario_test_id(scenario.name())] = scenario.metadata().tags;
  }
  return tags;
}

void add_history(risk::Register& tests) {
  const std::size_t parts = parts_of_history();
  Builds builds(tests.builds);
  std::vector<std::vector<risk::TestCase>> read;
  const auto read_parts = [&](std::size_t begin, std::size_t end) {
    History history(home_directory(), History::Access::Read);
    for (std::size_t part = begin; part < end; ++part) {
      const PastTests past = history.past(
          [&](std::string_view id) { return std::hash<std::string_view>()(id) % parts == part; });
      PastReader reader(past, builds);
      for (const PastTest& one : past.tests) read[part].push_back(reader.read(one));
    }
  };
  despite_damage([&] {
    read.assign(parts, {});
    risk::in_parts(parts, read_parts, 2);
  });

  std::map<std::string, risk::TestCase*> known;
  for (risk::TestCase& test : tests.tests) known[test.id] = &test;
  std::vector<risk::TestCase> others;
  for (risk::TestCase& one : read | std::views::join) {
    const auto found = known.find(one.id);
    if (found == known.end()) {
      others.push_back(std::move(one));
    } else {
      found->second->runs = std::move(one.runs);
      found->second->defects = std::move(one.defects);
    }
  }
  std::ranges::sort(others, {}, &risk::TestCase::id);
  std::ranges::move(others, std::back_inserter(tests.tests));
}

risk::Register tests_of_scenarios(const std::vector<Scenario>& scenarios,
                                  const std::string& changed_since) {
  risk::Register tests;
  tests.node_scenarios = true;
  std::optional<ChangedPaths> paths;
  if (!changed_since.empty()) paths = changed_paths(changed_since);
  for (const Scenario& scenario : scenarios) {
    risk::TestCase test = test_of(scenario);
    if (paths) scope_by_git(test, *scenario.definition, *paths);
    tests.tests.push_back(std::move(test));
  }
  return tests;
}

risk::Register tests_of_project(TestTags& tags, const std::string& changed_since) {
  const std::vector<Scenario> scenarios = discover_scenarios();
  tags = tags_of(scenarios);
  risk::Register tests = tests_of_scenarios(scenarios, changed_since);
  add_history(tests);
  if (tests.tests.empty()) {
    throw EnvironmentError("no scenario and no history: give a --register, or import results");
  }
  risk::finish(tests);
  return tests;
}

void add_scope(risk::Register& tests, const TestTags& tags, const std::string& file) {
  const Json json = json_file(file);
  const std::vector<std::string> kinds = {"new", "changed", "adjacent", "regression"};
  const auto rank = [&](const std::string& kind) { return std::ranges::find(kinds, kind); };
  std::set<std::string> given;  // tests that the file has named so far
  std::set<std::string> by_id;  // by themselves, whatever their tags
  if (!json.is_object()) throw UsageError(file + ": not an object from tests to their scope");
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string() || std::ranges::find(kinds, value.get<std::string>()) == kinds.end()) {
      throw UsageError(fmt::format("{}: \"{}\" is {}, not new, changed, adjacent or regression",
                                   file, key, value.dump()));
    }
    bool found = false;
    for (risk::TestCase& test : tests.tests) {
      const auto its_tags = tags.find(test.id);
      const bool tagged =
          key.starts_with("tag:") && its_tags != tags.end() &&
          std::ranges::find(its_tags->second, key.substr(4)) != its_tags->second.end();
      if (test.id != key && !tagged) continue;
      found = true;
      const auto kind = value.get<std::string>();
      if (test.id == key) {
        by_id.insert(key);
      } else if (by_id.contains(test.id) ||
                 (given.contains(test.id) && rank(test.scope) < rank(kind))) {
        continue;  // of several tags, the one that makes it newest
      }
      given.insert(test.id);
      test.scope = kind;
      test.scope_reason = fmt::format("{}: {}", file, key);
    }
    if (!found) throw UsageError(fmt::format("{}: no test has the id or tag \"{}\"", file, key));
  }
}

void add_owners(risk::Register& tests, const std::string& file) {
  const Json json = json_file(file);
  if (!json.is_object()) throw UsageError(file + ": not an object from tests to their owners");
  for (const auto& [id, value] : json.items()) {
    const auto test = std::ranges::find(tests.tests, id, &risk::TestCase::id);
    if (test == tests.tests.end()) {
      throw UsageError(fmt::format("{}: no test has the id \"{}\"", file, id));
    }
    const risk::Fields fields(value, file + ": " + id, {"owner", "experience", "familiarity"});
    test->owner = fields.text("owner");
    test->experience = fields.one_to_five("experience");
    test->familiarity = fields.one_to_five("familiarity");
  }
}

void add_coverage(risk::Register& tests, const std::string& file) {
  add_coverage(tests, json_file(file), file);
}

void add_coverage(risk::Register& tests, const Json& selection, const std::string& from) {
  const auto list = [&](const char* name) {
    const auto found = selection.find(name);
    if (found == selection.end() || !found->is_array()) {
      throw UsageError(fmt::format("{}: no list \"{}\": not from `impact select`", from, name));
    }
    return *found;
  };
  try {
    std::map<std::string, bool> added;  // by change: whether it adds code
    std::map<std::string, std::string> names;
    std::map<std::string, Json> needs;  // by change: others that it cannot be without
    for (const Json& change : list("changes")) {
      const std::string id = change.at("id").dump();
      added[id] = change.at("kind").get<std::string>().starts_with('A');
      needs[id] = change.value("depends_on", Json::array());
      names[id] = change.value("entity", "change " + id);
    }
    std::map<std::string, std::set<std::string>> covers;
    for (const Json& one : list("affected")) {
      auto& kinds = covers[one.at("test").get<std::string>()];
      for (const Json& id : one.at("changes")) {
        kinds.insert(added[id.dump()] ? "new" : "modified");
        // What calls a new function executes it, which no recording can have seen.
        for (const Json& other : needs[id.dump()]) {
          if (added[other.dump()]) kinds.insert("new");
        }
      }
    }
    // Tests that it does not name were not recorded; where it names only the affected, all others
    // count as recorded.
    const bool names_others = selection.contains("unaffected");
    if (names_others) {
      for (const Json& one : list("unaffected")) covers[one.get<std::string>()] = {"unchanged"};
    }
    for (risk::TestCase& test : tests.tests) {
      const auto found = covers.find(test.id);
      if (found != covers.end()) {
        test.covers.assign(found->second.begin(), found->second.end());
      } else if (!names_others) {
        test.covers = {"unchanged"};
      }
    }
    for (const Json& gap : list("untested")) {
      const std::string id = gap.at("change").dump();
      tests.notes.push_back(fmt::format("gap: {} is executed by no test: {}",
                                        names.contains(id) ? names[id] : "change " + id,
                                        added[id] ? 987 : 610));
    }
  } catch (const Json::exception& error) {
    throw UsageError(fmt::format("{}: not from `impact select`: {}", from, error.what()));
  }
}

}  // namespace noderig
