#include <noderig/framework/bundle/wait_registry.h>

#include <gmock/gmock.h>
#include <unistd.h>

#include <future>
#include <string>
#include <thread>
#include <vector>

namespace noderig {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> named(const WaitRegistry& registry) {
  std::vector<std::string> names;
  for (const WaitRegistry::Wait& wait : registry.waits()) names.push_back(wait.what);
  return names;
}

TEST(WaitRegistry, ListsWaitsFromTheirBeginningToTheirEnd) {
  WaitRegistry registry;
  EXPECT_THAT(registry.waits(), IsEmpty());
  auto first = registry.enter("first");
  {
    const auto second = registry.enter("second");
    EXPECT_THAT(named(registry), ElementsAre("first", "second"));
  }
  const auto third = registry.enter("third");
  EXPECT_THAT(named(registry), ElementsAre("first", "third"));
  first.reset();
  EXPECT_THAT(named(registry), ElementsAre("third"));
}

TEST(WaitRegistry, TellsWhichThreadWaitsAndSinceWhen) {
  WaitRegistry registry;
  const auto before = std::chrono::steady_clock::now();
  std::promise<pid_t> entered;
  std::promise<void> end;
  std::thread other([&] {
    const auto mark = registry.enter("elsewhere");
    entered.set_value(::gettid());
    end.get_future().wait();
  });
  const pid_t thread = entered.get_future().get();
  const auto waits = registry.waits();
  end.set_value();
  other.join();
  ASSERT_THAT(waits, SizeIs(1));
  EXPECT_EQ(waits[0].thread, thread);
  EXPECT_NE(waits[0].thread, ::gettid());
  EXPECT_GE(waits[0].since, before);
  EXPECT_LE(waits[0].since, std::chrono::steady_clock::now());
  EXPECT_THAT(registry.waits(), IsEmpty());
}

}  // namespace
}  // namespace noderig
