#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <impact/refactor/apply.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/framework/node/command.h>
#include <stdlib.h>
#include <fstream>

namespace noderig::impact {
namespace {

namespace fs = std::filesystem;

class Apply : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "noderig-apply.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = fs::canonical(name);
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string file(const std::string& name) const { return (directory_ / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(file(name)) << text;
  }
  void git(std::vector<std::string> words) const {
    words.insert(words.begin(), {"git", "-C", directory_.string(), "-c", "user.name=test", "-c",
                                 "user.email=test@localhost"});
    ASSERT_TRUE(run_command(words).ok());
  }

  fs::path directory_{};
};

TEST_F(Apply, ReplacesEveryFile) {
  write("a", "1");
  write("b", "2");
  fs::permissions(file("a"), fs::perms::owner_all);
  put_in_place({{file("a"), "1"}, {file("b"), "2"}}, {{file("a"), "one"}, {file("b"), "two"}});
  EXPECT_EQ(read_file(file("a")), "one");
  EXPECT_EQ(read_file(file("b")), "two");
  EXPECT_EQ(fs::status(file("a")).permissions(), fs::perms::owner_all);
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_), {}), 2);
}

TEST_F(Apply, ReplacesNothingWhenAFileHasChanged) {
  write("a", "1");
  write("b", "edited since");
  EXPECT_THROW(
      put_in_place({{file("a"), "1"}, {file("b"), "2"}}, {{file("a"), "one"}, {file("b"), "two"}}),
      EnvironmentError);
  EXPECT_EQ(read_file(file("a")), "1");
  EXPECT_EQ(read_file(file("b")), "edited since");
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_), {}), 2);
}

TEST_F(Apply, PutsBackWhatItReplacedWhenAnotherFileCannotBe) {
  write("a", "1");
  fs::create_directory(file("b"));
  EXPECT_THROW(
      put_in_place({{file("a"), "1"}, {file("b"), ""}}, {{file("a"), "one"}, {file("b"), "two"}}),
      EnvironmentError);
  EXPECT_EQ(read_file(file("a")), "1");
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_), {}), 2);
}

TEST_F(Apply, FindsUncommittedDeletionsThatOverlap) {
  write("a", "1\n2\n3\n4\n5\n6\n");
  git({"init", "-q"});
  git({"add", "."});
  git({"commit", "-qm", "begin"});
  write("a", "1\n2\n4\n5\n6\n");
  const std::map<std::string, std::string> texts{{file("a"), read_file(file("a"))}};
  const auto overlaps = [&](std::size_t begin) {
    return uncommitted_overlaps(directory_, texts, {{file("a"), begin, begin + 1, ""}}).size();
  };
  EXPECT_EQ(overlaps(2), 1u);  // on either side of it
  EXPECT_EQ(overlaps(4), 1u);
  EXPECT_EQ(overlaps(8), 0u);
}

TEST_F(Apply, FindsUncommittedEditsThatOverlap) {
  write("a", "1\n2\n3\n4\n5\n6\n");
  git({"init", "-q"});
  git({"add", "."});
  git({"commit", "-qm", "begin"});
  write("a", "1\n2\nthree\n4\n5\n6\n");
  write("new", "1\n");
  const std::map<std::string, std::string> texts{{file("a"), read_file(file("a"))},
                                                 {file("new"), "1\n"}};
  const auto overlaps = [&](const std::string& name, std::size_t begin, std::size_t end) {
    return uncommitted_overlaps(directory_, texts, {{file(name), begin, end, ""}}).size();
  };
  EXPECT_EQ(overlaps("a", 4, 9), 1u);  // the line itself
  EXPECT_EQ(overlaps("a", 2, 3), 1u);  // the one before
  EXPECT_EQ(overlaps("a", 0, 1), 0u);
  EXPECT_EQ(overlaps("a", 10, 11), 1u);  // the one behind
  EXPECT_EQ(overlaps("a", 14, 15), 0u);
  EXPECT_EQ(overlaps("new", 0, 1), 1u);
}

}  // namespace
}  // namespace noderig::impact
