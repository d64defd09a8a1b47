#include "../diff/edited_project.h"

#include <gmock/gmock.h>
#include <impact/record/snapshot.h>

namespace noderig::impact {
namespace {

const std::string kUnignored = "*.log\n";

TEST(Snapshot, IsTheCommitWhereNothingIsEdited) {
  const EditedProject project{{"a.cpp", "int a;"}};
  const Snapshot snapshot = take_snapshot(project.root(), {});
  EXPECT_FALSE(snapshot.edited);
  EXPECT_EQ(snapshot.commit, snapshot.head);
  EXPECT_EQ(snapshot.tree, tree_of(project.root(), "HEAD"));
}

TEST(Snapshot, LeavesOutExcludedDirectoriesWhetherGitIgnoresThemOrNot) {
  for (const std::string& ignored : {std::string("build/\n.noderig/\n"), kUnignored}) {
    EditedProject project{{"a.cpp", "int a;"}};
    project.write(".gitignore", ignored);
    project.commit();
    const std::string clean = tree_of(project.root(), "HEAD^{commit}");
    project.write("build/a.o", "object");
    project.write(".noderig/impact.sqlite", "recording");
    const Snapshot snapshot = take_snapshot(project.root(), {project.root() / "build"});
    EXPECT_EQ(snapshot.tree, clean) << "with .gitignore: " << ignored;
  }
}

TEST(Snapshot, HoldsEditsAndNewFiles) {
  const EditedProject project{{"a.cpp", "int a;"}};
  project.write("a.cpp", "int a = 1;");
  const Snapshot edited = take_snapshot(project.root(), {});
  project.write("b.cpp", "int b;");
  const Snapshot more = take_snapshot(project.root(), {});
  EXPECT_TRUE(edited.edited);
  EXPECT_EQ(edited.head, more.head);
  EXPECT_NE(edited.commit, edited.head);
  EXPECT_NE(edited.tree, more.tree);
  EXPECT_EQ(more.tree, tree_of(project.root(), more.commit));
  EXPECT_EQ(more, take_snapshot(project.root(), {}));
}

TEST(Snapshot, WithEditsInASubmoduleIsLikeNoOtherVersion) {
  const EditedProject project{{"a.cpp", "int a;"}};
  project.write("sub/b.h", "int b;");
  project.add_submodule("sub");
  EXPECT_FALSE(take_snapshot(project.root(), {}).edited);
  project.write("sub/b.h", "int c;");
  const Snapshot edited = take_snapshot(project.root(), {});
  const auto before = SourceTree::revision(project.root(), edited.commit);
  const auto differing = [&] {
    return changed_files(*before, *SourceTree::work_tree(project.root()), {});
  };
  EXPECT_THAT(differing(), testing::ElementsAre("sub/"));
  project.git({"-C", "sub", "checkout", "--quiet", "--", "."});
  EXPECT_THAT(differing(), testing::ElementsAre("sub/"));
}

TEST(Snapshot, HoldsAnEditOfTheSecondInWhichTheIndexWasWritten) {
  const EditedProject project{{"a.cpp", "int a;"}};
  project.git({"config", "core.trustctime", "false"});  // that time cannot be set
  const auto file = project.root() / "a.cpp";
  const auto instant = std::filesystem::last_write_time(file) - std::chrono::seconds(10);
  std::filesystem::last_write_time(file, instant);
  project.git({"add", "--all"});
  std::filesystem::last_write_time(project.root() / ".git" / "index", instant);
  project.write("a.cpp", "int b;");
  std::filesystem::last_write_time(file, instant);
  EXPECT_TRUE(take_snapshot(project.root(), {}).edited);
}

}  // namespace
}  // namespace noderig::impact
