#include <noderig/framework/home.h>

#include "support.h"

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>

#include <string>

namespace noderig {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::ThrowsMessage;

// Stands in a directory of its own, with only the variables that a test sets.
class Home : public testing::Test {
 protected:
  Home() { fs::current_path(outside_.path()); }
  ~Home() override { fs::current_path(before_); }

  // Makes a work tree and stands in a folder of it.
  fs::path enter_work_tree() {
    const fs::path root = outside_.path() / "project";
    fs::create_directories(root / ".git");
    fs::create_directories(root / "src" / "deep");
    fs::current_path(root / "src" / "deep");
    return root;
  }

  const fs::path before_ = fs::current_path();
  TemporaryDirectory outside_;
  ScopedVariable no_choice_{"NODERIG_HOME", std::nullopt};
  ScopedVariable user_{"HOME", "/home/somebody"};
};

TEST_F(Home, IsAtTheRootOfTheWorkTree) {
  const fs::path root = enter_work_tree();
  EXPECT_EQ(work_tree_root(), root);
  EXPECT_EQ(home_directory(), root / ".noderig");
}

TEST_F(Home, KnowsALinkedWorkTreeByItsFile) {
  const fs::path root = enter_work_tree();
  outside_.write("project/src/.git", "gitdir: elsewhere\n");
  EXPECT_EQ(work_tree_root(), root / "src");
}

TEST_F(Home, IsTheUsersOutsideOfWorkTrees) {
  EXPECT_EQ(work_tree_root(), "");
  EXPECT_EQ(home_directory(), "/home/somebody/.local/share/noderig");
}

TEST_F(Home, IsWhereTheVariableSaysBeforeAllElse) {
  const fs::path root = enter_work_tree();
  const ScopedVariable chosen("NODERIG_HOME", "/chosen");
  EXPECT_EQ(home_directory(), "/chosen");
  const ScopedVariable relative("NODERIG_HOME", "state");
  EXPECT_EQ(home_directory(), root / "src" / "deep" / "state");
  const ScopedVariable empty("NODERIG_HOME", "");
  EXPECT_EQ(home_directory(), root / ".noderig");
}

TEST_F(Home, SaysWhatToSetWhenThereIsNone) {
  const ScopedVariable no_user("HOME", std::nullopt);
  EXPECT_THAT([] { home_directory(); }, ThrowsMessage<EnvironmentError>(HasSubstr("NODERIG_HOME")));
}

}  // namespace
}  // namespace noderig
