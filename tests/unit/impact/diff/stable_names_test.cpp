// Lambdas of variables are numbered through the whole file: one more changes nothing of the others.
#include "edited_project.h"

#include <gmock/gmock.h>

namespace noderig::impact {
namespace {

using ::testing::UnorderedElementsAre;

// What comes of one lambda more in front of all others of the file.
std::vector<std::string> changes_by_one_more(const std::string& code) {
  const EditedProject project{{"a.cpp", "// here\n" + code}};
  project.edit("a.cpp", "// here", "int (*more)(int) = [](int x) { return x; };");
  return project.changes();
}

auto only_one_more() {
  return UnorderedElementsAre("AM lambda 1 in more");
}

TEST(StableNames, AreThoseOfMethodsWhateverTheirQualifiers) {
  EXPECT_THAT(changes_by_one_more(R"(
template <class F> int twice(F f) { return 2 * f(1); }
struct S {
  int plain() { return twice([](int x) { return x + 1; }); }
  int constant() const { return twice([](int x) { return x + 2; }); }
  int last() volatile { return twice([](int x) { return x + 3; }); }
  int lvalue() & { return twice([](int x) { return x + 4; }); }
  int rvalue() && { return twice([](int x) { return x + 5; }); }
};
int S_user(S s, volatile S v) {
  const S& c = s;
  return s.plain() + c.constant() + v.last() + s.lvalue() + S().rvalue();
}
int (*variable)(int) = [](int x) { return x + 6; };
)"),
              only_one_more());
}

TEST(StableNames, AreThoseBehindParametersThatAreFunctions) {
  EXPECT_THAT(changes_by_one_more(R"(
int g() { return 1; }
template <class F> int both(int (*h)(), F f) { return h() + f(1); }
int variable = both(g, [](int x) { return x + 1; });
int second = both(g, [](int x) { return x + 2; });
)"),
              only_one_more());
}

TEST(StableNames, AreThoseOfNamespaces) {
  EXPECT_THAT(changes_by_one_more(R"(
template <class F> int twice(F f) { return 2 * f(1); }
namespace n {
namespace { int hidden = twice([](int x) { return x + 1; }); }
int shown = twice([](int x) { return x + 2; }) + hidden;
}
)"),
              only_one_more());
}

TEST(StableNames, AreThoseOfMoreThanTen) {
  std::string code = "template <class F> int twice(F f) { return 2 * f(1); }\n";
  for (int i = 0; i < 12; ++i) {
    const std::string number = std::to_string(i);
    code += "int v" + number + " = twice([](int x) { return x + " + number + "; });\n";
  }
  EXPECT_THAT(changes_by_one_more(code), only_one_more());
}

TEST(StableNames, AreThoseOfLambdasInLambdas) {
  EXPECT_THAT(changes_by_one_more(R"(
template <class F> int twice(F f) { return 2 * f(1); }
int variable = twice([](int x) { return x + twice([](int y) { return y + 1; }); });
int second = twice([](int x) { return x + twice([](int y) { return y + 2; }); });
)"),
              only_one_more());
}

TEST(StableNames, TellInstancesOfOneTemplateApart) {
  const EditedProject project{{"a.cpp", R"(
template <class T, class F> T twice(T x, F f) { return f(x) + f(x); }
int whole = twice(1, [](auto x) { return x + 1; });
double real = twice(1.0, [](auto x) { return x + 2; });
)"}};
  project.edit("a.cpp", "x + 2", "x + 3");
  EXPECT_THAT(project.changes(), UnorderedElementsAre("CM lambda 1 in real"));
}

}  // namespace
}  // namespace noderig::impact
