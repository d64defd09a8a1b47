#include "refactor_fixture.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace noderig::impact {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What refuses to pull Leaf::get up into Base.
std::vector<std::string> refusals(const std::string& text) {
  return codes(pull_up({{"a.cpp", text}}, "Leaf::get", "Base").plan.refusals);
}

// Base and Leaf with nothing but these members.
std::string classes(const std::string& in_base, const std::string& in_leaf) {
  return "struct Base {\n" + in_base + "\n};\nstruct Leaf : Base {\n" + in_leaf + "\n};\n";
}

TEST(PullUpRefuses, NothingWithoutReason) {
  EXPECT_THAT(refusals(classes("int n = 1;", "int get() { return n; }")), IsEmpty());
}

TEST(PullUpRefuses, WhatDoesNotParse) {
  const Plan plan =
      pull_up({{"a.cpp", classes("", "int get() { return 1; }")}, {"b.cpp", "int broken( {}\n"}},
              "Leaf::get", "Base")
          .plan;
  EXPECT_THAT(codes(plan.refusals), ElementsAre("parse-error"));
  EXPECT_EQ(plan.refusals.front().file, "/project/b.cpp");
  EXPECT_EQ(plan.refusals.front().line, 1u);
}

TEST(PullUpRefuses, OncePerPlaceHoweverManyFilesSeeIt) {
  const std::string get = classes("int n = 1;", "int get() { return n; }");
  const std::map<std::string, std::string> broken{{"a.h", "#pragma once\nint broken = ;\n"},
                                                  {"a.cpp", "#include \"a.h\"\n" + get},
                                                  {"b.cpp", "#include \"a.h\"\n"}};
  EXPECT_EQ(pull_up(broken, "Leaf::get", "Base").plan.refusals.size(), 1u);
  const std::map<std::string, std::string> called{
      {"a.h", "#pragma once\ninline int get() { return 0; }\n" + get +
                  "struct Other : Base { int use() { return get(); } };\n"},
      {"a.cpp", "#include \"a.h\"\n"},
      {"b.cpp", "#include \"a.h\"\n"}};
  const Plan plan = pull_up(called, "Leaf::get", "Base").plan;
  EXPECT_THAT(codes(plan.refusals), ElementsAre("call-resolves-differently"));
  EXPECT_EQ(plan.refusals.size(), 1u);
}

TEST(PullUpRefuses, ATargetThatIsNoBase) {
  EXPECT_THAT(refusals("struct Base {}; struct Leaf { int get() { return 1; } };"),
              ElementsAre("not-a-base"));
  EXPECT_THAT(
      codes(pull_up({{"a.cpp", classes("", "int get() { return 1; }")}}, "Leaf::get", "Leaf")
                .plan.refusals),
      ElementsAre("not-a-base"));
}

TEST(PullUpRefuses, ATargetThatIsReachedTwice) {
  EXPECT_THAT(refusals("struct Base {}; struct A : Base {}; struct B : Base {};"
                       "struct Leaf : A, B { int get() { return 1; } };"),
              ElementsAre("diamond"));
  EXPECT_THAT(refusals("struct Base {}; struct Leaf : virtual Base { int get() { return 1; } };"),
              ElementsAre("diamond"));
  EXPECT_THAT(refusals("struct Base {}; struct Leaf : Base { int get() { return 1; } };"
                       "struct Other : Base {}; struct Both : Leaf, Other {};"),
              ElementsAre("diamond"));
}

TEST(PullUpRefuses, AnInaccessibleBase) {
  EXPECT_THAT(refusals("struct Base {}; struct Leaf : private Base { int get() { return 1; } };"),
              ElementsAre("inaccessible-base"));
}

TEST(PullUpRefuses, AClassThatIsNotTheProjectsOwn) {
  const std::string leaf = "struct Leaf : Base { int get() { return 1; } };\n";
  EXPECT_THAT(codes(pull_up({{"../outside/base.h", "struct Base {};\n"},
                             {"a.cpp", "#include \"../outside/base.h\"\n" + leaf}},
                            "Leaf::get", "Base")
                        .plan.refusals),
              ElementsAre("system-file"));
  EXPECT_THAT(codes(pull_up({{"build/base.h", "struct Base {};\n"},
                             {"a.cpp", "#include \"build/base.h\"\n" + leaf}},
                            "Leaf::get", "Base")
                        .plan.refusals),
              ElementsAre("generated-file"));
}

