#include "test_case.h"

#include <algorithm>

namespace noderig::risk {

std::string_view to_string(Layer layer) {
  switch (layer) {
    case Layer::Business:
      return "business";
    case Layer::History:
      return "history";
    case Layer::Scope:
      return "scope";
    case Layer::Allocation:
      return "allocation";
    case Layer::Coverage:
      return "coverage";
  }
  return "";
}

void TestCase::add(const Defect& defect) {
  const auto same = std::ranges::find(defects, defect.id, &Defect::id);
  if (defect.id.empty() || same == defects.end()) {
    defects.push_back(defect);
  } else {
    same->weight = defect.weight;
  }
}

std::optional<double> expected_seconds(const TestCase& test) {
  if (test.seconds) return test.seconds;
  std::vector<float> seconds;
  for (const TestRun& run : test.runs) {
    if (run.verdict != RunVerdict::Skipped && run.seconds >= 0) seconds.push_back(run.seconds);
  }
  if (seconds.empty()) return {};
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
  std::ranges::nth_element(seconds, middle);
  return *middle;
}

}  // namespace noderig::risk
