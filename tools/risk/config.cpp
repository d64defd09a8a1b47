#include "config.h"

#include "fields.h"
#include "scale.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <fstream>
#include <utility>

namespace noderig::risk {
namespace {

using nlohmann::json;

std::map<std::string, int> by_word(
    std::initializer_list<std::pair<int, std::vector<std::string>>> table) {
  std::map<std::string, int> words;
  for (const auto& [score, list] : table) {
    for (const std::string& word : list) words[word] = score;
  }
  return words;
}

void read_matrix(const json& cells, Matrix& matrix) {
  const std::string where = fmt::format("matrix \"{}\"", matrix.name);
  const auto is_row = [](const json& row) { return row.is_array() && row.size() == kSteps; };
  if (!is_row(cells) || !std::ranges::all_of(cells, is_row)) {
    throw UsageError(where + ": not five rows of five values");
  }
  for (std::size_t row = 0; row < kSteps; ++row) {
    for (std::size_t column = 0; column < kSteps; ++column) {
      const json& cell = cells[row][column];
      if (!cell.is_number_integer()) {
        throw UsageError(fmt::format("{}: {} x {} is {}, no whole number", where, matrix.rows[row],
                                     matrix.columns[column], cell.dump()));
      }
      const auto value = cell.get<std::int64_t>();
      if (!std::in_range<int>(value)) {
        throw UsageError(fmt::format("{}: {} x {} is {}, no value of the scale", where,
                                     matrix.rows[row], matrix.columns[column], cell.dump()));
      }
      matrix.cells[row][column] = static_cast<int>(value);
    }
  }
  check(matrix);
}

template <std::size_t N>
void read_bounds(const Fields& fields, const std::string& name, std::array<double, N>& bounds) {
  if (fields.find(name) == nullptr) return;
  const json& list = fields.array(name);
  if (list.size() != N) fields.fail(name, fmt::format("has {} values, not {}", list.size(), N));
  for (std::size_t i = 0; i < N; ++i) {
    if (!list[i].is_number()) fields.fail(name, "has a value that is no number");
    bounds[i] = list[i].template get<double>();
    if (i > 0 && bounds[i] <= bounds[i - 1]) {
      fields.fail(name,
                  fmt::format("does not ascend: {} comes after {}", bounds[i], bounds[i - 1]));
    }
  }
  if (bounds.front() < 0) fields.fail(name, fmt::format("begins with {}, below 0", bounds.front()));
}

bool read_switch(const Fields& fields, const std::string& name, bool otherwise) {
  if (fields.find(name) == nullptr) return otherwise;
  const std::string value = fields.text(name);
  if (value != "auto" && value != "manual") fields.fail(name, "is neither \"auto\" nor \"manual\"");
  return value == "auto";
}

void read_values(const Fields& fields, const std::string& name,
                 std::map<std::string, int>& values) {
  const json* given = fields.find(name);
  if (given == nullptr) return;
  std::vector<std::string> known;
  for (const auto& [key, value] : values) known.push_back(key);
  const Fields inner(*given, fields.where() + ": " + name, known);
  for (auto& [key, value] : values) {
    value = inner.integer(key, value);
    if (!on_scale(value)) inner.fail(key, fmt::format("is {}, no value of the scale", value));
  }
}

void read_keywords(const Fields& fields, const std::string& name,
                   std::map<std::string, int>& keywords) {
  const json* words = fields.find(name);
  if (words == nullptr) return;
  if (!words->is_object()) fields.fail(name, "is no object of words and scores");
  keywords.clear();
  for (const auto& [word, score] : words->items()) {
    if (word.empty() || !score.is_number_integer() || score < 1 || score > 10) {
      fields.fail(
          name, fmt::format("gives \"{}\" the score {}, not one from 1 to 10", word, score.dump()));
    }
    keywords[word] = score.get<int>();
  }
}

void read_phases(const Fields& fields, std::map<std::string, Costs>& phases) {
  const json* given = fields.find("phases");
  if (given == nullptr) return;
  if (!given->is_object()) fields.fail("phases", "is no object");
  phases.clear();
  for (const auto& [name, phase] : given->items()) {
    const std::string where = fmt::format("phase \"{}\"", name);
    const Fields inner(phase, where, {"c00", "c01", "c10", "c11"});
    const Costs costs{inner.number("c00", 0), inner.number("c01", 20), inner.number("c10", 2),
                      inner.number("c11", 5)};
    check(costs, where);
    phases[name] = costs;
  }
}

}  // namespace

const std::map<std::string, int>& register_keywords() {
  static const auto words =
      by_word({{10, {"api", "login"}},
               {9, {"payment", "credit card", "price", "discount"}},
               {8, {"performance", "checkout", "order"}},
               {7, {"gdpr", "policy"}},
               {6, {"role", "permission", "email", "e-mail", "accessibility", "create"}},
               {5, {"reflector", "calculate", "rules", "validate", "validation", "search"}},
               {4, {"select", "edit", "update", "save", "store", "priority", "customer"}},
               {2, {"export", "delete", "move", "copy"}}});
  return words;
}

const std::map<std::string, int>& node_keywords() {
  static const auto words = by_word({{10, {"consensus", "reorg", "chainstate", "utxo"}},
                                     {9, {"wallet", "key", "signature", "fee", "mempool"}},
                                     {8, {"p2p", "sync", "block", "snapshot"}},
                                     {6, {"descriptor", "permission"}},
                                     {5, {"rpc", "zmq"}},
                                     {4, {"index", "prune"}},
                                     {2, {"logging", "help"}}});
  return words;
}

void check(const Costs& costs, const std::string& whose) {
  for (const double cost : {costs.c00, costs.c01, costs.c10, costs.c11}) {
    if (!std::isfinite(cost)) throw UsageError(whose + ": a cost is no finite number");
  }
  if (!(costs.c01 > costs.c11)) {
    throw UsageError(
        fmt::format("{}: a missed defect must cost more than a found one, and C01 {} "
                    "is not above C11 {}",
                    whose, costs.c01, costs.c11));
  }
  if (!(costs.c10 >= costs.c00)) {
    throw UsageError(
        fmt::format("{}: running in vain cannot cost less than omitting: C10 {} is "
                    "below C00 {}",
                    whose, costs.c10, costs.c00));
  }
}

Config config_of(const json& json) {
  Config config;
  const Fields fields(
      json, "configuration",
      {"schema", "business", "history", "keywords", "node_keywords", "complexity_bounds",
       "failure_bins", "likelihood", "impact", "scope", "coverage", "phases"});
  if (const int schema = fields.integer("schema", 1); schema != 1) {
    fields.fail("schema", fmt::format("is {}, not 1", schema));
  }
  if (const auto* cells = fields.find("business")) read_matrix(*cells, config.business);
  if (const auto* cells = fields.find("history")) read_matrix(*cells, config.history);
  read_keywords(fields, "keywords", config.keywords);
  read_keywords(fields, "node_keywords", config.node_keywords);
  read_bounds(fields, "complexity_bounds", config.complexity_bounds);
  if (fields.find("failure_bins") != nullptr && fields.find("failure_bins")->is_string()) {
    const std::string set = fields.text("failure_bins");
    if (set == "fine")
      config.failure_bins = kFineBins;
    else if (set != "fifths")
      fields.fail("failure_bins", "is neither \"fifths\" nor \"fine\"");
  } else {
    read_bounds(fields, "failure_bins", config.failure_bins);
    if (config.failure_bins.back() > 1) {
      fields.fail("failure_bins",
                  fmt::format("has {}, no share from 0 to 1", config.failure_bins.back()));
    }
  }
  config.automatic_likelihood = read_switch(fields, "likelihood", true);
  config.automatic_impact = read_switch(fields, "impact", true);
  read_values(fields, "scope", config.scope);
  read_values(fields, "coverage", config.coverage);
  read_phases(fields, config.phases);
  const nlohmann::json defaults = to_json(Config());
  const nlohmann::json set = to_json(config);
  std::erase_if(config.inferred,
                [&](const std::string& name) { return set[name] != defaults[name]; });
  return config;
}

Config load_config(const std::filesystem::path& file) {
  if (std::filesystem::is_directory(file)) {
    throw EnvironmentError(fmt::format("cannot read {}: it is a directory", file.string()));
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) throw EnvironmentError(fmt::format("cannot read {}", file.string()));
  try {
    return config_of(parse_json(in));
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", file.string(), error.what()));
  }
}

json to_json(const Config& config) {
  json phases;
  for (const auto& [name, costs] : config.phases) {
    phases[name] = {{"c00", costs.c00}, {"c01", costs.c01}, {"c10", costs.c10}, {"c11", costs.c11}};
  }
  return {{"schema", 1},
          {"business", config.business.cells},
          {"history", config.history.cells},
          {"keywords", config.keywords},
          {"node_keywords", config.node_keywords},
          {"complexity_bounds", config.complexity_bounds},
          {"failure_bins", config.failure_bins},
          {"likelihood", config.automatic_likelihood ? "auto" : "manual"},
          {"impact", config.automatic_impact ? "auto" : "manual"},
          {"scope", config.scope},
          {"coverage", config.coverage},
          {"phases", phases}};
}

}  // namespace noderig::risk
