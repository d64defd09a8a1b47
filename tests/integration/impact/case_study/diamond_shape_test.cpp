#include "diamond_shape.h"
#include "rectangle.h"

#include <gtest/gtest.h>

TEST(DiamondShapeTest, CalculateArea) {
  const drawtool::DiamondShape diamond(3, 4);
  const drawtool::Figure& figure = diamond;
  EXPECT_EQ(figure.calculateArea(), 12);
}
