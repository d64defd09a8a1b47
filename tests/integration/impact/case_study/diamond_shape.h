#pragma once

#include "parallelogram.h"

namespace drawtool {

class DiamondShape : public Parallelogram {
 public:
  DiamondShape(int base, int height) : Parallelogram(base, height) {}

  int calculateArea() const override { return base * height; }
};

}  // namespace drawtool
