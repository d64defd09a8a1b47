#include "refactor_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <noderig/framework/errors.h>

namespace noderig::impact {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::ThrowsMessage;

// The program of the case study.
const std::map<std::string, std::string> kFigures{
    {"figure.h",
     R"(#pragma once
namespace draw {
class Figure {
 public:
  virtual ~Figure() = default;
  virtual int calculateArea() const = 0;
};
}  // namespace draw
)"},
    {"parallelogram.h",
     R"(#pragma once
#include "figure.h"
namespace draw {
class Parallelogram : public Figure {
 protected:
  Parallelogram(int base, int height) : base(base), height(height) {}
  int base;
  int height;
};
}  // namespace draw
)"},
    {"diamond.h",
     R"(#pragma once
#include "parallelogram.h"
namespace draw {
class DiamondShape : public Parallelogram {
 public:
  DiamondShape(int base, int height) : Parallelogram(base, height) {}

  // Both diagonals are known.
  int calculateArea() const override { return base * height; }
};
}  // namespace draw
)"},
    {"rectangle.h",
     R"(#pragma once
#include "parallelogram.h"
namespace draw {
class Rectangle : public Parallelogram {
 public:
  Rectangle(int base, int height) : Parallelogram(base, height) {}
  int calculateArea() const override { return this->base * (this->height); }
};
}  // namespace draw
)"},
    {"use.cpp",
     R"(#include "diamond.h"
#include "rectangle.h"
int area(const draw::Figure& figure) { return figure.calculateArea(); }
int direct(const draw::DiamondShape& diamond) { return diamond.calculateArea(); }
int qualified(const draw::Rectangle& one) { return one.Rectangle::calculateArea(); }
)"},
};

TEST(PullUp, MovesTheMethodAndItsIdenticalSibling) {
  const Outcome outcome =
      pull_up(kFigures, "draw::DiamondShape::calculateArea", "draw::Parallelogram");
  EXPECT_THAT(codes(outcome.plan.refusals), IsEmpty());
  EXPECT_EQ(outcome.files.at("parallelogram.h"), R"(#pragma once
#include "figure.h"
namespace draw {
class Parallelogram : public Figure {
 protected:
  Parallelogram(int base, int height) : base(base), height(height) {}
  int base;
  int height;

 public:
  // Both diagonals are known.
  int calculateArea() const override { return base * height; }
};
}  // namespace draw
)");
  EXPECT_EQ(outcome.files.at("diamond.h"), R"(#pragma once
#include "parallelogram.h"
namespace draw {
class DiamondShape : public Parallelogram {
 public:
  DiamondShape(int base, int height) : Parallelogram(base, height) {}
};
}  // namespace draw
)");
  EXPECT_THAT(outcome.files.at("rectangle.h"), Not(HasSubstr("calculateArea")));
  EXPECT_THAT(codes(outcome.plan.warnings), IsEmpty());
}

TEST(PullUp, WarnsOfASiblingsCommentThatIsLost) {
  const auto warned = [](const std::string& comment) {
    return codes(pull_up({{"a.cpp",
                           "struct Base { int n = 1; };\n"
                           "struct Leaf : Base {\n  // Some.\n  int get() { return n; }\n};\n"
                           "struct Other : Base {\n  " +
                               comment + "\n  int get() { return n; }\n};\n"}},
                         "Leaf::get", "Base")
                     .plan.warnings);
  };
  EXPECT_THAT(warned("// Others."), ElementsAre("comment-dropped"));
  EXPECT_THAT(warned("// Some."), IsEmpty());
  EXPECT_THAT(warned(""), IsEmpty());
}

TEST(PullUp, TakesASiblingsDefinitionAwayWhereverItIs) {
  const Outcome outcome = pull_up({{"a.cpp",
                                    "struct Base { int n = 1; };\n"
                                    "struct Leaf : Base { int get() { return n; } };\n"
                                    "struct Other : Base { int get(); };\n"
                                    "int Other::get() { return n; }\n"}},
                                  "Leaf::get", "Base");
  EXPECT_THAT(codes(outcome.plan.refusals), IsEmpty());
  EXPECT_THAT(outcome.files.at("a.cpp"), Not(HasSubstr("Other::get")));
}

TEST(PullUp, IsAsOpenAsTheMostOpenOfThem) {
  const Outcome outcome = pull_up({{"a.cpp", R"(
class Base {
 public:
  int n = 1;
};
class Leaf : public Base {
  int get() { return n; }
};
class Other : public Base {
 public:
  int get() { return n; }
};
int use(Other& other) { return other.get(); }
)"}},
                                  "Leaf::get", "Base");
  EXPECT_THAT(codes(outcome.plan.refusals), IsEmpty());
  EXPECT_THAT(outcome.files.at("a.cpp"), HasSubstr(" public:\n  int get() { return n; }\n"));
}

TEST(PullUp, KeepsTheAccessOfThePureOneThatItReplaces) {
  const Outcome outcome = pull_up({{"a.cpp", R"(
class Base {
 protected:
  Base() = default;
  virtual int get() const = 0;
};
class Leaf : public Base {
 public:
  int get() const override { return 1; }
};
)"}},
                                  "Leaf::get", "Base");
  EXPECT_THAT(codes(outcome.plan.refusals), IsEmpty());
  EXPECT_THAT(codes(outcome.plan.warnings), ElementsAre("access"));
}

TEST(PullUp, MovesDefinitionsBetweenFiles) {
  const Outcome outcome = pull_up({{"base.h", R"(#pragma once
class Base {
 public:
  virtual ~Base();
  virtual int size() const = 0;
  int width() const;

 protected:
  Base() = default;
};
)"},
                                   {"base.cpp", R"(#include "base.h"

Base::~Base() = default;

int Base::width() const { return 2; }
)"},
                                   {"math.h", "int twice(int);\n"},
                                   {"leaf.h", R"(#include "base.h"
class Leaf : public Base {
 public:
  // What it takes up.
  int size() const override;
};
)"},
                                   {"leaf.cpp", R"(#include "leaf.h"
#include "math.h"

// Twice the width.
int Leaf::size() const {
  return twice(width());
}
)"}},
                                  "Leaf::size", "Base");
  EXPECT_THAT(codes(outcome.plan.refusals), IsEmpty());
  EXPECT_EQ(outcome.files.at("base.cpp"), R"(#include "base.h"
#include "math.h"

Base::~Base() = default;

int Base::width() const { return 2; }

// Twice the width.
int Base::size() const {
  return twice(width());
}
)");
  EXPECT_EQ(outcome.files.at("leaf.cpp"), R"(#include "leaf.h"
#include "math.h"
)");
  // It implements the pure virtual: its own `virtual`, no `override`.
  EXPECT_THAT(outcome.files.at("base.h"),
              HasSubstr("  // What it takes up.\n  virtual int size() const;\n"));
  EXPECT_THAT(outcome.files.at("base.h"), Not(HasSubstr("= 0")));
  EXPECT_THAT(outcome.files.at("leaf.h"), Not(HasSubstr("size")));
}

TEST(PullUp, QualifiesADefinitionThatStaysInItsFile) {
  const Outcome outcome =
      pull_up({{"base.h", "#pragma once\nnamespace a { struct Base { int n = 1; }; }\n"},
               {"leaf.cpp", R"(#include "base.h"
namespace a {
struct Leaf : Base {
  int next();
};
int Leaf::next() { return n + 1; }
}
)"}},
              "a::Leaf::next", "a::Base");
  EXPECT_THAT(codes(outcome.plan.refusals), IsEmpty());
  EXPECT_THAT(outcome.files.at("leaf.cpp"), HasSubstr("\nint Base::next() { return n + 1; }\n"));
  EXPECT_THAT(outcome.files.at("base.h"), HasSubstr("int next();"));
}

TEST(PullUp, OpensTheTargetsNamespace) {
  const Outcome outcome =
      pull_up({{"base.h", "#pragma once\nnamespace a {\nstruct Base {\n  int n = 1;\n};\n}\n"},
               {"leaf.cpp", R"(#include "base.h"
namespace b {
struct Leaf : a::Base {
  int next();
};
int Leaf::next() { return n + 1; }
}
)"}},
              "b::Leaf::next", "a::Base");
  EXPECT_THAT(codes(outcome.plan.refusals), IsEmpty());
  EXPECT_THAT(
      outcome.files.at("leaf.cpp"),
      HasSubstr("\nnamespace a {\n\nint Base::next() { return n + 1; }\n\n}  // namespace a\n"));
}

TEST(PullUp, AddsTheIncludesOfAnInlineBody) {
  const Outcome outcome =
      pull_up({{"base.h", "#pragma once\nstruct Base {\n  int n = 1;\n};\n"},
               {"math.h", "#pragma once\ninline int twice(int i) { return 2 * i; }\n"},
               {"leaf.h", R"(#pragma once
#include "base.h"
#include "math.h"
struct Leaf : Base {
  int next() { return twice(n); }
};
)"},
               {"use.cpp", "#include \"leaf.h\"\nint use(Leaf& leaf) { return leaf.next(); }\n"}},
              "Leaf::next", "Base");
  EXPECT_THAT(codes(outcome.plan.refusals), IsEmpty());
  EXPECT_EQ(outcome.files.at("base.h"), R"(#pragma once
#include "math.h"
struct Base {
  int next() { return twice(n); }
  int n = 1;
};
)");
}

TEST(PullUp, KeepsLineEndings) {
  const Outcome outcome = pull_up(
      {{"base.h", "#pragma once\r\nstruct Base {\r\n  int n = 1;\r\n};\r\n"},
       {"leaf.cpp",
        "#include \"base.h\"\nstruct Leaf : Base {\n  int next() {\n    return n;\n  }\n};\n"}},
      "Leaf::next", "Base");
  EXPECT_THAT(codes(outcome.plan.refusals), IsEmpty());
  EXPECT_EQ(outcome.files.at("base.h"),
            "#pragma once\r\nstruct Base {\r\n  int next() {\r\n    return n;\r\n  }\r\n  int n = "
            "1;\r\n};\r\n");
}

TEST(PullUp, ChoosesAnOverloadByItsSignature) {
  const std::string text = R"(
struct Base { int n = 1; };
struct Leaf : Base {
  using Number = int;
  int get(int by) { return n + by; }
  int get(long by) { return n - static_cast<int>(by); }
};
)";
  EXPECT_THAT(
      [&] {
        pull_up({{"a.cpp", text}}, "Leaf::get", "Base");
      },
      ThrowsMessage<UsageError>(
          "Leaf::get is ambiguous; candidates: Leaf::get(int), Leaf::get(long)"));
  // The one that stays would hide the other.
  EXPECT_THAT(codes(pull_up({{"a.cpp", text}}, "Leaf::get(int)", "Base").plan.refusals),
              ElementsAre("same-name"));
}

TEST(PullUp, NamesWhatIsNotThere) {
  const std::map<std::string, std::string> files{
      {"a.cpp", "namespace n { struct Base {}; struct Leaf : Base { void run() {} }; }"}};
  EXPECT_THAT([&] { pull_up(files, "n::Leaf::rum", "n::Base"); },
              ThrowsMessage<UsageError>("n::Leaf has no method rum, did you mean \"run\"?"));
  EXPECT_THAT([&] { pull_up(files, "Leaf::run", "n::Base"); },
              ThrowsMessage<UsageError>("no class is named Leaf; there is n::Leaf"));
  EXPECT_THAT([&] { pull_up(files, "n::Leaf::run", "n::Bass"); },
              ThrowsMessage<UsageError>("no class is named n::Bass, did you mean \"n::Base\"?"));
}

TEST(PullUp, MovesAPrivateMethodIntoAProtectedSection) {
  const Outcome outcome = pull_up({{"a.cpp", R"(
class Base {
 protected:
  int n = 1;
};
class Leaf : public Base {
 public:
  int twice() { return 2 * once(); }

 private:
  int once() { return n; }
};
)"}},
                                  "Leaf::once", "Base");
  EXPECT_THAT(codes(outcome.plan.refusals), IsEmpty());
  EXPECT_THAT(codes(outcome.plan.warnings), ElementsAre("access"));
  EXPECT_THAT(outcome.files.at("a.cpp"),
              HasSubstr(" protected:\n  int once() { return n; }\n  int n = 1;\n"));
}

TEST(PullUp, CallsOfAVirtualThatTheBaseDeclaresMayMoveAlong) {
  const Outcome outcome = pull_up({{"a.cpp", R"(
struct Base {
  virtual int size() const = 0;
};
struct Leaf : Base {
  int size() const override { return 3; }
  int twice() const { return 2 * size(); }
};
)"}},
                                  "Leaf::twice", "Base");
  EXPECT_THAT(codes(outcome.plan.refusals), IsEmpty());
}

}  // namespace
}  // namespace noderig::impact
