#pragma once

#include "parallelogram.h"

namespace drawtool {

class Rectangle : public Parallelogram {
 public:
  Rectangle(int base, int height) : Parallelogram(base, height) {}

  int calculateArea() const override { return base * height; }
};

}  // namespace drawtool
