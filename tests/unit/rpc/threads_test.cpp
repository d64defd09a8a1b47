// Calls that run beside each other: long polls, dropped calls, interrupts, several threads, traces.
#include "fixture.h"

#include <future>

namespace noderig::rpc::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

// Holds what begins with "wait" and answers anything else with its parameters.
Answer hold_waits(const Request& request) {
  if (request.body["method"].get<std::string>().starts_with("wait")) {
    return {"", Answer::Then::Hold};
  }
  return {result_reply(request, request.body["params"])};
}

using Pending = RpcTest;

TEST_F(Pending, LongPollDoesNotHoldUpOtherCalls) {
  FakeServer server(hold_waits);
  const Client rpc = client(server);
  PendingCall poll = rpc.start("waitforblockheight", {101});
  ASSERT_TRUE(server.wait_for_requests(1));
  EXPECT_FALSE(poll.wait_for(0ms));
  EXPECT_EQ(rpc("getblockcount", 1), Json::array({1}));
  server.release("there");
  EXPECT_EQ(poll.get(), "there");
  EXPECT_EQ(server.accepted(), 2U);
}

TEST_F(Pending, ManyLongPollsRunAtOnce) {
  FakeServer server(hold_waits);
  const Client rpc = client(server);
  std::vector<PendingCall> polls;
  for (int i = 0; i < 5; ++i) polls.push_back(rpc.start("waitfornewblock"));
  ASSERT_TRUE(server.wait_for_requests(5));
  server.release(true);
  for (PendingCall& poll : polls) EXPECT_EQ(poll.get(), true);
  EXPECT_EQ(server.accepted(), 5U);
  // All five connections went back and serve again.
  for (PendingCall& poll : polls) poll = rpc.start("waitfornewblock");
  ASSERT_TRUE(server.wait_for_requests(10));
  EXPECT_EQ(server.accepted(), 5U);
}