TEST(PullUpRefuses, ClassTemplates) {
  const std::map<std::string, std::string> files{
      {"a.cpp",
       "template <class T> struct Base { T n; };\n"
       "struct Leaf : Base<int> { int get() { return n; } };\n"}};
  EXPECT_THAT(codes(pull_up(files, "Leaf::get", "Base<int>").plan.refusals),
              ElementsAre("template"));
}

TEST(PullUpRefuses, WhatHasNoBody) {
  EXPECT_THAT(refusals(classes("", "int get();")), ElementsAre("no-body"));
  EXPECT_THAT(refusals(classes("", "int get() = delete;")), ElementsAre("no-body"));
  EXPECT_THAT(refusals(classes("virtual ~Base();", "virtual int get() = 0;")),
              ElementsAre("no-body"));
}

TEST(PullUpRefuses, SpecialMembers) {
  const auto refused = [](const std::string& member, const std::string& name) {
    return codes(
        pull_up({{"a.cpp", classes("int n;", member)}}, "Leaf::" + name, "Base").plan.refusals);
  };
  EXPECT_THAT(refused("Leaf() {}", "Leaf"), ElementsAre("constructor"));
  EXPECT_THAT(refused("~Leaf() {}", "~Leaf"), Contains("destructor"));
  EXPECT_THAT(refused("Leaf& operator=(int) { n = 1; return *this; }", "operator="),
              Contains("assignment"));
  EXPECT_THAT(refused("operator int() { return n; }", "operator int"), ElementsAre("conversion"));
}

TEST(PullUpRefuses, Friends) {
  EXPECT_THAT(refusals(classes("", "int get();") +
                       "class Other { friend int Leaf::get(); int secret = 1; };\n"
                       "int Leaf::get() { return Other().secret; }"),
              ElementsAre("friend"));
}

TEST(PullUpRefuses, Templates) {
  EXPECT_THAT(refusals(classes("", "template <class T> T get() { return 1; }")),
              ElementsAre("template"));
  EXPECT_THAT(refusals(classes("", "template <class T> T get() { return 1; }") +
                       "template <> int Leaf::get<int>() { return 2; }"),
              ElementsAre("template", "specialisation"));
}

TEST(PullUpRefuses, WhatTheNextConfigurationMayNotHave) {
  EXPECT_THAT(refusals(classes("", "#if 1\nint get() { return 1; }\n#endif")),
              ElementsAre("conditional"));
  EXPECT_THAT(refusals(classes("", "int get() {\n#ifdef X\nreturn 2;\n#endif\nreturn 1; }")),
              ElementsAre("conditional"));
  // An include guard is no such condition.
  EXPECT_THAT(codes(pull_up({{"a.h", "#ifndef A_H\n#define A_H\n" +
                                         classes("", "int get() { return 1; }") + "#endif\n"},
                             {"a.cpp", "#include \"a.h\"\n"}},
                            "Leaf::get", "Base")
                        .plan.refusals),
              IsEmpty());
}

TEST(PullUpRefuses, WhatAMacroWrites) {
  EXPECT_THAT(refusals("#define GET int get() { return 1; }\n" + classes("", "GET")),
              ElementsAre("macro"));
  EXPECT_THAT(refusals("#define TYPE int\n" + classes("", "TYPE get() { return 1; }")),
              ElementsAre("macro"));
  // Of the class itself, or of a sibling's.
  const std::string begin = "#define BEGIN(name) struct name : Base {\n";
  const std::string leaf = "struct Leaf : Base { int get() { return 1; } };\n";
  EXPECT_THAT(refusals(begin + "struct Base {};\nBEGIN(Leaf) int get() { return 1; } };"),
              ElementsAre("macro"));
  EXPECT_THAT(
      refusals(begin + "struct Base {};\n" + leaf + "BEGIN(Other) int get() { return 1; } };"),
      ElementsAre("macro"));
  EXPECT_THAT(refusals("#define BASE struct Base { int n = 1; };\nBASE\n"
                       "struct Leaf : Base { int get() { return n; } };"),
              ElementsAre("macro"));
}

