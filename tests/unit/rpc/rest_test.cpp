// The REST interface: what is asked for, and what becomes of each kind of answer.
#include "fixture.h"

#include <noderig/rpc/rest.h>

namespace noderig::rpc::test {
namespace {

using testing::HasSubstr;

Answer answer(int status, const std::string& type, const std::string& body) {
  return {"HTTP/1.1 " + std::to_string(status) + " Status\r\nContent-Type: " + type +
          "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body};
}

using RestCalls = RpcTest;

TEST_F(RestCalls, AsksForThePathInItsFormatWithTheQuery) {
  FakeServer server([](const Request&) { return answer(200, "application/json", "[1]\n"); });
  EXPECT_EQ(Rest(client(server)).json("headers/00ff", "count=5"), Json::array({1}));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].verb, "GET");
  EXPECT_EQ(requests[0].target, "/rest/headers/00ff.json?count=5");
  EXPECT_EQ(requests[0].text, "");
}

TEST_F(RestCalls, GivesHexWithoutTheEndOfLineAndBytesAsTheyAre) {
  const std::string bytes("\0\r\n\n", 4);
  FakeServer server([&](const Request& request) {
    return request.target == "/rest/tx/1.hex" ? answer(200, "text/plain", "00ff\n")
                                              : answer(200, "application/octet-stream", bytes);
  });
  const Rest rest(client(server));
  EXPECT_EQ(rest.hex("tx/1"), "00ff");
  EXPECT_EQ(rest.bin("tx/1"), bytes);
}

TEST_F(RestCalls, SendsABody) {
  FakeServer server(
      [](const Request& request) { return answer(200, "application/octet-stream", request.text); });
  EXPECT_EQ(Rest(client(server)).post_bin("getutxos", std::string("\x01\0", 2)),
            std::string("\x01\0", 2));
  EXPECT_EQ(server.requests().at(0).verb, "POST");
  EXPECT_EQ(server.requests().at(0).target, "/rest/getutxos.bin");
}

TEST_F(RestCalls, ThrowsTheNodesWordsForAnotherStatus) {
  FakeServer server(
      [](const Request&) { return answer(400, "text/plain", "Invalid hash: x\r\n"); });
  try {
    Rest(client(server)).json("tx/x");
    FAIL() << "nothing was thrown";
  } catch (const RestError& error) {
    EXPECT_EQ(error.status(), 400);
    EXPECT_EQ(error.message(), "Invalid hash: x");
    EXPECT_THAT(error.what(), HasSubstr("node7: /rest/tx/x.json: HTTP 400"));
  }
}

TEST_F(RestCalls, RefusesContentOfAnotherType) {
  FakeServer server([](const Request&) { return answer(200, "text/html", "[]"); });
  EXPECT_THROW(Rest(client(server)).json("tx/x"), TransportError);
}

TEST_F(RestCalls, GetGivesAnyAnswerAsItIs) {
  FakeServer server([](const Request&) { return answer(404, "text/plain; charset=x", "no\r\n"); });
  EXPECT_EQ(Rest(client(server)).get("nothing%"), (HttpReply{404, "text/plain", "no\r\n"}));
  EXPECT_EQ(server.requests().at(0).target, "/rest/nothing%");
}

TEST_F(RestCalls, ShareConnectionsWithCalls) {
  FakeServer server([](const Request& request) {
    return request.verb == "GET" ? answer(200, "application/json", "{}")
                                 : Answer{result_reply(request, 7)};
  });
  const Client rpc = client(server);
  EXPECT_EQ(rpc("getblockcount"), 7);
  EXPECT_EQ(Rest(rpc).json("chaininfo"), Json::object());
  EXPECT_EQ(rpc("getblockcount"), 7);
  EXPECT_EQ(server.accepted(), 1U);
}

TEST_F(RestCalls, EndWhenInterrupted) {
  FakeServer server([](const Request&) { return Answer{"", Answer::Then::Hold}; });
  const Client rpc = client(server);
  std::thread interrupter([&] {
    server.wait_for_requests(1);
    rpc.interrupt("enough");
  });
  EXPECT_THROW(Rest(rpc).get("chaininfo.json"), TransportError);
  interrupter.join();
}

}  // namespace
}  // namespace noderig::rpc::test
