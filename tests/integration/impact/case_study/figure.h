#pragma once

namespace drawtool {

class Figure {
 public:
  virtual ~Figure() = default;
  virtual int calculateArea() const = 0;
};

}  // namespace drawtool
