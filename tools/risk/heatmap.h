// The heatmap: how many tests, and which, stand where in the business matrix, and which layer of
// each test is hot. As text, as JSON and for a page. Pure functions; any thread.
#pragma once

#include "rank.h"

namespace noderig::risk {

struct Heatmap {
  // Tests behind each cell, indices into the ranking, best rank first.
  std::array<std::array<std::vector<std::size_t>, kSteps>, kSteps> cells{};
  std::vector<std::size_t> undefined{};  // without likelihood or impact

  std::size_t count() const;  // in the cells
};

Heatmap heatmap_of(const Ranking& ranking);

// Counts alone, drawn from rows as they are given; 0 shows as "-".
std::string counts_text(const std::array<std::array<int, kSteps>, kSteps>& counts);

// `colour` adds terminal colours to what is legible without them.
std::string heatmap_text(const Heatmap& heatmap, const Ranking& ranking, const Register& tests,
                         bool colour);
nlohmann::json to_json(const Heatmap& heatmap, const Ranking& ranking, const Register& tests);

// A part of a page: the matrix and the table of tests by layers, undefined hatched.
std::string heatmap_html(const Heatmap& heatmap, const Ranking& ranking, const Register& tests);

}  // namespace noderig::risk
