// The overall risk of each test, and the order that follows from it. Pure functions; any thread.
#pragma once

#include "layers.h"
#include "scale.h"

#include <nlohmann/json.hpp>

namespace noderig::risk {

enum class Aggregate {
  Numeric,  // the mean of the defined layers
  Highest,  // the greatest of them
  Classic,  // business logic alone
};
Aggregate aggregate_of(const std::string& name);  // throws UsageError
std::string_view to_string(Aggregate aggregate);

struct Ranked {
  std::size_t test = 0;  // index into the register
  int rank = 0;          // from 1
  Layers layers{};
  std::optional<double> exact{};  // nothing: all layers are undefined
  double probability = 0;         // that it fails when run now

  std::optional<int> overall() const { return exact ? std::optional(shown(*exact)) : std::nullopt; }
  Level level() const { return level_of(exact); }
};

struct Ranking {
  Aggregate aggregate = Aggregate::Numeric;
  Matrix business = business_matrix();  // that likelihood and impact were read from
  std::vector<std::string> inferred{};  // what values come from that the method does not give
  ProjectRates rates{};
  std::vector<Ranked> tests{};  // by rank
};

std::optional<double> overall(const Layers& layers, Aggregate aggregate);

// By unrounded risk, the greatest first and undefined last; equal ones by probability, then as
// they stand in the register.
Ranking rank(const Register& tests, const Config& config, Aggregate aggregate,
             const ProbabilityModel& model = {});

// What of the values is inferred, as a sentence; empty when nothing is.
std::string inferred_text(const Ranking& ranking);

// Why a test stands where it does: its risk, and each layer that is defined.
std::vector<std::string> reasons_of(const Ranked& ranked);

nlohmann::json to_json(const Ranking& ranking, const Register& tests);

}  // namespace noderig::risk
