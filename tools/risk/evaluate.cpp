#include "evaluate.h"

#include "learner.h"
#include "live.h"
#include "replay_history.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <algorithm>
#include <random>

namespace noderig::risk {
namespace {

constexpr std::size_t kResamples = 10'000;
constexpr std::size_t kDecay = 2;  // of the decision model: 0.9
static_assert(kDecays[kDecay] == 0.9);

using Orders = std::map<std::string, Order>;

Orders orders_of(const Cycle& cycle, const ReplayHistory& history, const Learner& learner) {
  const auto order_by = [&](const auto& score) {
    std::vector<double> scores;
    for (const CycleRow& row : cycle.rows) scores.push_back(score(row));
    return by_score(scores);
  };
  const auto past = [&](const CycleRow& row) -> const NameHistory& { return history.of(row.name); };
  const std::vector<double> risk = learner.score(history, cycle);
  Orders orders;
  orders["risk"] = by_score(risk);
  orders["risk-live"] = live_order(history, cycle, risk);
  orders["listed"] = order_by([](const CycleRow&) { return 0.0; });
  orders["last-failed"] = order_by([&](const CycleRow& row) { return past(row).failed_before; });
  orders["failure-rate"] = order_by([&](const CycleRow& row) {
    const NameHistory& name = past(row);
    return name.cycles == 0 ? 0.0 : static_cast<double>(name.failed_cycles) / name.cycles;
  });
  orders["decayed"] = order_by(
      [&](const CycleRow& row) { return history.probability(row.name, Reading::Any, kDecay); });
  orders["optimal"] = order_by([](const CycleRow& row) { return row.failed; });
  return orders;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

void add_means(Evaluation& evaluation) {
  for (const std::string& name : order_names()) {
    Means& means = evaluation.orders[name];
    for (const EvaluatedCycle& cycle : evaluation.cycles) {
      const Metrics& one = cycle.orders.at(name);
      means.napfd_failing += one.napfd / static_cast<double>(evaluation.cycles.size());
      if (!cycle.evaluated) continue;
      const auto count = static_cast<double>(evaluation.evaluated);
      means.metrics.apfd += one.apfd / count;
      means.metrics.apfdc += one.apfdc / count;
      means.metrics.napfd += one.napfd / count;
      means.metrics.recall += one.recall / count;
      means.metrics.first_failure += one.first_failure / count;
    }
  }
}

Paired paired(const Evaluation& evaluation, const std::string& other, bool apfd) {
  std::vector<double> differences;
  for (const EvaluatedCycle& cycle : evaluation.cycles) {
    if (apfd && !cycle.evaluated) continue;
    const Metrics& a = cycle.orders.at("risk");
    const Metrics& b = cycle.orders.at(other);
    differences.push_back(apfd ? a.apfd - b.apfd : a.napfd - b.napfd);
  }
  const auto [low, high] = bootstrap_interval(differences);
  return {"risk", other, apfd ? "apfd" : "napfd_failing", mean(differences), low, high};
}

}  // namespace

const std::vector<std::string>& order_names() {
  static const std::vector<std::string> names = {
      "risk", "risk-live", "listed", "last-failed", "failure-rate", "decayed", "optimal"};
  return names;
}

std::pair<double, double> bootstrap_interval(const std::vector<double>& differences) {
  if (differences.empty()) return {0, 0};
  std::mt19937_64 random(1);
  std::vector<double> means(kResamples);
  for (double& one : means) {
    double sum = 0;
    for (std::size_t i = 0; i < differences.size(); ++i) {
      sum += differences[random() % differences.size()];
    }
    one = sum / static_cast<double>(differences.size());
  }
  std::ranges::sort(means);
  return {means[250], means[9750]};
}

Evaluation evaluate(const Cycles& cycles, const EvaluateOptions& options) {
  Evaluation evaluation{.from_cycle = options.from_cycle,
                        .to_cycle = options.to_cycle.value_or(cycles.cycles.back().number),
                        .budget = options.budget};
  ReplayHistory history(cycles.names.size());
  Learner learner;
  for (const Cycle& cycle : cycles.cycles) {
    if (cycle.number > evaluation.to_cycle) break;
    const std::size_t failures = cycle.failures();
    if (cycle.number >= evaluation.from_cycle) {
      for (const CycleRow& row : cycle.rows) {
        evaluation.predictions.push_back(
            {history.probability(row.name, Reading::Any, kDecay), row.failed});
      }
      if (failures > 0) {
        EvaluatedCycle result{.cycle = cycle.number,
                              .tests = cycle.rows.size(),
                              .failures = failures,
                              .evaluated = cycle.rows.size() >= kFewestRows};
        for (const auto& [name, order] : orders_of(cycle, history, learner)) {
          result.orders[name] = measure(cycle, order, options.budget);
        }
        evaluation.evaluated += result.evaluated ? 1 : 0;
        evaluation.cycles.push_back(std::move(result));
      }
    }
    learner.learn(history, cycle);
    history.learn(cycle);
  }
  if (evaluation.evaluated == 0) {
    throw UsageError(fmt::format(
        "cycles {} to {}: none has at least one failure and {} rows, which an evaluation needs",
        evaluation.from_cycle, evaluation.to_cycle, kFewestRows));
  }
  add_means(evaluation);
  for (const bool apfd : {true, false}) {
    for (const std::string& other : order_names()) {
      if (other != "risk") evaluation.paired.push_back(paired(evaluation, other, apfd));
    }
  }
  return evaluation;
}

nlohmann::json to_json(const Evaluation& evaluation) {
  using nlohmann::json;
  json orders = json::array();
  for (const std::string& name : order_names()) {
    const Means& means = evaluation.orders.at(name);
    orders.push_back({{"order", name},
                      {"apfd", means.metrics.apfd},
                      {"apfdc", means.metrics.apfdc},
                      {"napfd", means.metrics.napfd},
                      {"napfd_failing", means.napfd_failing},
                      {"recall", means.metrics.recall},
                      {"first_failure", means.metrics.first_failure}});
  }
  json paired = json::array();
  for (const Paired& one : evaluation.paired) {
    paired.push_back({{"a", one.a},
                      {"b", one.b},
                      {"metric", one.metric},
                      {"mean", one.mean},
                      {"low", one.low},
                      {"high", one.high}});
  }
  json cycles = json::array();
  for (const EvaluatedCycle& cycle : evaluation.cycles) {
    if (!cycle.evaluated) continue;
    json apfd;
    for (const auto& [name, metrics] : cycle.orders) apfd[name] = metrics.apfd;
    cycles.push_back({{"cycle", cycle.cycle},
                      {"tests", cycle.tests},
                      {"failures", cycle.failures},
                      {"apfd", apfd}});
  }
  return {{"schema", 1},
          {"from_cycle", evaluation.from_cycle},
          {"to_cycle", evaluation.to_cycle},
          {"evaluated", evaluation.evaluated},
          {"failing", evaluation.cycles.size()},
          {"budget", evaluation.budget},
          {"orders", orders},
          {"paired", paired},
          {"cycles", cycles}};
}

}  // namespace noderig::risk
