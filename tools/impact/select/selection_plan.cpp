#include <impact/select/selection_plan.h>
#include <impact/select/selection_text.h>
#include <noderig/framework/runner/plan.h>
#include <nlohmann/json.hpp>

namespace noderig::impact {

std::string selection_plan(const Selection& selection) {
  constexpr std::size_t kChangesNamed = 5;
  noderig::Plan plan;
  for (const SelectedTest& test : selection.selected) {
    if (test.id.kind != TestKind::Scenario) continue;
    plan.tests.push_back({.scenario = test.id.name, .reasons = {reason_text(test, kChangesNamed)}});
  }
  return nlohmann::json(plan).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace noderig::impact
