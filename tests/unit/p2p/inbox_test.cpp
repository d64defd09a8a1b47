#include <gmock/gmock.h>

#include <noderig/p2p/inbox.h>

namespace noderig::p2p {
namespace {

using testing::IsNull;

std::shared_ptr<const Bytes> payload(int value) {
  return std::make_shared<const Bytes>(1, static_cast<std::byte>(value));
}

const Received* take(Inbox& inbox, std::string_view command) {
  return inbox.take({&command, 1});
}

TEST(Inbox, GivesEachTypeInOrderWithoutLosingOthers) {
  Inbox inbox;
  inbox.push("inv", payload(0));
  inbox.push("tx", payload(1));
  inbox.push("inv", payload(2));

  EXPECT_EQ(take(inbox, "tx")->position, 1u);
  EXPECT_THAT(take(inbox, "tx"), IsNull());
  EXPECT_EQ(*take(inbox, "inv")->payload, *payload(0));
  EXPECT_EQ(*take(inbox, "inv")->payload, *payload(2));
  EXPECT_THAT(take(inbox, "inv"), IsNull());
  inbox.push("tx", payload(3));
  EXPECT_EQ(take(inbox, "tx")->position, 3u);
}

TEST(Inbox, TakesTheEarliestOfSeveralTypes) {
  Inbox inbox;
  inbox.push("inv", payload(0));
  inbox.push("headers", payload(1));
  inbox.push("inv", payload(2));
  const std::vector<std::string_view> commands = {"headers", "inv", "block"};
  EXPECT_EQ(inbox.take(commands)->position, 0u);
  EXPECT_EQ(inbox.take(commands)->position, 1u);
  EXPECT_EQ(inbox.take(commands)->position, 2u);
  EXPECT_THAT(inbox.take(commands), IsNull());
}

TEST(Inbox, FindsFromACursorWhateverWasTaken) {
  Inbox inbox;
  inbox.push("inv", payload(0));
  const Cursor mark{inbox.size()};
  inbox.push("tx", payload(1));
  inbox.push("inv", payload(2));
  take(inbox, "inv");
  take(inbox, "inv");

  EXPECT_EQ(inbox.find("inv", {})->position, 0u);
  EXPECT_EQ(inbox.find("inv", mark)->position, 2u);
  EXPECT_THAT(inbox.find("inv", {3}), IsNull());
  EXPECT_EQ(inbox.count("inv", {}), 2u);
  EXPECT_EQ(inbox.count("inv", mark), 1u);
  EXPECT_EQ(inbox.count("block", {}), 0u);
}

TEST(Inbox, CountsWhatIsNotTaken) {
  Inbox inbox;
  EXPECT_THAT(inbox.next("inv"), IsNull());
  inbox.push("inv", payload(0));
  inbox.push("inv", payload(1));
  EXPECT_EQ(inbox.untaken("inv"), 2u);
  EXPECT_EQ(inbox.next("inv")->position, 0u);
  take(inbox, "inv");
  EXPECT_EQ(inbox.untaken("inv"), 1u);
  EXPECT_EQ(inbox.next("inv")->position, 1u);
  take(inbox, "inv");
  EXPECT_THAT(inbox.next("inv"), IsNull());
}

TEST(Inbox, LastTakenNeverGoesBack) {
  Inbox inbox;
  inbox.push("inv", payload(0));
  inbox.push("tx", payload(1));
  EXPECT_EQ(inbox.last_taken(), Cursor{0});
  take(inbox, "tx");
  EXPECT_EQ(inbox.last_taken(), Cursor{2});
  take(inbox, "inv");
  EXPECT_EQ(inbox.last_taken(), Cursor{2});
}

}  // namespace
}  // namespace noderig::p2p
