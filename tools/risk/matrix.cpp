#include "matrix.h"

#include "scale.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>

namespace noderig::risk {

void check(const Matrix& matrix) {
  const auto place = [&](std::size_t row, std::size_t column) {
    return fmt::format("{} x {} = {}", matrix.rows[row], matrix.columns[column],
                       matrix.at(row, column));
  };
  for (std::size_t row = 0; row < kSteps; ++row) {
    for (std::size_t column = 0; column < kSteps; ++column) {
      const int value = matrix.at(row, column);
      if (!on_scale(value)) {
        throw UsageError(fmt::format("matrix \"{}\": {} is no value of the scale", matrix.name,
                                     place(row, column)));
      }
      const auto not_above = [&](std::size_t r, std::size_t c) {
        if (value <= matrix.at(r, c)) return;
        throw UsageError(fmt::format("matrix \"{}\" is not monotone: {} is above {}", matrix.name,
                                     place(row, column), place(r, c)));
      };
      if (row > 0) not_above(row - 1, column);
      if (column > 0) not_above(row, column - 1);
    }
  }
}

const Matrix& business_matrix() {
  static const Matrix matrix = {"business",
                                {"almost certain", "likely", "possible", "unlikely", "rare"},
                                {"serious", "major", "moderate", "minor", "insignificant"},
                                {{{987, 610, 233, 144, 13},
                                  {610, 377, 89, 55, 5},
                                  {233, 89, 55, 21, 3},
                                  {144, 34, 21, 5, 2},
                                  {55, 8, 5, 3, 1}}}};
  return matrix;
}

const Matrix& history_matrix() {
  static const Matrix matrix = {"history",
                                {"almost always", "often", "sometimes", "infrequent", "rare"},
                                {"crucial", "intense", "substantial", "significant", "mild"},
                                {{{987, 610, 233, 144, 13},
                                  {610, 377, 89, 55, 5},
                                  {377, 89, 55, 21, 3},
                                  {144, 34, 21, 5, 2},
                                  {55, 8, 5, 3, 1}}}};
  return matrix;
}

}  // namespace noderig::risk
