// A risk matrix: five rows (how often) by five columns (how bad), each cell a value of the scale,
// falling towards the last row and the last column. Value types; any thread.
#pragma once

#include <array>
#include <string>

namespace noderig::risk {

inline constexpr std::size_t kSteps = 5;  // of every axis, 0 the worst

using Axis = std::array<std::string, kSteps>;

struct Matrix {
  std::string name;
  Axis rows;
  Axis columns;
  std::array<std::array<int, kSteps>, kSteps> cells;

  int at(std::size_t row, std::size_t column) const { return cells.at(row).at(column); }
};

// Throws UsageError, naming the cell, when a value is not on the scale or is greater than the one
// before it in its row or column.
void check(const Matrix& matrix);

// Likelihood by impact. One cell (possible, serious) is the method's own, the others are inferred.
const Matrix& business_matrix();
// Failure frequency by mean defect severity, as the method gives it.
const Matrix& history_matrix();

}  // namespace noderig::risk
