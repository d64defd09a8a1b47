// Functions of one name in several programs, on an example of two.
#include "impact_fixture.h"

namespace noderig {
namespace {

using nlohmann::json;
using testing::ElementsAre;

class ImpactPrograms : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    project_ = new ImpactProject("programs");
    recorded_ = project_->impact({"record"});
  }
  static void TearDownTestSuite() {
    delete project_;
    project_ = nullptr;
  }
  void SetUp() override { ASSERT_EQ(recorded_.status, 0) << recorded_.out << recorded_.err; }
  void TearDown() override { project_->restore(); }

  static std::vector<std::string> selected() {
    const json selection = project_->json_of({"select"});
    EXPECT_EQ(selection.at("everything"), false) << selection.at("reasons");
    auto ids = selection.at("selected").get<std::vector<std::string>>();
    std::ranges::sort(ids);
    return ids;
  }

  static inline ImpactProject* project_ = nullptr;
  static inline CommandResult recorded_{};
};

TEST_F(ImpactPrograms, AreToldApartInWhatTheyCallMain) {
  project_->edit("one.cpp", "return RUN_ALL_TESTS();", "return RUN_ALL_TESTS() == 0 ? 0 : 2;");
  EXPECT_THAT(selected(), ElementsAre("gtest:one/Counter.Counts"));
}

TEST_F(ImpactPrograms, AreToldApartInHelpersAndTests) {
  project_->edit("one.cpp", "count(1)", "count(3)");
  project_->edit("two.cpp", "make(), 2", "make(), 1 + 1 + 0 * make()");
  EXPECT_THAT(selected(), ElementsAre("gtest:one/Counter.Counts", "gtest:two/Counter.Counts"));
  project_->restore();
  project_->edit("two.cpp", "make(), 2", "make(), 1 + 1 + 0 * make()");
  EXPECT_THAT(selected(), ElementsAre("gtest:two/Counter.Counts"));
}

TEST_F(ImpactPrograms, ShareTheirLibrary) {
  project_->edit("counter.cpp", "number + 1", "1 + number");
  EXPECT_THAT(selected(), ElementsAre("gtest:one/Counter.Counts", "gtest:two/Counter.Counts"));
}

TEST_F(ImpactPrograms, HaveVariablesOfTheirOwnAtStartUp) {
  project_->edit("one.cpp", "int make()", "int started = count(7);\n\nint make()");
  EXPECT_THAT(selected(), ElementsAre("gtest:one/Counter.Counts"));
}

TEST_F(ImpactPrograms, KeepATestThatAnotherOneLoses) {
  project_->edit("one.cpp", "TEST(Counter, Counts)", "TEST(Counter, More)");
  EXPECT_THAT(selected(), ElementsAre("gtest:one/Counter.More"));
  EXPECT_EQ(project_->json_of({"select"}).at("total_tests"), 2);
}

}  // namespace
}  // namespace noderig
