#include <noderig/framework/traffic.h>

#include <gmock/gmock.h>
#include <noderig/framework/asker.h>

#include <string>

namespace noderig {
namespace {

using std::chrono::microseconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::Field;

void call(Traffic& traffic, std::string_view method, microseconds duration, bool failed = false) {
  const std::optional<std::string> wallet;
  const rpc::Json nothing;
  traffic.count(rpc::CallRecord{.started = {},
                                .duration = duration,
                                .node = "node0",
                                .wallet = wallet,
                                .method = method,
                                .params = nothing,
                                .result = failed ? nullptr : &nothing,
                                .error = failed ? "refused" : ""});
}

void message(Traffic& traffic, p2p::Direction direction, std::string_view command,
             std::size_t bytes) {
  const Bytes payload(bytes);
  traffic.count(p2p::TraceEvent{
      .peer = "peer0", .direction = direction, .command = command, .payload = payload});
}

TEST(Traffic, CountsCallsByMethod) {
  Traffic traffic;
  call(traffic, "getblock", microseconds(250'000));
  call(traffic, "addnode", microseconds(1), true);
  call(traffic, "getblock", microseconds(500'000), true);
  const auto uses = traffic.rpc();
  ASSERT_EQ(uses.size(), 2u);
  EXPECT_EQ(uses[0].method, "addnode");
  EXPECT_EQ(uses[0].calls, 1);
  EXPECT_EQ(uses[0].errors, 1);
  EXPECT_EQ(uses[1].method, "getblock");
  EXPECT_EQ(uses[1].calls, 2);
  EXPECT_EQ(uses[1].errors, 1);
  EXPECT_EQ(uses[1].seconds, 0.75);
}

TEST(Traffic, TellsTheRigsOwnCallsFromTheScenarios) {
  Traffic traffic;
  call(traffic, "getblock", microseconds(1));
  {
    const Polls polls;  // a scenario's questions, all the same
    call(traffic, "getblock", microseconds(1));
    const RigsOwnCalls own;
    call(traffic, "getblock", microseconds(1), true);
    call(traffic, "stop", microseconds(1));
  }
  call(traffic, "getblock", microseconds(1));
  EXPECT_THAT(traffic.rpc(),
              ElementsAre(AllOf(Field(&RpcUse::calls, 4), Field(&RpcUse::rig_calls, 1)),
                          AllOf(Field(&RpcUse::calls, 1), Field(&RpcUse::rig_calls, 1))));
}

TEST(Traffic, CountsWhatIsAskedForByHttpWithoutItsArguments) {
  Traffic traffic;
  for (const char* method :
       {"GET /rest/block/00ff.json?count=1", "GET /rest/block/00aa.bin", "GET /rest/chaininfo.json",
        "GET /rest/mempool?verbose=1", "POST /wallet/x/y", "GET /?q=1", "GET /"}) {
    call(traffic, method, microseconds(1));
  }
  EXPECT_THAT(traffic.rpc(), ElementsAre(Field(&RpcUse::method, "GET /"),
                                         Field(&RpcUse::method, "GET /rest/block"),
                                         Field(&RpcUse::method, "GET /rest/chaininfo"),
                                         Field(&RpcUse::method, "GET /rest/mempool"),
                                         Field(&RpcUse::method, "POST /wallet/x")));
}

TEST(Traffic, CountsMessagesEachWay) {
  Traffic traffic;
  message(traffic, p2p::Direction::Sent, "ping", 8);
  message(traffic, p2p::Direction::Received, "ping", 9);
  message(traffic, p2p::Direction::Received, "ping", 20);
  const auto uses = traffic.messages();
  ASSERT_EQ(uses.size(), 1u);
  EXPECT_EQ(uses[0].command, "ping");
  EXPECT_EQ(uses[0].sent, 1);
  EXPECT_EQ(uses[0].sent_bytes, 8);
  EXPECT_EQ(uses[0].received, 2);
  EXPECT_EQ(uses[0].received_bytes, 29);
}

// A scenario that sends messages with random names must not fill the memory.
TEST(Traffic, CountsNamesBeyondALimitAsOne) {
  Traffic traffic;
  for (std::size_t i = 0; i < Traffic::kMostNames + 3; ++i) {
    message(traffic, p2p::Direction::Sent, "z" + std::to_string(1000 + i), 1);
  }
  message(traffic, p2p::Direction::Sent, "z1000", 1);
  const auto uses = traffic.messages();
  ASSERT_EQ(uses.size(), Traffic::kMostNames + 1);
  EXPECT_EQ(uses[0].command, "(others)");
  EXPECT_EQ(uses[0].sent, 3);
  EXPECT_EQ(uses[1].sent, 2);
}

}  // namespace
}  // namespace noderig
