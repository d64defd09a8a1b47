#pragma once

#include "figure.h"

namespace drawtool {

class Parallelogram : public Figure {
 protected:
  Parallelogram(int base, int height) : base(base), height(height) {}

  int base;
  int height;
};

}  // namespace drawtool
