#include <impact/select/explain.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <impact/select/selection_text.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/nearest.h>
#include <algorithm>

namespace noderig::impact {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostVia = 5;
constexpr std::size_t kMostCandidates = 20;

// The names of those of `reach` that the test executes.
void add_executed(const Selected& selected, const RecordedTest& test, const Reach& reach,
                  std::vector<std::string>& names) {
  if (reach.at_start_up) names.emplace_back("start-up");
  for (const SymbolId symbol : reach.counted) {
    if (!selected.recording->executed(test, symbol)) continue;
    names.push_back(selected.before->name_of(symbol));
    if (names.size() == kMostVia) return;
  }
}

Cause cause(const Selected& selected, const Change& change, const TestId& id) {
  Cause cause{.change = change.id, .test = id.text()};
  const RecordedTest* test = selected.recording ? selected.recording->find(id) : nullptr;
  if (test == nullptr || !selected.before) return cause;
  Reach targets = selected.before->reach(change.old_symbols);
  targets.at_start_up |= change.at_start_up;
  add_executed(selected, *test, targets, cause.via);
  add_executed(selected, *test, selected.before->reach(change.receiver_vtables), cause.via);
  return cause;
}

std::string via_text(const Cause& cause) {
  return cause.via.empty() ? "" : fmt::format("\n      by {}", fmt::join(cause.via, ", "));
}

Json to_json(const Cause& cause) {
  return {{"change", cause.change}, {"test", cause.test}, {"via", cause.via}};
}

Json list_of(const std::vector<Cause>& causes) {
  Json list = Json::array();
  for (const Cause& one : causes) list.push_back(to_json(one));
  return list;
}

// The change that is meant: by its id, else the only one whose id has the text in it.
const Change& change_meant(const Diff& diff, const std::string& text) {
  if (const Change* exact = diff.find(text)) return *exact;
  std::vector<const Change*> candidates;
  std::vector<std::string> ids;
  for (const Change& change : diff.changes) {
    ids.push_back(change.id);
    if (change.id.find(text) != std::string::npos) candidates.push_back(&change);
  }
  if (candidates.empty()) {
    throw UsageError(
        fmt::format("--change \"{}\": there is no such change{}", text, did_you_mean(text, ids)));
  }
  if (candidates.size() == 1) return *candidates.front();
  std::string list;
  for (std::size_t i = 0; i < std::min(candidates.size(), kMostCandidates); ++i) {
    list += "\n  " + candidates[i]->id;
  }
  if (candidates.size() > kMostCandidates) list += "\n  ...";
  throw UsageError(
      fmt::format("--change \"{}\" is one of {} changes:{}", text, candidates.size(), list));
}

}  // namespace

TestExplanation explain_test(const Selected& selected, const std::string& test) {
  TestExplanation explanation{.test = TestId::parse(test)};
  if (std::ranges::find(selected.tests, explanation.test) == selected.tests.end()) {
    std::vector<std::string> known;
    for (const TestId& one : selected.tests) known.push_back(one.text());
    throw UsageError(
        fmt::format("--test {}: there is no such test{}", test, did_you_mean(test, known)));
  }
  explanation.selected = selected.selection.find(explanation.test);
  if (explanation.selected == nullptr) return explanation;
  for (const std::string& id : explanation.selected->changes) {
    explanation.causes.push_back(
        cause(selected, *selected.selection.diff.find(id), explanation.test));
  }
  return explanation;
}

ChangeExplanation explain_change(const Selected& selected, const std::string& text) {
  const Selection& selection = selected.selection;
  ChangeExplanation explanation{.change = &change_meant(selection.diff, text)};
  const std::string& id = explanation.change->id;
  for (const SelectedTest& test : selection.selected) {
    if (std::ranges::find(test.changes, id) == test.changes.end()) continue;
    explanation.causes.push_back(cause(selected, *explanation.change, test.id));
  }
  for (const Change& other : selection.diff.changes) {
    const auto& needs = other.depends_on;
    if (std::ranges::find(needs, id) != needs.end()) explanation.followed_by.push_back(other.id);
  }
  const auto untested = std::ranges::find(selection.untested, id, &UntestedChange::id);
  if (untested != selection.untested.end()) explanation.untested = &*untested;
  return explanation;
}

std::string text_of(const TestExplanation& explanation, const Selected& selected) {
  const std::string name = explanation.test.text();
  if (explanation.selected == nullptr) return name + " is not affected by any change.\n";
  std::string text =
      fmt::format("{} is selected: {}\n", name, to_string(explanation.selected->why));
  for (const Reason& reason : selected.selection.diff.reasons) {
    text += fmt::format("  {}\n", reason_text(reason));
  }
  for (const Cause& one : explanation.causes) {
    text += fmt::format("  {}{}\n", change_text(*selected.selection.diff.find(one.change)),
                        via_text(one));
  }
  return text;
}

std::string text_of(const ChangeExplanation& explanation) {
  std::string text = change_text(*explanation.change) + "\n";
  for (const std::string& id : explanation.change->depends_on) {
    text += fmt::format("  needs {}\n", id);
  }
  for (const std::string& id : explanation.followed_by) {
    text += fmt::format("  leads to {}\n", id);
  }
  if (explanation.untested != nullptr) {
    text += fmt::format("  no test reaches it ({})\n", to_string(explanation.untested->evidence));
  }
  if (!explanation.causes.empty()) {
    text += fmt::format("  affects {} tests:\n", explanation.causes.size());
  }
  for (const Cause& one : explanation.causes) {
    text += fmt::format("    {}{}\n", one.test, via_text(one));
  }
  return text;
}

Json to_json(const TestExplanation& explanation) {
  return {{"schema", 1},
          {"test", explanation.test.text()},
          {"selected", explanation.selected != nullptr},
          {"reason",
           explanation.selected == nullptr ? Json() : Json(to_string(explanation.selected->why))},
          {"causes", list_of(explanation.causes)}};
}

Json to_json(const ChangeExplanation& explanation) {
  return {
      {"schema", 1},
      {"change", explanation.change->id},
      {"depends_on", explanation.change->depends_on},
      {"followed_by", explanation.followed_by},
      {"untested",
       explanation.untested == nullptr ? Json() : Json(to_string(explanation.untested->evidence))},
      {"causes", list_of(explanation.causes)}};
}

}  // namespace noderig::impact
