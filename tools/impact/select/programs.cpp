#include <impact/select/programs.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace noderig::impact {
namespace {

bool share_one(const std::set<std::string>& a, const std::set<std::string>& b) {
  const auto& [few, many] = a.size() < b.size() ? std::tie(a, b) : std::tie(b, a);
  return std::ranges::any_of(few, [&](const std::string& file) { return many.contains(file); });
}

}  // namespace

Programs::Programs(const Recording& recording, const References& references) {
  std::map<const std::set<std::string>*, std::vector<bool>> executed;  // by number
  for (const RecordedTest& test : recording.tests) {
    units_.push_back(test.units.get());
    if (!test.units) continue;
    std::vector<bool>& numbers = executed[test.units.get()];
    for (const std::uint32_t number : test.executed.numbers()) {
      if (number >= numbers.size()) numbers.resize(number + 1);
      numbers[number] = true;
    }
  }
  for (const auto& [units, numbers] : executed) {
    const std::vector<bool> marked = references.marked(*units);
    const bool others = std::ranges::any_of(recording.numbers, [&](const auto& symbol) {
      const auto [id, number] = symbol;
      return number < numbers.size() && numbers[number] && references.only_elsewhere(id, marked);
    });
    for (const std::set<std::string>*& of_test : units_) {
      if (others && of_test == units) of_test = nullptr;
    }
  }
}

void Programs::leave_out_others(const Change& change, std::vector<TestIndex>& tests) const {
  if (change.units.empty()) return;
  std::erase_if(tests, [&](TestIndex test) {
    return units_[test] != nullptr && !share_one(*units_[test], change.units);
  });
}

}  // namespace noderig::impact
