// A refactoring from beginning to end, whichever it is: plan the edit, show it, try it on a copy of
// the project with the tests that it can affect, and make it in the work tree when they all do as
// before and nothing is left untested. The work tree is never changed otherwise. One thread, and
// the only one of its process while tests run.
#pragma once

#include "evidence.h"
#include "method_name.h"
#include "plan.h"

#include <impact/analysis/analyse.h>
#include <impact/record/run_tests.h>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace noderig::impact {

struct RefactorRequest {
  std::filesystem::path project{};     // absolute
  std::filesystem::path build{};       // absolute
  std::filesystem::path database{};    // of recordings
  std::string method{};                // NS::Class::method(int)
  std::vector<std::string> classes{};  // others that the user names, which must be there
  std::set<std::string> names{};       // of other methods that the plan has to know
  std::function<Plan(const CodeView&, const MethodName&)> plan{};

  bool preview_only = false;
  bool apply = false;
  std::vector<std::string> allowed_untested{};  // ids of changes
  std::vector<std::string> limited_to{};        // globs of tests: the user's own choice
  int jobs = 1;
  std::function<void(std::string_view)> say{};  // what is being done, a line each
};

struct TestVerdicts {
  TestId id{};
  std::optional<Verdict> before{};
  std::optional<Verdict> after{};  // nothing: it is not there any more
};

struct RefactorResult {
  bool accepted = false;
  bool applied = false;
  std::string diff{};  // unified
  std::vector<Refusal> warnings{};
  std::vector<Refusal> refusals{};
  std::vector<TestId> affected{};
  std::vector<Change> covered{};
  std::vector<Change> untested{};
  std::vector<TestVerdicts> tests{};
};

// Throws UsageError when a name is not there or ambiguous, EnvironmentError when the project cannot
// be analysed or built as it is, or the user interrupts.
RefactorResult refactor(const RefactorRequest& request, Analyser& analyser,
                        Interruption& interruption);

nlohmann::json to_json(const RefactorResult& result, const std::filesystem::path& project);
// For people: what is untested first.
std::string to_text(const RefactorResult& result, const std::filesystem::path& project);

}  // namespace noderig::impact
