#include <impact/diff/diff.h>
#include <impact/select/selection_json.h>
#include <filesystem>

namespace noderig::impact {
namespace {

using Json = nlohmann::json;

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

}  // namespace

Json to_json(const Selection& selection) {
  Json json = to_json(selection.diff);
  json["recording"] = {{"db", selection.database},
                       {"revision", text_or_null(selection.recorded_revision)},
                       {"complete", selection.complete},
                       {"receivers", false}};
  json["total_tests"] = selection.total_tests;
  json["limited_to"] = selection.limited_to;
  Json selected = Json::array();
  Json affected = Json::array();
  for (const SelectedTest& test : selection.selected) {
    selected.push_back(test.id.text());
    affected.push_back({{"test", test.id.text()},
                        {"reason", to_string(test.why)},
                        {"changes", test.changes},
                        {"evidence", to_string(Evidence::Predicted)},
                        {"best_effort", test.id.kind == TestKind::Scenario}});
  }
  json["selected"] = std::move(selected);
  json["affected"] = std::move(affected);
  json["first_wave"] = selection.first_wave;
  Json unaffected = Json::array();
  for (const TestId& test : selection.unaffected) unaffected.push_back(test.text());
  json["unaffected"] = std::move(unaffected);
  Json untested = Json::array();
  for (const UntestedChange& change : selection.untested) {
    untested.push_back({{"change", change.id}, {"evidence", to_string(change.evidence)}});
  }
  json["untested"] = std::move(untested);
  json["seconds"] = selection.seconds;
  return json;
}

}  // namespace noderig::impact
