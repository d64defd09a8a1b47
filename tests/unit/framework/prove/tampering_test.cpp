#include <gmock/gmock.h>
#include <noderig/framework/asker.h>
#include <noderig/framework/prove/tampering.h>
#include <noderig/p2p/messages/ping.h>
#include <noderig/p2p/messages/registry.h>

namespace noderig::prove {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<std::string> kinds(const Report& report) {
  std::vector<std::string> kinds;
  for (const Point& point : report.points) kinds.push_back(point.what());
  return kinds;
}

Json answer(Tampering& tampering, const std::string& method, Json result) {
  rpc::BatchResult outcome(std::move(result));
  tampering.reply_filter("node0")(method, outcome);
  return outcome.value();
}

TEST(Tampering, RecordsWhatRepliesHold) {
  Tampering tampering({});
  EXPECT_EQ(answer(tampering, "getblockcount", 5), 5);
  answer(tampering, "getchaintips", Json::array({{{"height", 1}}, {{"height", 2}}}));
  EXPECT_THAT(kinds(tampering.report()),
              UnorderedElementsAre("getblockcount changed", "getblockcount error instead of result",
                                   "getchaintips shortened", "getchaintips /*/height changed",
                                   "getchaintips error instead of result"));
}

TEST(Tampering, ChangesTheOneCallThatIsMeant) {
  Tampering tampering(
      {.mode = Order::Mode::Tamper,
       .point = {.step = "b", .source = "node0", .name = "getblockcount", .nth = 2}});
  tampering.enter("a");
  EXPECT_EQ(answer(tampering, "getblockcount", 5), 5);
  EXPECT_EQ(answer(tampering, "getblockcount", 5), 5);
  tampering.enter("b");
  EXPECT_EQ(answer(tampering, "getblockcount", 5), 5);
  EXPECT_EQ(answer(tampering, "getconnectioncount", 5), 5);
  EXPECT_THAT(tampering.report().done, IsEmpty());
  EXPECT_EQ(answer(tampering, "getblockcount", 5), 6);
  EXPECT_EQ(answer(tampering, "getblockcount", 5), 5);
  EXPECT_EQ(tampering.report().done, "5 -> 6");
}

TEST(Tampering, LeavesTheRigsOwnCallsAndPollsAlone) {
  Tampering recording({});
  Tampering tampering({.mode = Order::Mode::Tamper,
                       .point = {.step = "", .source = "node0", .name = "getblockcount"}});
  {
    const RigsOwnCalls own;
    answer(recording, "getblockcount", 5);
    EXPECT_EQ(answer(tampering, "getblockcount", 5), 5);
  }
  {
    const Polls polls;
    answer(recording, "getblockcount", 5);
    EXPECT_EQ(answer(tampering, "getblockcount", 5), 5);
  }
  EXPECT_THAT(recording.report().points, IsEmpty());
  EXPECT_EQ(answer(tampering, "getblockcount", 5), 6) << "the first call that counts";
}

TEST(Tampering, WithholdsMembers) {
  Tampering tampering(
      {.mode = Order::Mode::Withhold, .members = {{"getblock", "/height"}}, .point = {}});
  EXPECT_EQ(answer(tampering, "getblock", {{"height", 1}, {"time", 2}}), Json({{"time", 2}}));
  EXPECT_EQ(answer(tampering, "getblockheader", {{"height", 1}}), Json({{"height", 1}}));
}

TEST(Tampering, RecordsMessagesOnceTheyAreRead) {
  Tampering tampering({});
  const auto filter = tampering.message_filter("peer0");
  p2p::RawMessage ping = p2p::to_raw(p2p::Ping{.nonce = 1});
  EXPECT_EQ(filter->arrives(4, ping), 1);
  EXPECT_EQ(filter->arrives(5, ping), 1);
  EXPECT_THAT(tampering.report().points, IsEmpty());
  tampering.enter("sub");
  filter->read(5);
  const Report report = tampering.report();
  EXPECT_THAT(kinds(report), Contains("ping lost"));
  EXPECT_THAT(kinds(report), Contains("ping repeated"));
  EXPECT_THAT(kinds(report), Contains("ping altered"));
  EXPECT_EQ(report.points.front().where(), "sub: peer0, message 2");
}

TEST(Tampering, LosesRepeatsAndAltersMessages) {
  const p2p::RawMessage original = p2p::to_raw(p2p::Ping{.nonce = 1});
  const auto times = [&](Change change, p2p::RawMessage& second) {
    Tampering tampering(
        {.mode = Order::Mode::Tamper,
         .point = {.step = "", .source = "peer0", .name = "ping", .nth = 2, .change = change}});
    const auto filter = tampering.message_filter("peer0");
    p2p::RawMessage first = second = original;
    EXPECT_EQ(filter->arrives(0, first), 1);
    EXPECT_EQ(first, original);
    const int result = filter->arrives(1, second);
    EXPECT_NE(tampering.report().done, "");
    return result;
  };
  p2p::RawMessage message;
  EXPECT_EQ(times(Change::Lose, message), 0);
  EXPECT_EQ(times(Change::Repeat, message), 2);
  EXPECT_EQ(message, original);
  EXPECT_EQ(times(Change::AlterBit, message), 1);
  EXPECT_NE(message, original);
}

}  // namespace
}  // namespace noderig::prove
