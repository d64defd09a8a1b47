// Facts about tests for the risk commands: from scenarios, history, git, and files of the user's.
#pragma once

#include <risk/test_case.h>
#include <map>
#include <string>
#include <vector>

namespace noderig {

using TestTags = std::map<std::string, std::vector<std::string>>;  // by test id

// Every scenario with its metadata as business logic, and every test that the history has results
// of. With a revision, the release scope is what git says of the paths that a scenario is linked
// to. Throws EnvironmentError when there is neither, UsageError when git does not know the
// revision.
risk::Register tests_of_project(TestTags& tags, const std::string& changed_since);

// Each throws UsageError that names the file and what is wrong in it.
void add_scope(risk::Register& tests, const TestTags& tags, const std::string& file);
void add_owners(risk::Register& tests, const std::string& file);
void add_coverage(risk::Register& tests, const std::string& file);

}  // namespace noderig
