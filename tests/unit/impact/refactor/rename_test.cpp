#include "refactor_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <impact/refactor/rename.h>
#include <noderig/framework/errors.h>

namespace noderig::impact {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Outcome rename_method(const std::map<std::string, std::string>& files, const std::string& method,
                      const std::string& to) {
  const MethodName name = parse_method_name(method);
  return refactored(files, {name.name, to},
                    [&](const CodeView& code) { return plan_rename(code, name, to); });
}

std::vector<std::string> rename_refusals(const std::string& text) {
  return codes(rename_method({{"a.cpp", text}}, "Base::get", "value").plan.refusals);
}

TEST(Rename, RenamesOverridersAndCallers) {
  const Outcome outcome = rename_method({{"base.h", R"(#pragma once
struct Base {
  virtual int get() const = 0;
  int twice() const { return 2 * get(); }
};
)"},
                                         {"leaf.cpp", R"(#include "base.h"
struct Leaf : Base {
  int get() const override;
};
int Leaf::get() const { return 3; }
struct Other { int get() { return 1; } };
int use(const Leaf& leaf) { return leaf.get() + leaf.Base::twice() + Other().get(); }
// get() is what it says.
)"}},
                                        "Base::get", "value");
  EXPECT_THAT(codes(outcome.plan.refusals), IsEmpty());
  EXPECT_EQ(outcome.files.at("leaf.cpp"), R"(#include "base.h"
struct Leaf : Base {
  int value() const override;
};
int Leaf::value() const { return 3; }
struct Other { int get() { return 1; } };
int use(const Leaf& leaf) { return leaf.value() + leaf.Base::twice() + Other().get(); }
// get() is what it says.
)");
  EXPECT_THAT(outcome.files.at("base.h"), HasSubstr("return 2 * value();"));
  EXPECT_THAT(codes(outcome.plan.warnings), ElementsAre("mention"));
}

TEST(Rename, IsRefusedInTemplates) {
  EXPECT_THAT(rename_refusals("struct Base { int get() { return 1; } };\n"
                              "template <class T> int call(T& one) { return one.get(); }\n"
                              "int use(Base& base) { return call(base); }"),
              ElementsAre("template"));
}

TEST(Rename, IsRefusedWhereTheNameIsTaken) {
  EXPECT_THAT(rename_refusals("struct Base { int get() { return 1; } };\n"
                              "struct Leaf : Base { int value; };"),
              ElementsAre("same-name"));
}

TEST(Rename, IsRefusedInMacros) {
  EXPECT_THAT(rename_refusals("struct Base { int get() { return 1; } };\n"
                              "#define GET(x) x.get()\n"
                              "int use(Base& base) { return GET(base); }"),
              ElementsAre("macro"));
}

TEST(Rename, IsRefusedWhereOneNameStandsForOthersToo) {
  EXPECT_THAT(
      codes(rename_method({{"a.cpp",
                            "struct Base { int get() { return 1; } int get(int) { return 2; } };\n"
                            "struct Leaf : Base { using Base::get; };"}},
                          "Base::get()", "value")
                .plan.refusals),
      ElementsAre("shared-name"));
}

TEST(Rename, IsRefusedWhereAnotherCallWouldMeanIt) {
  EXPECT_THAT(
      rename_refusals("int value() { return 0; }\n"
                      "struct Base { int get() { return 1; } int use() { return value(); } };"),
      ElementsAre("call-resolves-differently"));
}

TEST(Rename, TakesNamesOnly) {
  EXPECT_THROW(
      rename_method({{"a.cpp", "struct Base { int get() { return 1; } };"}}, "Base::get", "a b"),
      UsageError);
}

}  // namespace
}  // namespace noderig::impact
