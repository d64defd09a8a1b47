// Functions and classes of one name in programs of their own: told apart by file, and each change
// knows in which units it is.
#include "edited_project.h"

#include <gmock/gmock.h>

namespace noderig::impact {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::vector<std::string> units_of(const Diff& diff, const std::string& id) {
  const Change* change = diff.find(id);
  EXPECT_NE(change, nullptr) << id;
  return change == nullptr ? std::vector<std::string>()
                           : std::vector<std::string>(change->units.begin(), change->units.end());
}

TEST(ProgramsChanges, AreToldApartByFile) {
  const EditedProject project{
      {"a.cpp", "int make() { return 1; }\n\nint main() { return make(); }\n"},
      {"b.cpp", "int make() { return 1; }\n\n\nint main() { return 2; }\n"}};
  project.edit("b.cpp", "return 1", "return 3");
  project.edit("b.cpp", "return 2", "return 4");
  const Diff diff = project.diff();
  EXPECT_THAT(units_of(diff, "CM make() [b.cpp]"), ElementsAre("b.cpp"));
  EXPECT_THAT(units_of(diff, "CM main() [b.cpp]"), ElementsAre("b.cpp"));
  EXPECT_THAT(diff.changes, SizeIs(2));
  EXPECT_EQ(diff.find("CM main() [b.cpp]")->line, 4);
}

// All programs together have the same mains as before.
TEST(ProgramsChanges, AreFoundWhereOneBecomesWhatAnotherIs) {
  const EditedProject project{{"a.cpp", "int main() { return 1; }\n"},
                              {"b.cpp", "int main() { return 2; }\n"},
                              {"c.cpp", "int main() { return 1; }\n"}};
  project.edit("a.cpp", "return 1", "return 2");
  EXPECT_THAT(project.changes(), ElementsAre("CM main() [a.cpp]"));
}

TEST(ProgramsChanges, AreFoundWhereOneMovesAndBecomesWhatAnotherIs) {
  EditedProject project{{"a.cpp", "int main() { return 1; }\n"},
                        {"b.cpp", "int main() { return 2; }\n"},
                        {"c.cpp", "int main() { return 1; }\n"}};
  project.remove("a.cpp");
  project.write("d.cpp", "int main() { return 2; }\n");
  project.compile("d.cpp", "");
  EXPECT_THAT(project.changes(), UnorderedElementsAre("DM main() [a.cpp]", "AM main() [d.cpp]"));
  EXPECT_THAT(units_of(project.diff(), "DM main() [a.cpp]"), Contains("a.cpp"));
}

TEST(ProgramsChanges, AreNoneWhereAFunctionOnlyMoves) {
  EditedProject project{{"a.cpp", "int f() { return 1; }\n"}};
  project.remove("a.cpp");
  project.write("b.cpp", "int f() { return 1; }\n");
  project.compile("b.cpp", "");
  EXPECT_THAT(project.changes(), IsEmpty());
}

// It may have stood before one of a library, which is found now.
TEST(ProgramsChanges, HaveWhatIsAddedAndDeletedThoughAnotherHasTheSame) {
  const EditedProject project{{"a.cpp", "int make() { return 1; }\n"}, {"b.cpp", "int b;\n"}};
  project.write("b.cpp", "int b;\nint make() { return 1; }\n");
  EXPECT_THAT(project.changes(), ElementsAre("AM make() [b.cpp]"));
  project.commit();
  project.write("b.cpp", "int b;\n");
  EXPECT_THAT(project.changes(), ElementsAre("DM make() [b.cpp]"));
  EXPECT_THAT(units_of(project.diff(), "DM make() [b.cpp]"), ElementsAre("b.cpp"));
}

TEST(ProgramsChanges, OfInlineFunctionsAreInTheUnitsThatDiffer) {
  const std::string fixture = "struct Fixture { int set_up() { return 1; } };\n";
  const EditedProject project{{"a.cpp", fixture + "int a() { return Fixture().set_up(); }\n"},
                              {"b.cpp", fixture + "int b() { return Fixture().set_up(); }\n"}};
  project.edit("b.cpp", "return 1", "return 2");
  EXPECT_THAT(units_of(project.diff(), "CM Fixture::set_up() [b.cpp]"), ElementsAre("b.cpp"));
}

TEST(ProgramsChanges, OfAHeaderAreInEveryUnitThatHasItsCode) {
  const EditedProject project{{"include/a.h", "inline int f() { return 1; }\n"},
                              {"a.cpp", "#include <a.h>\nint a() { return f(); }\n"},
                              {"b.cpp", "#include <a.h>\nint b() { return f(); }\n"},
                              {"c.cpp", "#include <a.h>\nint c() { return 1; }\n"}};
  project.edit("include/a.h", "return 1", "return 2");
  EXPECT_THAT(units_of(project.diff(), "CM f()"), ElementsAre("a.cpp", "b.cpp"));
}

TEST(ProgramsChanges, OfClassesAreToldApartByFile) {
  const std::string fake =
      "struct Clock { virtual int now() { return 0; } virtual int zone() { return 0; } };\n"
      "struct Fake : Clock { int x = 1; int now() override { return x; } };\nFake fake;\n";
  const EditedProject project{{"a.cpp", fake}, {"b.cpp", fake}};
  project.edit("b.cpp", "int x = 1;", "int x = 1; int zone() override { return 2; }");
  const std::string dispatch = "LC Fake [b.cpp] Clock::zone()";
  EXPECT_THAT(units_of(project.diff(), dispatch), ElementsAre("b.cpp"));
  project.edit("b.cpp", "int x = 1;", "int x = 3; int y;");
  EXPECT_THAT(project.changes(), testing::IsSupersetOf({dispatch, std::string("AF Fake::y [b.cpp]"),
                                                        std::string("CFI Fake::x [b.cpp]")}));
}

// The first one's dispatch does not explain what else became of the second one's class: here the
// place of its virtual base.
TEST(ProgramsChanges, OfOneClassHideNoneOfAnother) {
  const std::string fake =
      "struct Clock { int time; virtual int now() { return 0; } };\n"
      "struct Fake : virtual Clock { long x; };\nFake fake;\n";
  const EditedProject project{{"a.cpp", fake}, {"b.cpp", fake}};
  project.edit("a.cpp", "long x;", "long x; int now() override { return 1; }");
  project.edit("b.cpp", "long x;", "long x; long y;");
  const Diff diff = project.diff();
  EXPECT_THAT(units_of(diff, "LC Fake [a.cpp] Clock::now()"), ElementsAre("a.cpp"));
  EXPECT_THAT(units_of(diff, "LC Fake"), Contains("b.cpp"));
}

TEST(ProgramsChanges, AreFoundWhereTheCommandsOfOneFileAreSwapped) {
  EditedProject project{
      {"a.cpp", "#ifdef FAST\nint f() { return 1; }\n#else\nint f() { return 2; }\n#endif\n"}};
  project.compile("a.cpp", "-DFAST");
  project.edit("a.cpp", "#ifdef", "#ifndef");
  EXPECT_THAT(project.changes(), ElementsAre("CM f()"));
}

}  // namespace
}  // namespace noderig::impact
