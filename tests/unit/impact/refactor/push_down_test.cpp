#include "refactor_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <impact/refactor/push_down.h>

namespace noderig::impact {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Outcome push_down(const std::string& text, const std::string& method,
                  const std::vector<std::string>& targets = {}) {
  const MethodName name = parse_method_name(method);
  return refactored({{"a.cpp", text}}, {name.name},
                    [&](const CodeView& code) { return plan_push_down(code, name, targets); });
}

std::vector<std::string> push_down_refusals(const std::string& text,
                                            const std::vector<std::string>& targets = {}) {
  return codes(push_down(text, "Base::get", targets).plan.refusals);
}

TEST(PushDown, MovesTheMethodIntoEveryClassBelow) {
  const Outcome outcome = push_down(R"(struct Base {
  // How many.
  int get() const;
  int n = 1;
};
int Base::get() const { return n; }
struct Left : Base {};
struct Right : Base {
  int other();
};
int use(const Left& left, const Right& right) { return left.get() + right.get(); }
)",
                                    "Base::get");
  EXPECT_THAT(codes(outcome.plan.refusals), Contains("does-not-compile"))
      << "its definition stands before the classes";
  const Outcome in_order = push_down(R"(struct Base {
  // How many.
  int get() const { return n; }
  int n = 1;
};
struct Left : Base {
};
struct Right : Base {
  int other();
};
int use(const Left& left, const Right& right) { return left.get() + right.get(); }
)",
                                     "Base::get");
  EXPECT_THAT(codes(in_order.plan.refusals), IsEmpty());
  EXPECT_EQ(in_order.files.at("a.cpp"), R"(struct Base {
  int n = 1;
};
struct Left : Base {
  // How many.
  int get() const { return n; }
};
struct Right : Base {
  int other();
  // How many.
  int get() const { return n; }
};
int use(const Left& left, const Right& right) { return left.get() + right.get(); }
)");
}

TEST(PushDown, ForeseesTheOverriders) {
  const Outcome outcome = push_down(R"(
struct Root { virtual int get() const = 0; };
struct Base : Root { int get() const override { return 1; } protected: Base() = default; };
struct Left : Base {};
int use(const Root& root) { return root.get(); }
)",
                                    "Base::get", {"Left"});
  EXPECT_THAT(codes(outcome.plan.refusals), IsEmpty());
  EXPECT_THAT(outcome.files.at("a.cpp"),
              HasSubstr("struct Left : Base {\n  int get() const override { return 1; }\n"));
}

TEST(PushDown, IsRefusedWhereAClassWouldLoseTheMethod) {
  const std::string text = R"(
struct Root { virtual int get() const = 0; };
struct Base : Root { int get() const override { return 1; } protected: Base() = default; };
struct Left : Base {};
struct Right : Base {};
)";
  EXPECT_THAT(push_down_refusals(text, {"Left"}), ElementsAre("loses"));
  EXPECT_THAT(push_down_refusals(text, {"Left", "Right"}), IsEmpty());
}

TEST(PushDown, IsRefusedWhereTheMethodIsUsedOnTheBase) {
  EXPECT_THAT(push_down_refusals("struct Base { int get() { return 1; } }; struct Left : Base {};"
                                 "int use(Base& base) { return base.get(); }"),
              ElementsAre("does-not-compile"));
}

TEST(PushDown, IsRefusedIntoWhatIsNotBelow) {
  const std::string base = "struct Base { int get() { return 1; } };";
  EXPECT_THAT(push_down_refusals(base), ElementsAre("no-subclass"));
  EXPECT_THAT(push_down_refusals(base + "struct Other {};", {"Other"}), ElementsAre("not-derived"));
  EXPECT_THAT(push_down_refusals(base + "struct Left : Base { int get; };"),
              ElementsAre("same-name"));
}

}  // namespace
}  // namespace noderig::impact
