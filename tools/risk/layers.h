// The five layers of a test's risk, each with the inputs and the formula it came from. Pure
// functions; any thread.
#pragma once

#include "config.h"
#include "probability.h"

namespace noderig::risk {

struct LayerValue {
  std::optional<int> value{};        // nothing: undefined
  std::string why{};                 // inputs and formula, one line
  std::optional<std::size_t> row{};  // of the layer's matrix, where it has one
  std::optional<std::size_t> column{};
};

using Layers = std::array<LayerValue, kLayers>;

// What all tests of the register share.
struct Project {
  double median_complexity = 0;
  const std::map<std::string, int>* keywords = nullptr;
};
Project project_of(const Register& tests, const Config& config);

LayerValue business_layer(const TestCase& test, const Project& project, const Config& config);
LayerValue history_layer(const TestCase& test, const Evidence& evidence, const Config& config);
LayerValue scope_layer(const TestCase& test, const Config& config);
LayerValue allocation_layer(const TestCase& test, const Config& config);
LayerValue coverage_layer(const TestCase& test, const Config& config);

// All five; a value that is set by hand stands instead of the computed one.
Layers layers_of(const TestCase& test, const Evidence& evidence, const Project& project,
                 const Config& config);

}  // namespace noderig::risk
