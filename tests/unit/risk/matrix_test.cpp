#include <risk/matrix.h>
#include <risk/scale.h>

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>

namespace noderig::risk {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

using Cells = std::array<std::array<int, kSteps>, kSteps>;

TEST(Scale, HasThreeLevelsWithAggregatesBetween) {
  EXPECT_EQ(level_of(8.0), Level::Low);
  EXPECT_EQ(level_of(8.01), Level::Medium);
  EXPECT_EQ(level_of(143.99), Level::Medium);
  EXPECT_EQ(level_of(144.0), Level::High);
  EXPECT_EQ(level_of({}), Level::Undefined);
}

TEST(Scale, RoundsHalfUp) {
  EXPECT_EQ(shown(27.5), 28);
  EXPECT_EQ(shown(27.49), 27);
}

TEST(Matrix, IsTheMethodsForHistory) {
  EXPECT_EQ(history_matrix().cells, (Cells{{{987, 610, 233, 144, 13},
                                            {610, 377, 89, 55, 5},
                                            {377, 89, 55, 21, 3},
                                            {144, 34, 21, 5, 2},
                                            {55, 8, 5, 3, 1}}}));
}

TEST(Matrix, IsAsSpecifiedForBusinessLogic) {
  EXPECT_EQ(business_matrix().cells, (Cells{{{987, 610, 233, 144, 13},
                                             {610, 377, 89, 55, 5},
                                             {233, 89, 55, 21, 3},
                                             {144, 34, 21, 5, 2},
                                             {55, 8, 5, 3, 1}}}));
}

TEST(Matrix, DefaultsAreMonotone) {
  EXPECT_NO_THROW(check(business_matrix()));
  EXPECT_NO_THROW(check(history_matrix()));
}

TEST(Matrix, RefusesOneThatRisesAlongARow) {
  Matrix matrix = business_matrix();
  matrix.cells[2][1] = 377;
  EXPECT_THAT([&] { check(matrix); },
              ThrowsMessage<UsageError>(HasSubstr("not monotone: possible x major = 377")));
}

TEST(Matrix, RefusesOneThatRisesDownAColumn) {
  Matrix matrix = business_matrix();
  matrix.cells[4] = {610, 8, 5, 3, 1};
  EXPECT_THAT([&] { check(matrix); },
              ThrowsMessage<UsageError>(HasSubstr("rare x serious = 610 is above unlikely")));
}

TEST(Matrix, RefusesWhatIsNotOnTheScale) {
  Matrix matrix = business_matrix();
  matrix.cells[4][4] = 0;
  EXPECT_THAT([&] { check(matrix); },
              ThrowsMessage<UsageError>(HasSubstr("no value of the scale")));
}

}  // namespace
}  // namespace noderig::risk
