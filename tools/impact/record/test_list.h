// The tests of a build directory, as CTest knows them. A program of GoogleTest is taken apart into
// its cases, each to be run in a process of its own; whatever else CTest runs is one test.
#pragma once

#include <impact/model/test_id.h>
#include <impact/record/process_pool.h>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace noderig::impact {

struct Test {
  TestId id{};
  Launch launch{};
  std::string version{};  // of what the change analysis does not see of it: a scenario's plugin
  bool alone = false;     // beside no other: it says so, or it works on what another leaves
  std::vector<std::string> needs{};  // CTest's names of tests that must have run before
};

struct TestList {
  std::vector<Test> tests{};             // as CTest lists them
  std::vector<std::string> not_built{};  // programs that are not there
};

// Runs ctest, and each GoogleTest program to list its cases. Throws EnvironmentError when the
// directory is none of CMake's or ctest fails.
TestList list_tests(const std::filesystem::path& build);

// The same from what `ctest --show-only=json-v1` prints; `cases_of` asks a program for its cases,
// or says nothing when it is no GoogleTest program.
using CasesOf = std::function<std::optional<std::vector<std::string>>(const Launch&)>;
TestList list_tests(const nlohmann::json& ctest, const std::filesystem::path& build,
                    const CasesOf& cases_of);

// Whether one of the patterns (shell globs, for the whole id) matches, or there are none, and none
// of those that begin with a '!' does.
bool matches(const TestId& id, const std::vector<std::string>& globs);

// Whether one of the globs matches the whole text.
bool matches_any(const std::string& text, const std::vector<std::string>& globs);

}  // namespace noderig::impact
