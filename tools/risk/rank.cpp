#include "rank.h"

#include "parts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/nearest.h>
#include <algorithm>

namespace noderig::risk {

Aggregate aggregate_of(const std::string& name) {
  if (name == "numeric") return Aggregate::Numeric;
  if (name == "highest") return Aggregate::Highest;
  if (name == "classic") return Aggregate::Classic;
  throw UsageError(fmt::format("--aggregate is numeric, highest or classic, not \"{}\"{}", name,
                               did_you_mean(name, {"numeric", "highest", "classic"})));
}

std::string_view to_string(Aggregate aggregate) {
  switch (aggregate) {
    case Aggregate::Numeric:
      return "numeric";
    case Aggregate::Highest:
      return "highest";
    case Aggregate::Classic:
      return "classic";
  }
  return "";
}

std::optional<double> overall(const Layers& layers, Aggregate aggregate) {
  if (aggregate == Aggregate::Classic) {
    const auto& business = layers[static_cast<std::size_t>(Layer::Business)].value;
    return business ? std::optional<double>(*business) : std::nullopt;
  }
  int defined = 0;
  double sum = 0;
  double highest = 0;
  for (const LayerValue& layer : layers) {
    if (!layer.value) continue;
    ++defined;
    sum += *layer.value;
    highest = std::max<double>(highest, *layer.value);
  }
  if (defined == 0) return {};
  return aggregate == Aggregate::Highest ? highest : sum / defined;
}

Ranking rank(const Register& tests, const Config& config, Aggregate aggregate,
             const ProbabilityModel& model) {
  std::vector<Evidence> evidence(tests.tests.size());
  in_parts(tests.tests.size(), [&](std::size_t begin, std::size_t end) {
    EvidenceReader reader(model);
    for (std::size_t i = begin; i < end; ++i) evidence[i] = reader.read(tests.tests[i]);
  });
  const Project project = project_of(tests, config);

  Ranking ranking{.aggregate = aggregate,
                  .business = config.business,
                  .inferred = config.inferred,
                  .rates = rates_of(evidence)};
  if (!tests.node_scenarios) std::erase(ranking.inferred, "node_keywords");
  ranking.tests.resize(tests.tests.size());
  in_parts(tests.tests.size(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      Ranked& one = ranking.tests[i];
      one.test = i;
      one.layers = layers_of(tests.tests[i], evidence[i], project, config);
      one.exact = overall(one.layers, aggregate);
      one.probability = probability(evidence[i], ranking.rates, model, tests.tests[i].prior);
    }
  });
  std::ranges::stable_sort(ranking.tests, [](const Ranked& a, const Ranked& b) {
    if (a.exact != b.exact) return a.exact > b.exact;  // nothing is less than any value
    return a.probability > b.probability;
  });
  for (std::size_t i = 0; i < ranking.tests.size(); ++i) {
    ranking.tests[i].rank = static_cast<int>(i) + 1;
  }
  return ranking;
}

std::string inferred_text(const Ranking& ranking) {
  if (ranking.inferred.empty()) return {};
  return fmt::format("Inferred, not given by the method: {}. --config replaces them.",
                     fmt::join(ranking.inferred, ", "));
}

std::vector<std::string> reasons_of(const Ranked& ranked) {
  const std::string value =
      ranked.exact ? fmt::format("{} ({})", shown(*ranked.exact), to_string(ranked.level()))
                   : "undefined";
  std::vector<std::string> reasons = {fmt::format("overall risk {}, rank {}", value, ranked.rank)};
  for (std::size_t i = 0; i < kLayers; ++i) {
    const LayerValue& layer = ranked.layers[i];
    if (!layer.value) continue;
    reasons.push_back(
        fmt::format("{} {}: {}", to_string(static_cast<Layer>(i)), *layer.value, layer.why));
  }
  return reasons;
}

nlohmann::json to_json(const Ranking& ranking, const Register& tests) {
  using nlohmann::json;
  const auto or_null = [](const auto& value) { return value ? json(*value) : json(); };
  json listed = json::array();
  for (const Ranked& one : ranking.tests) {
    json layers;
    for (std::size_t i = 0; i < kLayers; ++i) {
      layers[std::string(to_string(static_cast<Layer>(i)))] = or_null(one.layers[i].value);
    }
    listed.push_back({{"rank", one.rank},
                      {"id", tests.tests[one.test].id},
                      {"title", tests.tests[one.test].title},
                      {"overall", or_null(one.overall())},
                      {"exact", or_null(one.exact)},
                      {"level", to_string(one.level())},
                      {"layers", layers},
                      {"probability", one.probability}});
  }
  return {{"schema", 1},
          {"aggregate", to_string(ranking.aggregate)},
          {"notes", tests.notes},
          {"inferred", ranking.inferred},
          {"tests", listed}};
}

}  // namespace noderig::risk
