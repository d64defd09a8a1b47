// Why a test is selected, and what a change affects: the way from the one to the other, by name.
// Pure functions; any thread.
#pragma once

#include <impact/select/selecting.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace noderig::impact {

// A change that affects a test, by what the test executes.
struct Cause {
  std::string change{};  // id
  std::string test{};
  std::vector<std::string> via{};  // functions that the test executes and the change goes through
};

struct TestExplanation {
  TestId test{};
  const SelectedTest* selected = nullptr;  // null: not affected
  std::vector<Cause> causes{};
};

struct ChangeExplanation {
  const Change* change = nullptr;
  std::vector<Cause> causes{};
  std::vector<std::string> followed_by{};    // ids of changes that need it or follow from it
  const UntestedChange* untested = nullptr;  // null: a test reaches it, or it is no code
};

// `test` is a test id. Throws UsageError when there is no such test, with the nearest.
TestExplanation explain_test(const Selected& selected, const std::string& test);

// `change` is a change's id, or a part of the name of what changed. Throws UsageError when it
// matches no change, or several: these are listed.
ChangeExplanation explain_change(const Selected& selected, const std::string& change);

std::string text_of(const TestExplanation& explanation, const Selected& selected);
std::string text_of(const ChangeExplanation& explanation);
nlohmann::json to_json(const TestExplanation& explanation);
nlohmann::json to_json(const ChangeExplanation& explanation);

}  // namespace noderig::impact
