// The replay: how `risk` would have ordered cycles whose verdicts are known, beside baselines and
// the optimum. Pure functions of the data; any thread.
#pragma once

#include "metrics.h"

#include <map>
#include <nlohmann/json.hpp>
#include <optional>

namespace noderig::risk {

struct EvaluateOptions {
  int from_cycle = 1;  // cycles before it train only
  std::optional<int> to_cycle{};
  double budget = 0.5;  // share of a cycle's time
};

// Names of the orders, `risk` first.
const std::vector<std::string>& order_names();

struct EvaluatedCycle {
  int cycle = 0;
  std::size_t tests = 0;
  std::size_t failures = 0;
  bool evaluated = false;  // at least 6 rows; else it counts for napfd_failing alone
  std::map<std::string, Metrics> orders{};
};

struct Means {
  Metrics metrics{};         // over the evaluated cycles
  double napfd_failing = 0;  // over all failing cycles
};

// The mean difference of two orders with its bootstrap interval of 95 %.
struct Paired {
  std::string a;
  std::string b;
  std::string metric;
  double mean = 0;
  double low = 0;
  double high = 0;
};

// A row's probability and what came of it: what an operating characteristic is drawn from.
struct Prediction {
  double probability = 0;
  bool failed = false;
};

struct Evaluation {
  int from_cycle = 0;
  int to_cycle = 0;
  double budget = 0;
  std::size_t evaluated = 0;
  std::vector<EvaluatedCycle> cycles{};  // the failing ones
  std::map<std::string, Means> orders{};
  std::vector<Paired> paired{};
  std::vector<Prediction> predictions{};  // of the decision model, all rows of the range
};

// Throws UsageError when no cycle is in the range or none of them can be evaluated.
Evaluation evaluate(const Cycles& cycles, const EvaluateOptions& options);

// Of 10,000 resamples of the differences, elements 250 and 9750 of the sorted means; always the
// same for the same differences.
std::pair<double, double> bootstrap_interval(const std::vector<double>& differences);

nlohmann::json to_json(const Evaluation& evaluation);

}  // namespace noderig::risk
