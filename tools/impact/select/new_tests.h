// GoogleTest cases that a change adds or removes, told from the source alone, before anything is
// built. Pure functions; any thread.
#pragma once

#include <impact/model/change.h>
#include <impact/model/test_id.h>
#include <impact/source/compile_commands.h>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace noderig::impact {

// The CMake targets that files with added or deleted tests are compiled for.
using TargetsOfFiles = std::map<std::string, std::set<std::string>>;
// Adds those of a version whose units these are.
void add_targets(TargetsOfFiles& targets, const Diff& diff, const std::vector<UnitFacts>& units,
                 const std::vector<CompileCommand>& commands, const std::filesystem::path& project);

// The cases whose bodies the diff adds. Of one with parameters it cannot be told how many there
// will be: it is one, without prefix and number.
std::vector<TestId> added_tests(const Diff& diff, const TargetsOfFiles& targets);

// Whether the diff removes the test's body.
bool is_removed(const TestId& test, const Diff& diff, const TargetsOfFiles& targets);

// Whether the change is about the code of the test itself.
bool is_own_code(const Change& change, const TestId& test);

}  // namespace noderig::impact
