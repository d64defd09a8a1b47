// AC, DC, AF, DF, CFI and CSFI.
#include "edited_project.h"

#include <gmock/gmock.h>

namespace noderig::impact {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

TEST(TypeChanges, ClassesEnumsAliasesAndConcepts) {
  const EditedProject project{{"a.cpp", "struct Old {};\n"}};
  project.write("a.cpp",
                "struct Class {};\nenum class Enum { kOne };\nusing Alias = int;\n"
                "template <class T> concept Small = sizeof(T) < 8;\n");
  EXPECT_THAT(project.changes(),
              UnorderedElementsAre("DC Old", "AC Class", "AC Enum", "AC Alias", "AC Small"));
}

TEST(TypeChanges, FieldsByNameTypeAndOrder) {
  const EditedProject project{{"a.cpp", "struct S { int a; int b; int c; };\n"}};
  project.write("a.cpp", "struct S { int a; long b; int d; };\n");
  EXPECT_THAT(project.changes(), UnorderedElementsAre("DF S::b", "AF S::b", "DF S::c", "AF S::d"));
  project.write("a.cpp", "struct S { int a; int c; int b; };\n");
  EXPECT_THAT(project.changes(), UnorderedElementsAre("DF S::b", "AF S::b", "DF S::c", "AF S::c"));
}

TEST(TypeChanges, AFieldThatBecomesStaticIsAnother) {
  const EditedProject project{{"a.cpp", "struct S { int a; int b; };\n"}};
  project.edit("a.cpp", "int b;", "static int b;");
  EXPECT_THAT(project.changes(), UnorderedElementsAre("DF S::b", "AF S::b"));
  project.commit();
  project.edit("a.cpp", "static int b;", "int b;");
  EXPECT_THAT(project.changes(), UnorderedElementsAre("DF S::b", "AF S::b"));
}

TEST(TypeChanges, AStaticConstantWithoutCodeIsACSFI) {
  const EditedProject project{{"a.cpp", "struct S { static constexpr int kLimit = 1; };\n"}};
  project.edit("a.cpp", "= 1", "= 2");
  EXPECT_THAT(project.changes(), ElementsAre("CSFI S::kLimit"));
}

TEST(TypeChanges, AnInstanceOfATemplateIsNoNewClass) {
  const EditedProject project{
      {"a.cpp",
       "template <class T> struct Box { virtual ~Box() {} };\nBox<int> one;\nint f() { return 1; "
       "}\n"}};
  project.edit("a.cpp", "int f() { return 1;", "int f() { Box<long> other; return 1;");
  EXPECT_THAT(project.changes(), Not(Contains(testing::StartsWith("AC "))));
}

TEST(TypeChanges, AMemberOfANewClassNeedsIt) {
  const EditedProject project{{"a.cpp", "\n"}};
  project.write("a.cpp",
                "struct S { int f() { return x; } int x; };\nint g() { return S().f(); }\n");
  const Diff diff = project.diff();
  ASSERT_NE(diff.find("AM S::f()"), nullptr);
  EXPECT_THAT(diff.find("AM S::f()")->depends_on, ElementsAre("AC S"));
  ASSERT_NE(diff.find("AF S::x"), nullptr);
  EXPECT_THAT(diff.find("AF S::x")->depends_on, ElementsAre("AC S"));
}

TEST(TypeChanges, AnInClassInitialiserIsPartOfConstructorsWithoutTheirOwn) {
  const EditedProject project{{"a.cpp",
                               "struct S { S() {} explicit S(int x) : a(x) {} int a = 1; };\n"
                               "int f() { return S().a + S(2).a; }\n"}};
  project.edit("a.cpp", "a = 1", "a = 3");
  const Diff diff = project.diff();
  ASSERT_EQ(diff.changes.size(), 2U);
  ASSERT_NE(diff.find("CFI S::a"), nullptr);
  ASSERT_NE(diff.find("CM S::S()"), nullptr);
  EXPECT_THAT(diff.find("CM S::S()")->depends_on, ElementsAre("CFI S::a"));
}

TEST(TypeChanges, AnInClassInitialiserOfAnImplicitConstructorSelectsByIt) {
  const EditedProject project{
      {"a.cpp",
       "struct Part { Part(int) {} ~Part() {} };\nstruct S { Part part = 1; };\n"
       "void f() { S s; }\n"}};
  project.edit("a.cpp", "part = 1", "part = 2");
  const Diff diff = project.diff();
  ASSERT_EQ(diff.changes.size(), 1U);
  EXPECT_EQ(diff.changes[0].id, "CFI S::part");
  EXPECT_THAT(diff.changes[0].old_symbols, Contains(symbol_id("_ZN1SC2Ev")));
}

TEST(TypeChanges, AVariablesInitialiserIsACSFI) {
  const EditedProject project{{"a.cpp",
                               "int make(); int plain = 1; int dynamic = make();\n"
                               "int f() { return plain + dynamic; }\n"}};
  project.edit("a.cpp", "plain = 1", "plain = 2");
  project.edit("a.cpp", "= make()", "= make() + 1");
  const Diff diff = project.diff();
  ASSERT_EQ(diff.changes.size(), 2U);
  ASSERT_NE(diff.find("CSFI plain"), nullptr);
  EXPECT_FALSE(diff.find("CSFI plain")->at_start_up);
  ASSERT_NE(diff.find("CSFI dynamic"), nullptr);
  EXPECT_TRUE(diff.find("CSFI dynamic")->at_start_up);
}

TEST(TypeChanges, ADynamicInitialiserRunsInAddedAndDeletedVariablesToo) {
  const EditedProject project{{"a.cpp", "int make();\nint first = make();\n"}};
  project.write("a.cpp", "int make();\nint second = make();\n");
  const Diff diff = project.diff();
  ASSERT_EQ(diff.changes.size(), 2U);
  EXPECT_TRUE(diff.changes[0].at_start_up);
  EXPECT_TRUE(diff.changes[1].at_start_up);
}

TEST(TypeChanges, TheOrderOfDynamicInitialisersCounts) {
  const EditedProject project{
      {"a.cpp", "int make();\nint first = make();\nint second = make();\n"}};
  project.write("a.cpp", "int make();\nint second = make();\nint first = make();\n");
  EXPECT_FALSE(project.changes().empty());
}

TEST(TypeChanges, AStartUpFunctionCounts) {
  const EditedProject project{{"a.cpp", "int x;\n"}};
  project.write("a.cpp", "int x;\n__attribute__((constructor)) void begin() { x = 1; }\n");
  const Diff diff = project.diff();
  EXPECT_TRUE(std::ranges::any_of(diff.changes, &Change::at_start_up));
}

constexpr const char* kTests =
    "namespace testing {\nstruct TestInfo;\nstruct Test { virtual ~Test() {} virtual void "
    "TestBody() "
    "= 0; };\nTestInfo* make(const char* name);\n}\n"
    "#define TEST(S, N) struct S##_##N##_Test : testing::Test { void TestBody() override; static "
    "testing::TestInfo* const test_info_; }; testing::TestInfo* const S##_##N##_Test::test_info_ = "
    "testing::make(#N); void S##_##N##_Test::TestBody()\n";

TEST(TypeChanges, ATestsRegistrationIsNoInitialiser) {
  const EditedProject project{{"include/t.h", kTests},
                              {"a.cpp", "#include <t.h>\nTEST(A, one) {}\n"}};
  project.edit("a.cpp", "TEST(A, one) {}", "TEST(A, one) {}\nTEST(A, two) {}");
  const Diff diff = project.diff();
  for (const Change& change : diff.changes) {
    EXPECT_NE(change.kind, ChangeKind::CSFI) << change.id;
    EXPECT_TRUE(change.test_code) << change.id;
    EXPECT_THAT(change.old_symbols, IsEmpty()) << change.id;
  }
  EXPECT_NE(diff.find("AM A_two_Test::TestBody()"), nullptr);
}

}  // namespace
}  // namespace noderig::impact
