#include "../diff/edited_project.h"

#include <gmock/gmock.h>
#include <noderig/framework/history/sqlite.h>
#include <fstream>

namespace noderig::impact {
namespace {

struct Counted {
  std::size_t analysed = 0;
  AnalysisOptions options{};

  explicit Counted(std::filesystem::path cache) {
    options.cache = std::move(cache);
    options.progress = [this](const Progress&) { ++analysed; };
  }
};

std::size_t analysed(const EditedProject& project) {
  Counted counted(project.root() / "build" / "facts.sqlite");
  project.analyse(counted.options);
  return counted.analysed;
}

TEST(FactCache, AUnitIsAnalysedAgainWhenAFileOfItChanges) {
  const EditedProject project{{"include/a.h", "inline int f() { return 1; }\n"},
                              {"a.cpp", "#include <a.h>\nint a() { return f(); }\n"},
                              {"b.cpp", "int b() { return 1; }\n"}};
  EXPECT_EQ(analysed(project), 2U);
  EXPECT_EQ(analysed(project), 0U);
  project.edit("include/a.h", "return 1", "return 2");
  EXPECT_EQ(analysed(project), 1U);
  project.edit("include/a.h", "return 2", "return 1");
  EXPECT_EQ(analysed(project), 0U) << "the version before is kept";
}

TEST(FactCache, ANewHeaderThatWasLookedForCounts) {
  const EditedProject project{{"include/a.h", ""}, {"src/a.cpp", "#include \"a.h\"\nint x;\n"}};
  EXPECT_EQ(analysed(project), 1U);
  project.write("src/a.h", "int y;\n");
  EXPECT_EQ(analysed(project), 1U);
}

TEST(FactCache, FactsFromTheCacheAreThoseThatWereStored) {
  const EditedProject project{{"a.cpp",
                               "struct S { virtual int f() { return x; } int x = 1; };\n"
                               "S s;\nint f() { return s.f(); }\n"}};
  const std::filesystem::path cache = project.root() / "build" / "facts.sqlite";
  const Program first = project.analyse({.cache = cache});
  const Program second = project.analyse({.cache = cache});
  ASSERT_EQ(first.units.size(), 1U);
  ASSERT_EQ(second.units.size(), 1U);
  EXPECT_TRUE(diff(first, second).changes.empty());
  EXPECT_EQ(first.units[0].symbols.size(), second.units[0].symbols.size());
  EXPECT_EQ(first.units[0].types.at(0)->fields, second.units[0].types.at(0)->fields);
  EXPECT_EQ(first.units[0].types.at(0)->slots, second.units[0].types.at(0)->slots);
  EXPECT_EQ(first.units[0].files, second.units[0].files);
}

TEST(FactCache, FactsOfAnotherToolchainAreDropped) {
  const EditedProject project{{"a.cpp", "int x;\n"}};
  EXPECT_EQ(analysed(project), 1U);
  sqlite::Database(project.root() / "build" / "facts.sqlite", sqlite::Open::Write)
      .execute("UPDATE made_by SET text = text || ' older'");
  EXPECT_EQ(analysed(project), 1U);
}

TEST(FactCache, WhatAnotherProcessStoresMeanwhileIsAnalysedOnceMore) {
  const EditedProject project{{"a.cpp", "int x;\n"}};
  Counted counted(project.root() / "build" / "facts.sqlite");
  counted.options.build = project.root() / "build";
  Analyser first(counted.options);
  EXPECT_EQ(analysed(project), 1U);  // with the file open twice
  const auto tree = SourceTree::work_tree(project.root());
  EXPECT_EQ(first.analyse(*tree).units.size(), 1U);
  EXPECT_EQ(counted.analysed, 1U);
}

TEST(FactCache, ADamagedFileIsMadeAnew) {
  const EditedProject project{{"a.cpp", "int x;\n"}};
  EXPECT_EQ(analysed(project), 1U);
  std::ofstream(project.root() / "build" / "facts.sqlite") << "no database";
  EXPECT_EQ(analysed(project), 1U);
  EXPECT_EQ(analysed(project), 0U);
}

}  // namespace
}  // namespace noderig::impact
