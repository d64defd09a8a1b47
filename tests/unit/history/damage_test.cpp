#include <gmock/gmock.h>
#include <noderig/framework/history/damage.h>
#include <noderig/framework/history/file_lock.h>

#include "support.h"

namespace noderig {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::ThrowsMessage;

class Damage : public testing::Test {
 protected:
  SayDamage say() {
    return [this](const std::string& sentence) { said_.push_back(sentence); };
  }

  // The texts of the files that were moved aside.
  std::vector<std::string> moved_aside() const {
    std::vector<std::string> texts;
    for (const auto& entry : fs::directory_iterator(home_.path())) {
      const std::string name = entry.path().filename();
      if (!name.starts_with("history.sqlite.damaged-")) continue;
      std::ifstream in(entry.path());
      texts.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    return texts;
  }

  TemporaryDirectory home_;
  std::vector<std::string> said_;
};

TEST_F(Damage, FileThatIsNoDatabaseIsMovedAsideWholeAndANewOneBegun) {
  const std::string garbage(5000, 'x');
  home_.write("history.sqlite", garbage);
  const auto history = open_history(home_.path(), say());
  EXPECT_THAT(said_, ElementsAre(HasSubstr("history.sqlite.damaged-")));
  EXPECT_THAT(moved_aside(), ElementsAre(garbage));
  history->begin_run(some_run("r1"));
}

TEST_F(Damage, SecondDamagedFileDoesNotReplaceTheFirst) {
  for (const char* text : {"first, which is no database at all", "second, which is none either"}) {
    home_.write("history.sqlite", text);
    open_history(home_.path(), say());
  }
  EXPECT_THAT(moved_aside(), SizeIs(2));
}

TEST_F(Damage, ShowsInAPageWhenThatIsRead) {
  {
    RecordedRun run = some_run("r1");
    for (std::size_t i = 0; i < 2000; ++i)
      run.executions.push_back(some_execution(i, Verdict::Passed));
    History(home_.path(), History::Access::Write).merge({run});
  }
  {
    std::fstream file(home_.path() / "history.sqlite", std::ios::in | std::ios::out);
    file.seekp(4096);
    file << std::string(fs::file_size(home_.path() / "history.sqlite") - 4096, 'x');
  }
  EXPECT_THROW(History(home_.path(), History::Access::Write).past(any_test), sqlite::DamagedError);
  set_damaged_history_aside(home_.path(), say());
  EXPECT_THAT(moved_aside(), SizeIs(1));
  EXPECT_THAT(open_history(home_.path(), say())->past(any_test).tests, IsEmpty());
}

TEST_F(Damage, HealthyFileStaysWhereItIs) {
  open_history(home_.path(), say())->begin_run(some_run("r1"));
  set_damaged_history_aside(home_.path(), say());  // another process has put it right before
  EXPECT_THAT(said_, IsEmpty());
  EXPECT_THAT(moved_aside(), IsEmpty());
}

TEST_F(Damage, FileThatAnotherProcessHasOpenIsNotMovedUnderIt) {
  home_.write("history.sqlite", "this is no database at all");
  const FileLock other = FileLock::shared(History::lock_in(home_.path()));
  EXPECT_THAT([&] { open_history(home_.path(), say()); },
              ThrowsMessage<EnvironmentError>(HasSubstr("while another noderig has it open")));
  EXPECT_THAT(moved_aside(), IsEmpty());
}

}  // namespace
}  // namespace noderig
