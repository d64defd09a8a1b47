// AM, DM and CM: a function's body is what the compiler makes of it.
#include "edited_project.h"

#include <gmock/gmock.h>

namespace noderig::impact {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

TEST(FunctionChanges, ABodyAloneIsACM) {
  const EditedProject project{{"a.cpp", "int f() { return 1; }\nint g() { return 1; }\n"}};
  project.edit("a.cpp", "g() { return 1", "g() { return 2");
  EXPECT_THAT(project.changes(), ElementsAre("CM g()"));
}

TEST(FunctionChanges, CommentsAndLayoutAreNone) {
  const EditedProject project{{"a.cpp", "int f(int number) { return number; }\n"}};
  project.edit("a.cpp", "int f(int number) { return number; }",
               "// What it does.\n\nint f(int value)\n{\n  return value;\n}");
  EXPECT_THAT(project.changes(), IsEmpty());
}

TEST(FunctionChanges, AddedAndDeletedOnesAreAMAndDM) {
  const EditedProject project{{"a.cpp", "int f() { return 1; }\n"}};
  project.edit("a.cpp", "int f()", "int g(int x)");
  EXPECT_THAT(project.changes(), UnorderedElementsAre("AM g(int)", "DM f()"));
}

TEST(FunctionChanges, ANewOverloadReResolvesAnUneditedCall) {
  const EditedProject project{{"include/a.h", "inline int f(double) { return 1; }\n"},
                              {"a.cpp", "#include <a.h>\nint caller() { return f(1); }\n"}};
  project.write("include/a.h",
                "inline int f(double) { return 1; }\ninline int f(int) { return 2; }\n");
  EXPECT_THAT(project.changes(), UnorderedElementsAre("AM f(int)", "CM caller()"));
}

TEST(FunctionChanges, ACallerNeedsTheFunctionItNewlyCalls) {
  const EditedProject project{{"a.cpp", "int f() { return 1; }\n"}};
  project.write("a.cpp", "int g() { return 1; }\nint f() { return g(); }\n");
  const Diff diff = project.diff();
  ASSERT_NE(diff.find("CM f()"), nullptr);
  EXPECT_THAT(diff.find("CM f()")->depends_on, ElementsAre("AM g()"));
}

TEST(FunctionChanges, NoneNeedsItselfOrWhatItCalledBefore) {
  const EditedProject project{{"a.cpp", "int known(); int f() { return known(); }\n"}};
  project.write("a.cpp",
                "int known() { return 1; }\nint f() { return known() + 1; }\n"
                "int g(int x) { return x > 0 ? g(x - 1) : 0; }\n"
                "struct S { S(); int x; };\nS::S() : x(1) {}\n");
  const Diff diff = project.diff();
  ASSERT_NE(diff.find("AM g(int)"), nullptr);
  EXPECT_THAT(diff.find("AM g(int)")->depends_on, IsEmpty());
  ASSERT_NE(diff.find("CM f()"), nullptr);
  EXPECT_THAT(diff.find("CM f()")->depends_on, IsEmpty());
  // One constructor is two functions, of which one may call the other.
  ASSERT_NE(diff.find("AM S::S()"), nullptr);
  EXPECT_THAT(diff.find("AM S::S()")->depends_on, ElementsAre("AC S"));
}

TEST(FunctionChanges, AnotherSpellingOfItsTypesIsNone) {
  const EditedProject project{{"a.cpp", "using Number = int;\nint f(Number x) { return x; }\n"}};
  project.edit("a.cpp", "f(Number x)", "f(int x)");
  EXPECT_THAT(project.changes(), IsEmpty());
}

TEST(FunctionChanges, AnotherSpellingSelectsByAllInstances) {
  const EditedProject project{
      {"a.cpp",
       "using Number = int;\ntemplate <class T> T f(T x, Number n) {\n"
       "  if constexpr (sizeof(T) == 8) return x + n;\n  else return x;\n}\n"
       "int a() { return f(1, 2); }\nlong b() { return f(1L, 2); }\n"}};
  project.edit("a.cpp", "Number n) {", "int n) {");
  project.edit("a.cpp", "x + n", "x - n");
  const Diff diff = project.diff();
  ASSERT_NE(diff.find("DM f(T, Number)"), nullptr);
  EXPECT_THAT(diff.find("DM f(T, Number)")->old_symbols, SizeIs(2));
}

TEST(FunctionChanges, AnotherLinkageIsAnotherFunction) {
  const EditedProject project{{"a.cpp", "int f() { return 1; }\n"}};
  project.edit("a.cpp", "int f()", "extern \"C\" int f()");
  const Diff diff = project.diff();
  ASSERT_EQ(diff.changes.size(), 1U);
  EXPECT_EQ(diff.changes[0].id, "CM f()");
  EXPECT_THAT(diff.changes[0].old_symbols, ElementsAre(symbol_id("_Z1fv")));
  EXPECT_THAT(diff.changes[0].new_symbols, ElementsAre(symbol_id("f")));
}

TEST(FunctionChanges, ADefaultArgumentIsPartOfItsCallers) {
  const EditedProject project{{"include/a.h", "int f(int x = 1);\n"},
                              {"a.cpp",
                               "#include <a.h>\nint f(int x) { return x; }\n"
                               "int uses() { return f(); }\nint gives() { return f(1); }\n"}};
  project.edit("include/a.h", "x = 1", "x = 2");
  EXPECT_THAT(project.changes(), ElementsAre("CM uses()"));
}

TEST(FunctionChanges, MacrosEnumeratorsAndConstantsArePartOfTheirUsers) {
  const EditedProject project{
      {"include/a.h", "#define MACRO 1\nenum Colour { kRed = 1 };\nconstexpr int kLimit = 1;\n"},
      {"a.cpp",
       "#include <a.h>\nint macro() { return MACRO; }\nint colour() { return kRed; }\n"
       "int limit() { return kLimit; }\nint other() { return 1; }\n"}};
  project.edit("include/a.h", "MACRO 1", "MACRO 2");
  EXPECT_THAT(project.changes(), ElementsAre("CM macro()"));
  project.edit("include/a.h", "kRed = 1", "kRed = 2");
  EXPECT_THAT(project.changes(), ElementsAre("CM macro()", "CM colour()"));
  project.edit("include/a.h", "kLimit = 1", "kLimit = 2");
  EXPECT_THAT(project.changes(), ElementsAre("CM macro()", "CM colour()", "CM limit()"));
}

TEST(FunctionChanges, AConstexprFunctionIsPartOfWhatItIsEvaluatedIn) {
  const EditedProject project{{"a.cpp",
                               "constexpr int f() { return 1; }\n"
                               "int user() { constexpr int x = f(); return x; }\n"}};
  project.edit("a.cpp", "f() { return 1", "f() { return 2");
  EXPECT_THAT(project.changes(), UnorderedElementsAre("CM f()", "CM user()"));
}

TEST(FunctionChanges, ATemplateIsOneChangeForAllItsInstances) {
  const EditedProject project{
      {"include/a.h", "template <class T> T twice(T x) { return x + x; }\n"},
      {"a.cpp", "#include <a.h>\nint f() { return twice(1) + (int)twice(2.0); }\n"}};
  project.edit("include/a.h", "x + x", "x * 2");
  const Diff diff = project.diff();
  ASSERT_EQ(diff.changes.size(), 1U);
  EXPECT_EQ(diff.changes[0].id, "CM twice(T)");
  EXPECT_EQ(diff.changes[0].file, "include/a.h");
  EXPECT_EQ(diff.changes[0].old_symbols.size(), 2U);
}

TEST(FunctionChanges, ASpecialisationTakesCallsFromTheTemplate) {
  const EditedProject project{{"a.cpp",
                               "template <class T> T f(T x) { return x; }\n"
                               "int user() { return f(1); }\n"}};
  project.edit("a.cpp", "int user()", "template <> int f(int x) { return x + 1; }\nint user()");
  const Diff diff = project.diff();
  // The instance's name stays; its code is the specialisation's.
  ASSERT_NE(diff.find("AM f<int>(int)"), nullptr);
  EXPECT_EQ(diff.find("AM f<int>(int)")->old_symbols.size(), 1U);
}

TEST(FunctionChanges, AnInlineFunctionNobodyUsesIsStillListed) {
  const EditedProject project{{"include/a.h",
                               "inline int unused() { return 1; }\n"
                               "template <class T> T f(T x) { return x; }\n"},
                              {"a.cpp", "#include <a.h>\n"}};
  project.edit("include/a.h", "return 1", "return 2");
  project.edit("include/a.h", "return x", "return x + x");
  EXPECT_THAT(project.changes(), ElementsAre("CM unused()", "CM f(T)"));
}

TEST(FunctionChanges, ALambdaHasItsFunctionsName) {
  const EditedProject project{
      {"a.cpp", "int f() { auto add = [](int x) { return x + 1; }; return add(1); }\n"}};
  project.edit("a.cpp", "x + 1", "x + 2");
  EXPECT_THAT(project.changes(), ElementsAre("CM lambda 1 in f()"));
}

TEST(FunctionChanges, ANewLambdaLeavesThoseOfOtherFunctionsAlone) {
  const EditedProject project{
      {"a.cpp",
       "template <class F> int twice(F f) { return 2 * f(1); }\n"
       "int f() { return 1; }\n"
       "struct S { int g() { return twice([](int x) { return x + 1; }); } };\n"
       "int g() { return twice([](int x) { return x + 2; }) + S().g(); }\n"}};
  project.edit("a.cpp", "f() { return 1;", "f() { return twice([](int x) { return x; });");
  EXPECT_THAT(project.changes(), UnorderedElementsAre("AM lambda 1 in f()", "CM f()"));
}

TEST(FunctionChanges, ANewLambdaLeavesThoseOfVariablesAlone) {
  const EditedProject project{
      {"a.cpp",
       "template <class F> struct Call { F f; int now() { return f(1); } };\n"
       "template <class F> Call<F> call(F f) { return {f}; }\n"
       "int g() { return 1; }\n"
       "namespace {\n"
       "int f() { return call([](int x) { return x; }).now(); }\n"
       "auto first = call([](int x) { return x + 1; });\n"
       "int (*table[])(int) = {[](int x) { return x + 2; }, [](int x) { return x + 3; }};\n"
       "}\n"
       "struct S { static int size; };\n"
       "int S::size = [](int x) { return x + 4; }(g());\n"
       "int use() { return f() + first.now() + table[0](1) + S::size; }\n"}};
  project.edit("a.cpp", "int g() { return 1;", "int g() { return [] { return 1; }();");
  EXPECT_THAT(project.changes(), UnorderedElementsAre("AM lambda 1 in g()", "CM g()"));
  project.edit("a.cpp", "x + 3", "x + 5");
  project.edit("a.cpp", "x + 4", "x + 6");
  EXPECT_THAT(project.changes(),
              UnorderedElementsAre("AM lambda 1 in g()", "CM g()",
                                   "CM lambda 2 in (anonymous namespace)::table [a.cpp]",
                                   "CM lambda 1 in S::size"));
  // Profiles know them by the numbers that they have in their version.
  const Diff diff = project.diff();
  EXPECT_THAT(diff.find("CM lambda 1 in S::size")->old_symbols, SizeIs(1));
  EXPECT_NE(diff.find("CM lambda 1 in S::size")->old_symbols,
            diff.find("CM lambda 1 in S::size")->new_symbols);
}

TEST(FunctionChanges, ANewLambdaAmongThoseOfAVariableIsAChangeOfIt) {
  const EditedProject project{
      {"a.cpp",
       "int (*table[])(int) = {[](int x) { return x + 1; }, [](int x) { return x + 2; }};\n"}};
  project.edit("a.cpp", "{[]", "{[](int x) { return x; }, []");
  EXPECT_THAT(project.changes(),
              UnorderedElementsAre("CM lambda 1 in table", "CM lambda 2 in table",
                                   "AM lambda 3 in table", "CSFI table"));
}

TEST(FunctionChanges, InternalFunctionsAreToldApartByFile) {
  const EditedProject project{{"a.cpp", "static int f() { return 1; }\nint a() { return f(); }\n"},
                              {"b.cpp", "static int f() { return 1; }\nint b() { return f(); }\n"}};
  project.edit("b.cpp", "return 1", "return 2");
  EXPECT_THAT(project.changes(), ElementsAre("CM f() [b.cpp]"));
}

TEST(FunctionChanges, EachCommandOfAFileCounts) {
  EditedProject project{{"a.cpp",
                         "#ifdef FAST\nint f() { return 1; }\n#else\nint f() { return 2; }\n"
                         "#endif\n"}};
  project.compile("a.cpp", "-DFAST");
  project.edit("a.cpp", "return 1", "return 3");
  EXPECT_THAT(project.changes(), ElementsAre("CM f()"));
}

TEST(FunctionChanges, ABlankLineMovesNoAssertion) {
  const EditedProject project{{"a.cpp",
                               "#include <assert.h>\nvoid f(int x) { assert(x > 0); }\n"
                               "int line() { return __LINE__; }\n"}};
  project.edit("a.cpp", "void f", "\n\nvoid f");
  // What computes with its line is another program.
  EXPECT_THAT(project.changes(), ElementsAre("CM line()"));
}

TEST(FunctionChanges, ABlankLineMovesNoSourceLocationOfAnAssertion) {
  const EditedProject project{{"a.cpp",
                               "#include <source_location>\nusing Place = std::source_location;\n"
                               "void assertion_fail(const Place& place = Place::current());\n"
                               "void note(Place place = Place::current());\n"
                               "void f(int x) { if (x == 1) assertion_fail(Place::current()); }\n"
                               "void g(int x) { if (x == 1) assertion_fail(); }\n"
                               "void h() { note(); }\nvoid i() { note(Place::current()); }\n"
                               "unsigned j() { return Place::current().line(); }\n"}};
  project.edit("a.cpp", "void f", "\n\nvoid f");
  // What else is told its place may compute with it.
  EXPECT_THAT(project.changes(), ElementsAre("CM h()", "CM i()", "CM j()"));
  project.edit("a.cpp", "if (x == 1) assertion_fail(Place", "if (x == 2) assertion_fail(Place");
  EXPECT_THAT(project.changes(), ElementsAre("CM f(int)", "CM h()", "CM i()", "CM j()"));
}

TEST(FunctionChanges, ABlankLineMovesNoLogMessage) {
  const EditedProject project{
      {"a.cpp",
       "#include <source_location>\n"
       "using Place = std::source_location;\n"
       "void LogPrintFormatInternal(Place&& place, const char* text);\n"
       "void f(int x) { if (x) LogPrintFormatInternal(Place::current(), \"text\"); }\n"
       "unsigned line() { return Place::current().line(); }\n"}};
  project.edit("a.cpp", "void f", "\n\nvoid f");
  EXPECT_THAT(project.changes(), ElementsAre("CM line()"));
  project.edit("a.cpp", "\"text\"", "\"other\"");
  EXPECT_THAT(project.changes(), UnorderedElementsAre("CM f(int)", "CM line()"));
}

TEST(FunctionChanges, ABlankLineMovesNoMock) {
  const EditedProject project{
      {"a.cpp",
       "namespace testing::internal {\ntemplate <class F> struct MockSpec { void "
       "InternalExpectedAt(const char* file, int line); };\n}\n"
       "#define EXPECT(s) s.InternalExpectedAt(__FILE__, __LINE__)\n"
       "#define NAMED(a, line) a##line\n#define FIELD(line) int NAMED(gmock01_f_, line)\n\n"
       "struct Mock { FIELD(__LINE__); };\n"
       "void f(testing::internal::MockSpec<int(int)> spec) { EXPECT(spec); }\n"}};
  project.edit("a.cpp", "struct Mock", "\n\nstruct Mock");
  EXPECT_THAT(project.changes(), IsEmpty());
}

TEST(FunctionChanges, TheSameFileInAnotherPlaceHasTheSameNames) {
  const EditedProject project{{"a.cpp", "const char* f() { return __FILE__; }\n"}};
  project.write("b.txt", "");
  EXPECT_THAT(project.diff({"b.txt"}).changes, IsEmpty());
}

TEST(FunctionChanges, AFieldBehindDoesNotChangeWhatUsesTheOthers) {
  const EditedProject project{
      {"a.cpp",
       "struct Point { int x; int y; };\nint get(const Point& p) { return p.y; }\n"
       "unsigned long size() { return sizeof(Point); }\n"}};
  project.edit("a.cpp", "int y;", "int y; int z;");
  EXPECT_THAT(project.changes(), UnorderedElementsAre("AF Point::z", "CM size()"));
  project.edit("a.cpp", "int x;", "int w; int x;");
  EXPECT_THAT(project.changes(), Contains("CM get(const Point &)"));
}

}  // namespace
}  // namespace noderig::impact
