// The operating characteristic of the decision model: the share of failures that are run over the
// share of passing tests that are run in vain, as the threshold sweeps. Pure functions; any thread.
#pragma once

#include "config.h"
#include "evaluate.h"

namespace noderig::risk {

struct OperatingPoint {
  double threshold = 0;  // tests of at least this probability are run
  double false_runs = 0;
  double detected = 0;
};

struct Characteristic {
  std::vector<OperatingPoint> empirical{};    // from nothing run to all
  std::vector<OperatingPoint> theoretical{};  // if each probability were true
  std::map<std::string, OperatingPoint> phases{};
};

Characteristic characteristic_of(std::vector<Prediction> predictions,
                                 const std::map<std::string, Costs>& phases);

nlohmann::json to_json(const Characteristic& characteristic);
std::string characteristic_text(const Characteristic& characteristic);
std::string characteristic_html(const Characteristic& characteristic);

}  // namespace noderig::risk