TEST(PullUpRefuses, WhatIsThereAlready) {
  EXPECT_THAT(refusals(classes("int get() { return 2; }", "int get() { return 1; }")),
              ElementsAre("same-signature"));
  // Of a virtual one it is not told as well that others would find it: they do.
  EXPECT_THAT(refusals(classes("virtual int get() { return 2; }", "int get() { return 1; }") +
                       "struct Other : Base {};"),
              ElementsAre("same-signature"));
  EXPECT_THAT(refusals(classes("int get(int) { return 2; }", "int get() { return 1; }")),
              ElementsAre("same-name"));
  EXPECT_THAT(refusals("struct Base {}; struct Middle : Base { int get(int) { return 2; } };"
                       "struct Leaf : Middle { int get() { return 1; } };"),
              ElementsAre("same-name"));
  EXPECT_THAT(refusals("struct Base {}; struct Middle : Base { int get() { return 2; } };"
                       "struct Leaf : Middle { int get() { return 1; } };"),
              ElementsAre("same-name"));
}

TEST(PullUpRefuses, WhatTheBaseCannotSee) {
  EXPECT_THAT(refusals(classes("", "int get() { return n; } int n = 1;")),
              ElementsAre("not-visible"));
  EXPECT_THAT(refusals(classes("", "Leaf* get() { return this; }")), ElementsAre("not-visible"));
  EXPECT_THAT(refusals(classes("", "using Number = int; Number get() { return 1; }")),
              ElementsAre("not-visible"));
  EXPECT_THAT(refusals("struct Base {}; inline int later() { return 1; }\n"
                       "struct Leaf : Base { int get() { return later(); } };"),
              ElementsAre("not-visible"));
}

TEST(PullUpRefuses, WhatAsksForTheClassItself) {
  EXPECT_THAT(refusals(classes("", "int get() { return sizeof(*this); }")),
              Contains("sizeof-this"));
  EXPECT_THAT(refusals(classes("", "int get() { return sizeof(Leaf); }")), Contains("sizeof-this"));
  for (const char* operand : {"*this", "Leaf"}) {
    EXPECT_THAT(refusals(fmt::format(
                    "namespace std {{ class type_info {{ public: int n() const; }}; }}{}",
                    classes("", fmt::format("int get() {{ return typeid({}).n(); }}", operand)))),
                Contains("typeid-this"));
  }
  EXPECT_THAT(refusals(classes("", "const char* get() { return __func__; }")),
              ElementsAre("function-name"));
}

TEST(PullUpRefuses, StaticLocals) {
  EXPECT_THAT(refusals(classes("", "int get() { static int n = 0; return ++n; }")),
              ElementsAre("static-local"));
}

TEST(PullUpRefuses, SiblingsThatDiffer) {
  EXPECT_THAT(refusals(classes("int n = 1;", "int get() { return n; }") +
                       "struct Other : Base { int get() { return n + 1; } };"),
              ElementsAre("sibling-differs"));
  // Alike as written, but not as resolved.
  EXPECT_THAT(refusals("struct Base {}; int pick(long); \n"
                       "struct Leaf : Base { int get() { return pick(1); } };\n"
                       "int pick(int);\n"
                       "struct Other : Base { int get() { return pick(1); } };"),
              Contains("sibling-differs"));
  EXPECT_THAT(refusals(classes("", "int get() { return 1; }") +
                       "struct Other : Base { static int get() { return 1; } };"),
              ElementsAre("sibling-differs"));
  EXPECT_THAT(refusals(classes("virtual ~Base();", "virtual int get() { return 1; }") +
                       "struct Other : Base { int get() { return 1; } };"),
              ElementsAre("sibling-differs"));
  EXPECT_THAT(
      refusals(classes("", "int get() { return 1; }") + "struct Other : Base { int get(); };"),
      ElementsAre("sibling-differs"));
}