TEST_F(Pending, DroppingACallClosesItsConnection) {
  FakeServer server(hold_waits);
  const Client rpc = client(server);
  {
    const PendingCall poll = rpc.start("waitfornewblock");
    ASSERT_TRUE(server.wait_for_requests(1));
  }
  EXPECT_TRUE(server.wait_for_closed_by_client(1));
  EXPECT_EQ(rpc("getblockcount", 1), Json::array({1}));
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(Pending, DroppingACallOnAKeptConnectionDoesNotRepeatIt) {
  FakeServer server(hold_waits);
  const Client rpc = client(server);
  rpc("getblockcount");
  {
    const PendingCall poll = rpc.start("waitfornewblock");
    ASSERT_TRUE(server.wait_for_requests(2));
  }
  EXPECT_TRUE(server.wait_for_closed_by_client(1));
  rpc("getblockcount");
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST_F(Pending, AssigningOverACallDropsIt) {
  FakeServer server(hold_waits);
  const Client rpc = client(server);
  PendingCall poll = rpc.start("waitfornewblock");
  ASSERT_TRUE(server.wait_for_requests(1));
  poll = rpc.start("getblockcount");
  EXPECT_TRUE(server.wait_for_closed_by_client(1));
  EXPECT_EQ(poll.get(), Json::array());
}

TEST_F(Pending, CancelledCallThrowsInGet) {
  FakeServer server(hold_waits);
  const Client rpc = client(server);
  PendingCall poll = rpc.start("waitfornewblock");
  poll.cancel();
  const auto error = error_of<TransportError>([&] { poll.get(); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), TransportError::Kind::Interrupted);
  EXPECT_THROW(poll.get(), std::logic_error);
}

TEST_F(Pending, TimesOutFromItsStart) {
  FakeServer server(hold_waits);
  const Client rpc = client(server);
  PendingCall poll = rpc.start("waitfornewblock", Json::array(), 50ms);
  EXPECT_TRUE(poll.wait_for(1h));
  const auto error = error_of<TransportError>([&] { poll.get(); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), TransportError::Kind::Timeout);
}

TEST_F(Pending, ThrowsTheNodesError) {
  FakeServer server([](const Request& request) {
    return Answer{error_reply(request, 500, {{"code", -28}, {"message", "Loading"}})};
  });
  PendingCall call = client(server).start("getblockcount");
  const auto error = error_of<RpcError>([&] { call.get(); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), RpcErrorCode::RPC_IN_WARMUP);
}

using Interrupt = RpcTest;

TEST_F(Interrupt, FromAnotherThreadEndsCallsUnderWayAndLaterOnes) {
  FakeServer server(hold_waits);
  const Client rpc = client(server);
  auto call = std::async(std::launch::async, [&] { return rpc("waitfornewblock"); });
  PendingCall poll = rpc.start("waitforblock");
  ASSERT_TRUE(server.wait_for_requests(2));
  rpc.wallet("w").interrupt("node7 exited with status 1");

  const auto expect_interrupted = [](auto&& action) {
    const auto error = error_of<TransportError>(action);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind(), TransportError::Kind::Interrupted);
    EXPECT_THAT(error->what(), HasSubstr("node7 exited with status 1"));
  };
  expect_interrupted([&] { call.get(); });
  expect_interrupted([&] { poll.get(); });
  expect_interrupted([&] { rpc("getblockcount"); });
  expect_interrupted([&] { rpc.start("getblockcount"); });
  expect_interrupted([&] { rpc.batch({{"getblockcount"}}); });
  EXPECT_TRUE(server.wait_for_closed_by_client(2));
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(Interrupt, WorksWithoutTheIoThread) {
  FakeServer server(hold_waits);
  boost::asio::io_context nobody_runs_it;
  const Client rpc(nobody_runs_it, options(server));
  PendingCall call = rpc.start("getblockcount");
  rpc.interrupt("over");
  EXPECT_THROW(call.get(), TransportError);
}

using Threads = RpcTest;

TEST_F(Threads, EachGetsItsOwnAnswers) {
  FakeServer server(hold_waits);
  const Client rpc = client(server);
  std::vector<std::future<int>> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.push_back(std::async(std::launch::async, [&rpc, thread] {
      int right = 0;
      for (int i = 0; i < 100; ++i) {
        right += rpc("echo", thread, i) == Json::array({thread, i}) ? 1 : 0;
      }
      return right;
    }));
  }
  for (auto& thread : threads) EXPECT_EQ(thread.get(), 100);
  EXPECT_LE(server.accepted(), 8U);
}

class Traces : public RpcTest {
 protected:
  struct Line {
    std::string call;
    std::string outcome;
    bool operator==(const Line&) const = default;
    friend void PrintTo(const Line& line, std::ostream* out) {
      *out << line.call << " -> " << line.outcome;
    }
  };

  Client traced_client(const FakeServer& server) {
    auto traced = options(server);
    traced.trace = [this](const CallRecord& record) {
      EXPECT_EQ(record.node, "node7");
      EXPECT_GE(record.duration.count(), 0);
      EXPECT_NE(record.result == nullptr, record.error.empty());
      lines_.push_back(
          {record.wallet.value_or("-") + " " + std::string(record.method) + record.params.dump(),
           record.result ? record.result->dump() : std::string(record.error)});
    };
    return Client(io_, traced);
  }

  std::vector<Line> lines_;
};

TEST_F(Traces, RecordResultsErrorsAndDroppedCalls) {
  FakeServer server([](const Request& request) {
    if (request.body["method"] == "bad") {
      return Answer{error_reply(request, 500, {{"code", -8}, {"message", "m"}})};
    }
    return hold_waits(request);
  });
  const Client rpc = traced_client(server);
  rpc("echo", 1);
  EXPECT_THROW(rpc.wallet("w")("bad", 2), RpcError);
  rpc.start("waitfornewblock");
  EXPECT_THAT(
      lines_,
      ElementsAre(Line{"- echo[1]", "[1]"},
                  Line{"w bad[2]", "node7: bad: RPC error -8 (RPC_INVALID_PARAMETER), HTTP 500: m"},
                  Line{"- waitfornewblock[]", "dropped"}));
}

TEST_F(Traces, RecordEachCallOfABatch) {
  FakeServer server([](const Request& request) {
    Json answers = Json::array();
    for (const Json& call : request.body) {
      answers.push_back({{"id", call["id"]}, {"result", call["method"]}});
    }
    return Answer{http_reply(200, answers.dump())};
  });
  traced_client(server).batch({{"a"}, {"b", Json::array({7})}});
  EXPECT_THAT(lines_, ElementsAre(Line{"- a[]", "\"a\""}, Line{"- b[7]", "\"b\""}));
}

}  // namespace
}  // namespace noderig::rpc::test
