#include "../../framework/support.h"
#include "../gtest_id.h"

#include <impact/record/recording.h>

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>

namespace noderig::impact {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TestRun passed(CoveredSet executed) {
  return {.verdict = Verdict::Passed, .seconds = 0.5, .executed = std::move(executed)};
}

class RecordingTest : public testing::Test {
 protected:
  RecordingStore store() { return RecordingStore(file_, sqlite::Open::Write); }

  // Records some tests of a version, out of all there are.
  std::int64_t record(const std::string& tree, const std::vector<std::string>& names,
                      const std::vector<std::string>& all) {
    RecordingStore open = store();
    const std::int64_t id = open.begin(version(tree), built_);
    std::vector<TestId> known;
    for (const std::string& name : names) open.add(id, {.id = gtest(name)}, passed({1, 2, 3}));
    for (const std::string& name : all) known.push_back(gtest(name));
    open.finish(id, known);
    return id;
  }

  static Snapshot version(const std::string& tree) {
    return {.commit = "commit-" + tree, .tree = tree, .head = "head", .edited = false};
  }

  TemporaryDirectory directory_{};
  std::filesystem::path file_ = directory_.path() / "impact.sqlite";
  Built built_{.directory = "/build",
               .daemon = "",
               .identity = {.toolchain = "clang", .commands = {{"a.cpp", "1"}}, .generated = {}}};
};

TEST_F(RecordingTest, GivesBackWhatWasRecorded) {
  {
    RecordingStore open = store();
    const std::int64_t id = open.begin(version("t"), built_);
    open.add(id, {.id = gtest("B.b"), .version = "v1"}, passed({10, 20, 0xffff'ffff'ffff'fff0}));
    open.add(id, {.id = gtest("A.a")},
             {.verdict = Verdict::Failed, .seconds = 2, .executed = {20}});
    EXPECT_EQ(open.finish(id, {gtest("A.a"), gtest("B.b")}), RecordingState::Complete);
  }
  const auto recording = RecordingStore(file_, sqlite::Open::Read).newest();
  ASSERT_TRUE(recording);
  EXPECT_EQ(recording->state, RecordingState::Complete);
  EXPECT_EQ(recording->snapshot, version("t"));
  EXPECT_EQ(recording->built.identity, built_.identity);
  const RecordedTest* a = recording->find(gtest("A.a"));
  const RecordedTest* b = recording->find(gtest("B.b"));
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->verdict, Verdict::Failed);
  EXPECT_EQ(b->seconds, 0.5);
  EXPECT_EQ(b->version, "v1");
  EXPECT_FALSE(recording->executed(*a, 10));
  EXPECT_TRUE(recording->executed(*a, 20));
  EXPECT_TRUE(recording->executed(*b, 0xffff'ffff'ffff'fff0));
  EXPECT_FALSE(recording->executed(*b, 30));
}

TEST_F(RecordingTest, GivesBackWhatTestsProgramsAreMadeOf) {
  const std::set<std::string> units = {"a.cpp", "dir with blank/b.cpp"};
  std::int64_t from = 0;
  {
    RecordingStore open = store();
    from = open.begin(version("old"), built_);
    open.add(from, {.id = gtest("A.a")}, passed({1}), units);
    open.add(from, {.id = gtest("A.b")}, passed({1}), units);
    open.add(from, {.id = gtest("B.none")}, passed({1}), std::set<std::string>());
    open.add(from, {.id = gtest("B.unknown")}, passed({1}));
    open.finish(from, {gtest("A.a"), gtest("A.b"), gtest("B.none"), gtest("B.unknown")});
    const std::int64_t to = open.begin(version("new"), built_);
    open.carry_over(from, to, {gtest("A.a"), gtest("A.b"), gtest("B.none"), gtest("B.unknown")});
    open.finish(to, {gtest("A.a"), gtest("A.b"), gtest("B.none"), gtest("B.unknown")});
  }
  for (const char* tree : {"old", "new"}) {
    const auto recording = store().newest(tree);
    ASSERT_EQ(recording->tests.size(), 4U);
    ASSERT_TRUE(recording->tests[0].units);
    EXPECT_EQ(*recording->tests[0].units, units);
    EXPECT_EQ(recording->tests[0].units, recording->tests[1].units) << "two for one program";
    ASSERT_TRUE(recording->tests[2].units);
    EXPECT_THAT(*recording->tests[2].units, IsEmpty());
    EXPECT_FALSE(recording->tests[3].units);
  }
}

TEST_F(RecordingTest, OfAnOlderNoderigIsBroughtUpToDate) {
  record("t", {"A.a"}, {"A.a"});
  sqlite::Database(file_, sqlite::Open::Write)
      .execute(
          "CREATE TABLE old AS SELECT * FROM result; DROP TABLE result; DROP TABLE linked;"
          "CREATE TABLE result (recording INTEGER NOT NULL REFERENCES recording, test TEXT NOT "
          "NULL, executed INTEGER NOT NULL REFERENCES executed, verdict INTEGER NOT NULL, seconds "
          "REAL NOT NULL, version TEXT NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (recording, "
          "test)) WITHOUT ROWID;"
          "INSERT INTO result SELECT recording, test, executed, verdict, seconds, version, time "
          "FROM old; DROP TABLE old; PRAGMA user_version = 1");
  const auto recording = RecordingStore(file_, sqlite::Open::Read).newest();
  ASSERT_EQ(recording->tests.size(), 1U);
  EXPECT_FALSE(recording->tests[0].units);
  EXPECT_TRUE(recording->executed(recording->tests[0], 2));
}

TEST_F(RecordingTest, ThatWasNotFinishedIsInterrupted) {
  {
    RecordingStore open = store();
    open.add(open.begin(version("t"), built_), {.id = gtest("A.a")}, passed({1}));
    open.save();
  }
  const auto recording = store().newest();
  ASSERT_TRUE(recording);
  EXPECT_EQ(recording->state, RecordingState::Interrupted);
}

TEST_F(RecordingTest, WithoutAllTestsIsPartial) {
  record("t", {"A.a"}, {"A.a", "A.b"});
  EXPECT_EQ(store().newest()->state, RecordingState::Partial);
}

TEST_F(RecordingTest, ACompleteOneIsPreferredToANewerOneThatIsNot) {
  record("old", {"A.a", "A.b"}, {"A.a", "A.b"});
  record("new", {"A.a"}, {"A.a", "A.b"});
  store().begin(version("newest"), built_);
  EXPECT_EQ(store().newest()->snapshot.tree, "old");
  EXPECT_EQ(store().newest("new")->snapshot.tree, "new");
  EXPECT_FALSE(store().newest("none"));
}

TEST_F(RecordingTest, OfTheSameVersionGoesOnWithTheFinishedOne) {
  const std::int64_t first = record("t", {"A.a", "A.b"}, {"A.a", "A.b"});
  EXPECT_EQ(record("t", {"A.a"}, {"A.a", "A.b"}), first);
  EXPECT_EQ(store().newest()->state, RecordingState::Complete);
  EXPECT_EQ(store().newest()->tests.size(), 2U);
}

TEST_F(RecordingTest, OfTheSameVersionBuiltOtherwiseIsAnother) {
  const std::int64_t first = record("t", {"A.a"}, {"A.a"});
  built_.identity.commands["a.cpp"] = "2";
  EXPECT_NE(record("t", {"A.a"}, {"A.a"}), first);
}

TEST_F(RecordingTest, ForgetsTestsThatAreGone) {
  record("t", {"A.a", "A.b"}, {"A.a", "A.b"});
  record("t", {"A.a"}, {"A.a"});
  EXPECT_EQ(store().newest()->tests.size(), 1U);
}

TEST_F(RecordingTest, CarriesOverWhatHolds) {
  const std::int64_t from = record("old", {"A.a", "A.b"}, {"A.a", "A.b"});
  RecordingStore open = store();
  const std::int64_t to = open.begin(version("new"), built_);
  open.carry_over(from, to, {gtest("A.b")});
  open.add(to, {.id = gtest("A.a")}, passed({9}));
  EXPECT_EQ(open.finish(to, {gtest("A.a"), gtest("A.b")}), RecordingState::Complete);
  const auto recording = open.newest();
  EXPECT_EQ(recording->snapshot.tree, "new");
  EXPECT_TRUE(recording->executed(*recording->find(gtest("A.a")), 9));
  EXPECT_TRUE(recording->executed(*recording->find(gtest("A.b")), 2));
}

TEST_F(RecordingTest, RemembersWhatFailedLastInAnyRecording) {
  record("old", {"A.a", "A.b"}, {"A.a", "A.b"});
  RecordingStore open = store();
  const std::int64_t interrupted = open.begin(version("new"), built_);
  open.add(interrupted, {.id = gtest("A.b")}, {.verdict = Verdict::Failed, .seconds = 1});
  open.save();
  EXPECT_THAT(open.last_failed(), ElementsAre(gtest("A.b")));
}

TEST_F(RecordingTest, KeepsTheNewestTen) {
  for (int i = 0; i < 12; ++i) record(std::to_string(i), {"A.a"}, {"A.a"});
  EXPECT_FALSE(store().newest("1"));
  EXPECT_TRUE(store().newest("2"));
}

TEST_F(RecordingTest, AddsAgainWhatWentWithAnOldOne) {
  RecordingStore open = store();
  const auto add = [&](int tree, CoveredSet executed) {
    const std::int64_t id = open.begin(version(std::to_string(tree)), built_);
    open.add(id, {.id = gtest("A.a")}, passed(std::move(executed)));
    open.finish(id, {gtest("A.a")});
  };
  add(0, {7});
  for (int i = 1; i <= 10; ++i) add(i, {1});  // the first is gone, with the set that it had
  add(11, {7});
  const auto recording = open.newest();
  ASSERT_NE(recording->find(gtest("A.a")), nullptr);
  EXPECT_TRUE(recording->executed(*recording->find(gtest("A.a")), 7));
}

TEST_F(RecordingTest, OfANewerNoderigIsRefused) {
  store();
  sqlite::Database(file_, sqlite::Open::Write).execute("PRAGMA user_version = 99");
  EXPECT_THROW(store(), EnvironmentError);
}

TEST_F(RecordingTest, ThatIsMissingOrSomethingElseIsRefused) {
  EXPECT_THROW(RecordingStore(file_, sqlite::Open::Read), EnvironmentError);
  sqlite::Database(file_, sqlite::Open::Write).execute("CREATE TABLE other (id)");
  EXPECT_THROW(store(), EnvironmentError);
}

TEST(BuildIdentity, NamesWhatDiffersInBoth) {
  const BuildIdentity recorded{.toolchain = "clang 16.0.6",
                               .commands = {{"a.cpp", "1"}, {"gone.cpp", "1"}},
                               .generated = {{"config.h", "1"}}};
  BuildIdentity now = recorded;
  EXPECT_THAT(differences(recorded, now), IsEmpty());
  now.commands.erase("gone.cpp");
  now.commands["new.cpp"] = "1";
  EXPECT_THAT(differences(recorded, now), IsEmpty());
  now = {.toolchain = "clang 17", .commands = {{"a.cpp", "2"}}, .generated = {{"config.h", "2"}}};
  std::vector<std::string> codes;
  for (const Reason& reason : differences(recorded, now)) codes.push_back(reason.code);
  EXPECT_THAT(codes, ElementsAre("toolchain", "compile-commands", "generated-file"));
}

}  // namespace
}  // namespace noderig::impact
