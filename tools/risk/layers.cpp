#include "layers.h"

#include "business.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>

namespace noderig::risk {
namespace {

LayerValue undefined(std::string why) {
  return {{}, std::move(why), {}, {}};
}

// A parameter of the business layer: what its switch chooses.
Judged judged(const Parameter& parameter, bool project_automatic, const Judged& automatic) {
  const bool by_itself = parameter.source == Source::Automatic ||
                         (parameter.source == Source::Project && project_automatic);
  if (by_itself) return automatic;
  return {parameter.step, parameter.step ? "set by hand" : "not set"};
}

std::string step_text(const Judged& judged, const Axis& axis) {
  return fmt::format("{} ({})", judged.step ? axis[*judged.step] : "undefined", judged.why);
}

// The column whose weight is the nearest; a tie goes to the worse.
std::size_t severity_of(double mean, const std::array<double, kSteps>& weights) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < kSteps; ++i) {
    if (std::abs(weights[i] - mean) < std::abs(weights[best] - mean)) best = i;
  }
  return best;
}

}  // namespace

Project project_of(const Register& tests, const Config& config) {
  return {median_complexity(tests.tests),
          tests.node_scenarios ? &config.node_keywords : &config.keywords};
}

LayerValue business_layer(const TestCase& test, const Project& project, const Config& config) {
  const Judged likelihood =
      judged(test.likelihood, config.automatic_likelihood,
             automatic_likelihood(test.complexity(), project.median_complexity, config));
  const Judged impact =
      judged(test.impact, config.automatic_impact, automatic_impact(test, *project.keywords));
  LayerValue layer{
      {},
      fmt::format("likelihood {} x impact {}", step_text(likelihood, config.business.rows),
                  step_text(impact, config.business.columns)),
      likelihood.step,
      impact.step};
  if (likelihood.step && impact.step) {
    layer.value = config.business.at(*likelihood.step, *impact.step);
  }
  return layer;
}

LayerValue history_layer(const TestCase& test, const Evidence& evidence, const Config& config) {
  if (evidence.runs == 0) {
    return undefined(evidence.flaky > 0 ? "only flaky failures" : "never run");
  }
  const double rate = static_cast<double>(evidence.failed) / evidence.runs;
  // From rare upwards; the last bound is passed by what is almost always.
  const auto& bins = config.failure_bins;
  const auto bin = std::ranges::find_if(bins, [&](double upper) { return rate <= upper; });
  const std::size_t row = kSteps - 1 - static_cast<std::size_t>(bin - bins.begin());
  std::size_t column = kSteps - 1;
  std::string severity = "no defect";
  if (!test.defects.empty()) {
    double sum = 0;
    for (const Defect& defect : test.defects) sum += defect.weight;
    const double mean = sum / static_cast<double>(test.defects.size());
    column = severity_of(mean, config.severity_weights);
    severity = fmt::format("mean weight {:.4g} of {} defect{}", mean, test.defects.size(),
                           test.defects.size() == 1 ? "" : "s");
  }
  std::string why = fmt::format("failed {} of {} runs = {:.4g} % ({}) x severity {} ({})",
                                evidence.failed, evidence.runs, rate * 100,
                                config.history.rows[row], config.history.columns[column], severity);
  if (evidence.flaky > 0) why += fmt::format("; {} flaky counted apart", evidence.flaky);
  return {config.history.at(row, column), why, row, column};
}

LayerValue scope_layer(const TestCase& test, const Config& config) {
  if (test.scope.empty()) return undefined("no link to what the release changes");
  return {config.scope.at(test.scope),
          fmt::format("what it tests is {} ({})", test.scope, test.scope_reason),
          {},
          {}};
}

LayerValue allocation_layer(const TestCase& test, const Config& config) {
  if (!test.experience || !test.familiarity) return undefined("no owner is known");
  // The less of both, the worse: 1 is the worst step.
  const auto row = static_cast<std::size_t>(*test.experience - 1);
  const auto column = static_cast<std::size_t>(*test.familiarity - 1);
  return {
      config.business.at(row, column),
      fmt::format("{}experience {} of 5 x familiarity {} of 5",
                  test.owner.empty() ? "" : test.owner + ": ", *test.experience, *test.familiarity),
      row, column};
}

LayerValue coverage_layer(const TestCase& test, const Config& config) {
  if (test.covers.empty()) return undefined("no coverage is recorded");
  LayerValue layer;
  for (const std::string& kind : test.covers) {
    layer.value = std::max(layer.value.value_or(0), config.coverage.at(kind));
  }
  layer.why = fmt::format("executes {} functions", fmt::join(test.covers, ", "));
  return layer;
}

Layers layers_of(const TestCase& test, const Evidence& evidence, const Project& project,
                 const Config& config) {
  Layers layers = {business_layer(test, project, config), history_layer(test, evidence, config),
                   scope_layer(test, config), allocation_layer(test, config),
                   coverage_layer(test, config)};
  for (std::size_t i = 0; i < kLayers; ++i) {
    if (!test.layers[i]) continue;
    layers[i].value = test.layers[i];  // its place in a matrix stays
    layers[i].why = "set by hand" + (test.set_by.empty() ? "" : " by " + test.set_by);
  }
  return layers;
}

}  // namespace noderig::risk
