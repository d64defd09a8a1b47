// When it cannot be known what changed, everything may have, and the reason is named.
#include "edited_project.h"

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>

namespace noderig::impact {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> codes(const Diff& diff) {
  std::vector<std::string> codes;
  for (const Reason& reason : diff.reasons) codes.push_back(reason.code + " " + reason.file);
  return codes;
}

TEST(FileReasons, BuildAndDataFiles) {
  const EditedProject project{{"a.cpp", "int x;\n"}, {"CMakeLists.txt", ""}, {"data.txt", ""}};
  project.write("CMakeLists.txt", "#\n");
  project.write("data.txt", "1\n");
  EXPECT_THAT(codes(project.diff()),
              ElementsAre("build-file CMakeLists.txt", "data-file data.txt"));
  EXPECT_THAT(codes(project.diff({"*.txt"})), IsEmpty());
}

TEST(FileReasons, EveryKindOfBuildFileAddedOrDeleted) {
  const EditedProject project{{"a.cpp", "int x;\n"}, {"tools/find.cmake", ""}, {"notes.md", ""}};
  project.write("CMakePresets.json", "{}");
  project.remove("tools/find.cmake");
  project.remove("notes.md");
  EXPECT_THAT(codes(project.diff()),
              ElementsAre("build-file CMakePresets.json", "data-file notes.md",
                          "build-file tools/find.cmake"));
}

TEST(FileReasons, NoderigsOwnStateIsNone) {
  const EditedProject project{{"a.cpp", "int x;\n"}};
  project.write(".noderig/facts.sqlite", "");
  EXPECT_THAT(codes(project.diff()), IsEmpty());
}

TEST(FileReasons, ASourceOfOneVersionIsNone) {
  EditedProject project{{"a.cpp", "int x;\n"}, {"old.cpp", "int old() { return 1; }\n"}};
  project.remove("old.cpp");
  project.write("new.cpp", "int fresh() { return 1; }\n");
  project.compile("new.cpp", "");
  EXPECT_THAT(project.changes(), testing::UnorderedElementsAre("AM fresh()", "DM old()"));
}

TEST(FileReasons, TheBuildDirectoryIsNoneWhetherGitIgnoresItOrNot) {
  const EditedProject project{{"a.cpp", "int x;\n"}};
  project.write(".gitignore", "*.log\n");
  project.commit();
  project.write("build/CTestTestfile.cmake", "#\n");
  project.write("build/a.o", "object\n");
  EXPECT_THAT(codes(project.diff()), IsEmpty());
}

TEST(FileReasons, AFileThatIsReadByTheCompilerIsNone) {
  const EditedProject project{{"a.cpp", "int x[] = {\n#include \"table.inc\"\n};\n"},
                              {"table.inc", "1, 2\n"}};
  project.write("table.inc", "1, 3\n");
  EXPECT_THAT(project.changes(), ElementsAre("CSFI x"));
}

TEST(FileReasons, AHeaderThatNobodyReadsIsNone) {
  const EditedProject project{{"a.cpp", "int x;\n"}};
  project.write("include/new.h", "int y;\n");
  EXPECT_THAT(project.changes(), IsEmpty());
}

TEST(FileReasons, AHeaderThatIsFoundFirstIsRead) {
  const EditedProject project{{"a.cpp",
                               "#if __has_include(\"b.h\")\nint f() { return 1; }\n#else\n"
                               "int f() { return 2; }\n#endif\n"}};
  project.write("b.h", "");
  EXPECT_THAT(project.changes(), ElementsAre("CM f()"));
}

TEST(FileReasons, ASubmoduleWhoseFilesMayBeOthers) {
  const EditedProject project{
      {"a.cpp", "int x;\n"},
      {".gitmodules", "[submodule \"sub\"]\n path = sub\n url = ./sub\n ignore = all\n"}};
  project.write("sub/b.h", "int y;\n");
  project.add_submodule("sub");
  EXPECT_THAT(codes(project.diff()), IsEmpty());
  project.write("sub/b.h", "int z;\n");
  EXPECT_THAT(codes(project.diff()), ElementsAre("submodule sub"));
  EXPECT_THAT(codes(project.diff({"sub"})), IsEmpty());
  project.git({"-C", "sub", "commit", "--quiet", "--all", "--message", "another"});
  EXPECT_THAT(codes(project.diff()), ElementsAre("submodule sub"));
  project.git({"add", "--force", "sub"});
  project.commit();
  EXPECT_THAT(codes(project.diff()), IsEmpty());
  const auto before = SourceTree::revision(project.root(), "HEAD~1");
  const auto after = SourceTree::work_tree(project.root());
  EXPECT_THAT(changed_files(*before, *after, {}), ElementsAre("sub/"));
}

TEST(FileReasons, ASourceWithoutACommand) {
  const EditedProject project{{"a.cpp", "int x;\n"}};
  project.write("new.cpp", "int y;\n");
  EXPECT_THAT(codes(project.diff()), ElementsAre("uncompiled-source new.cpp"));
}

TEST(FileReasons, AFileThatDoesNotParse) {
  const EditedProject project{{"a.cpp", "int f() { return 1; }\n"},
                              {"b.cpp", "int g() { return 1; }\n"}};
  project.write("a.cpp", "int f( {\n");
  const Diff diff = project.diff();
  EXPECT_THAT(codes(diff), ElementsAre("unparsable a.cpp"));
  EXPECT_THAT(diff.reasons[0].text, HasSubstr("a.cpp:1"));
  EXPECT_THAT(diff.changes, IsEmpty());
}

TEST(FileReasons, ANewFileThatDoesNotParse) {
  EditedProject project{{"a.cpp", "int f() { return 1; }\n"}};
  project.write("new.cpp", "int f( {\n");
  project.compile("new.cpp", "");
  EXPECT_THAT(codes(project.diff()), ElementsAre("unparsable new.cpp"));
}

TEST(FileReasons, BadInputIsRefused) {
  const EditedProject project{{"a.cpp", "int x;\n"}};
  EXPECT_THROW(SourceTree::revision(project.root(), "no-such-revision"), UsageError);
  project.remove("build/compile_commands.json");
  EXPECT_THROW(project.diff(), EnvironmentError);
  project.write("build/compile_commands.json", "{");
  EXPECT_THROW(project.diff(), EnvironmentError);
}

}  // namespace
}  // namespace noderig::impact
