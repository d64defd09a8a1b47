// Facts about tests for the risk commands: from scenarios, history, git, and files of the user's.
#pragma once

#include <noderig/framework/plugin.h>
#include <risk/test_case.h>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace noderig {

using TestTags = std::map<std::string, std::vector<std::string>>;  // by test id
TestTags tags_of(const std::vector<Scenario>& scenarios);

// Scenarios with their metadata as business logic. With a revision, the release scope is what git
// says of the paths that a scenario is linked to. Throws UsageError when git does not know the
// revision. Not finished, see register.h.
risk::Register tests_of_scenarios(const std::vector<Scenario>& scenarios,
                                  const std::string& changed_since);

// Adds the past of every test that the history has results of, and the tests that are not there.
// Throws EnvironmentError when it cannot be read.
void add_history(risk::Register& tests);

// Every scenario, with the history. Throws EnvironmentError when there is neither.
risk::Register tests_of_project(TestTags& tags, const std::string& changed_since);

// Each throws UsageError that names the file and what is wrong in it.
void add_scope(risk::Register& tests, const TestTags& tags, const std::string& file);
void add_owners(risk::Register& tests, const std::string& file);
void add_coverage(risk::Register& tests, const std::string& file);
// The same of what `noderig impact select --json` prints; `from` begins each message.
void add_coverage(risk::Register& tests, const nlohmann::json& selection, const std::string& from);

}  // namespace noderig