TEST(PullUpRefuses, SiblingsThatCannotBeTakenAway) {
  const auto with = [](const std::string& sibling) {
    return refusals(classes("", "int get() { return 1; }") + "struct Other : Base {\n" + sibling +
                    "\n};");
  };
  EXPECT_THAT(with("#if 1\nint get() { return 1; }\n#endif"), ElementsAre("conditional"));
  EXPECT_THAT(with("int get() { return 1; }\nint get(int) { return 2; }"),
              ElementsAre("same-name"));
}

TEST(PullUpRefuses, ToLetOthersInherit) {
  const std::string text =
      "struct Root { virtual int get() { return 0; } };\n"
      "struct Base : Root { protected: Base() = default; };\n"
      "struct Leaf : Base { int get() override { return 1; } };\n"
      "struct Other : Base {};\n";
  const Plan plan = pull_up({{"a.cpp", text}}, "Leaf::get", "Base").plan;
  EXPECT_THAT(codes(plan.refusals), ElementsAre("inherits"));
  EXPECT_EQ(plan.refusals.size(), 2u);  // Base and Other
  const Plan allowed =
      pull_up({{"a.cpp", text}}, "Leaf::get", "Base", {.allow_inheriting = true}).plan;
  EXPECT_THAT(codes(allowed.refusals), IsEmpty());
  EXPECT_THAT(codes(allowed.warnings), ElementsAre("inherits"));
}

TEST(PullUpRefuses, AFirstVirtual) {
  EXPECT_THAT(refusals(classes("", "virtual int get() { return 1; }")),
              ElementsAre("first-virtual"));
}

TEST(PullUpRefuses, FinalMethods) {
  EXPECT_THAT(refusals(classes("virtual int get() = 0;", "int get() final { return 1; }")),
              Contains("final"));
}

TEST(PullUpRefuses, ToMakeAnAbstractClassConcrete) {
  EXPECT_THAT(refusals(classes("virtual int get() = 0;", "int get() override { return 1; }")),
              ElementsAre("becomes-concrete"));
  EXPECT_THAT(refusals(classes("virtual int get() = 0;\nvirtual int other() = 0;",
                               "int get() override { return 1; }")),
              IsEmpty());
}

TEST(PullUpRefuses, WhatOverridesAnotherBasesVirtual) {
  EXPECT_THAT(refusals("struct Base { virtual ~Base(); }; struct Side { virtual int get() = 0; };"
                       "struct Leaf : Base, Side { int get() override { return 1; } };"),
              Contains("overrides-elsewhere"));
}

TEST(PullUpRefuses, ANameThatMeansSomethingElseThere) {
  const std::string text =
      "inline int pick(long) { return 1; }\n"
      "namespace n { inline int pick(long) { return 2; } }\n"
      "struct Base {};\n"
      "namespace n { struct Leaf : Base { int get() { return pick(1L); } }; }\n";
  EXPECT_THAT(codes(pull_up({{"a.cpp", text}}, "n::Leaf::get", "Base").plan.refusals),
              ElementsAre("resolves-differently"));
}

TEST(PullUpRefuses, ToChangeWhatOthersCall) {
  // Other::use() would find the method that it inherits then.
  EXPECT_THAT(
      refusals("int get() { return 0; }\n" + classes("int n = 1;", "int get() { return n; }") +
               "struct Other : Base { int use() { return get(); } };"),
      ElementsAre("call-resolves-differently"));
  // A pointer to member changes its type.
  EXPECT_THAT(
      refusals(classes("int n = 1;", "int get() { return n; }") + "auto pointer = &Leaf::get;"),
      ElementsAre("call-resolves-differently"));
}

TEST(PullUpRefuses, WhatDoesNotCompileThere) {
  EXPECT_THAT(refusals("class Other { friend struct Leaf; int secret = 1; };\n" +
                       classes("", "int get() { return Other().secret; }")),
              ElementsAre("does-not-compile"));
}

}  // namespace
}  // namespace noderig::impact
