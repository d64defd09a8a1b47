// Calls that go well: what is sent, over which connections, and what comes back.
#include "fixture.h"

#include <atomic>
#include <set>

namespace noderig::rpc::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// "Basic " and the base64 forms of these, as a node compares them.
constexpr const char* kBobSecret = "Basic Ym9iOnNlY3JldA==";
constexpr const char* kCookieOld = "Basic X19jb29raWVfXzpvbGQ=";
constexpr const char* kCookieNew = "Basic X19jb29raWVfXzpuZXc=";

struct Coin {
  int value;
};
void to_json(Json& json, const Coin& coin) {
  json = "coin" + std::to_string(coin.value);
}

Answer echo(const Request& request) {
  return {result_reply(request, request.body["params"])};
}

using ClientCalls = RpcTest;

TEST_F(ClientCalls, SendsMethodPositionalParametersAndCredentials) {
  FakeServer server(echo);
  const Client rpc = client(server);
  EXPECT_EQ(rpc("getblock", "00ff", 2, true, Coin{5}, Json::array({1})),
            Json::parse(R"(["00ff", 2, true, "coin5", [1]])"));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].body["method"], "getblock");
  EXPECT_EQ(requests[0].target, "/");
  EXPECT_EQ(requests[0].authorization, kBobSecret);
}

TEST_F(ClientCalls, SendsAnEmptyArrayWithoutParameters) {
  FakeServer server(echo);
  EXPECT_EQ(client(server)("getblockcount"), Json::array());
}

TEST_F(ClientCalls, SendsNamedParameters) {
  FakeServer server(echo);
  const Json params = {{"blockhash", "00ff"}, {"verbosity", 2}};
  EXPECT_EQ(client(server).named("getblock", params), params);
}

TEST_F(ClientCalls, ReturnsANullResult) {
  FakeServer server([](const Request& request) { return Answer{result_reply(request, nullptr)}; });
  EXPECT_EQ(client(server)("ping"), nullptr);
}

TEST_F(ClientCalls, GiveResultsAndErrorsToTheFilterBeforeTheTrace) {
  FakeServer server([](const Request& request) {
    const bool fails = request.body["method"] == "fails";
    return Answer{fails ? error_reply(request, 500, {{"code", -8}, {"message", "bad"}})
                        : result_reply(request, 1)};
  });
  ClientOptions filtered = options(server);
  filtered.filter = [](std::string_view method, BatchResult& outcome) {
    if (method == "fails") {
      EXPECT_EQ(outcome.error()->message(), "bad");
      outcome = BatchResult(Json("mended"));
    } else {
      outcome =
          BatchResult(RpcError("node7", std::string(method), 500, RpcErrorCode{-1}, "broken"));
    }
  };
  std::vector<std::string> traced;
  filtered.trace = [&](const CallRecord& call) {
    traced.push_back(call.result ? call.result->dump() : std::string(call.error));
  };
  const Client rpc(io_, filtered);
  EXPECT_EQ(rpc("fails"), "mended");
  EXPECT_EQ(error_of<RpcError>([&] { rpc("works"); })->message(), "broken");
  EXPECT_THAT(traced, ElementsAre("\"mended\"", HasSubstr("broken")));
}

TEST_F(ClientCalls, GiveEachCallOfABatchToTheFilter) {
  FakeServer server([](const Request& request) {
    std::string body = "[";
    for (const Json& call : request.body) {
      body += (body.size() > 1 ? "," : "") + Json{{"id", call["id"]}, {"result", 1}}.dump();
    }
    return Answer{http_reply(200, body + "]")};
  });
  ClientOptions filtered = options(server);
  filtered.filter = [](std::string_view method, BatchResult& outcome) {
    if (method == "second") outcome = BatchResult(Json(2));
  };
  const auto results = Client(io_, filtered).batch({{.method = "first"}, {.method = "second"}});
  EXPECT_EQ(results.at(0).value(), 1);
  EXPECT_EQ(results.at(1).value(), 2);
}

TEST_F(ClientCalls, ReadsALargeReply) {
  const std::string block(9'000'000, 'f');
  FakeServer server([&](const Request& request) { return Answer{result_reply(request, block)}; });
  EXPECT_EQ(client(server)("getblock"), block);
}

TEST_F(ClientCalls, SendsALargeRequest) {
  const std::string block(9'000'000, 'f');
  FakeServer server(echo);
  EXPECT_EQ(client(server)("submitblock", block)[0], block);
}

TEST_F(ClientCalls, ReadsAChunkedReply) {
  FakeServer server([](const Request& request) {
    const std::string id = request.body["id"].dump();
    return Answer{
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "a\r\n{\"result\":\r\n"
        "7\r\n42,\"id\"\r\n" +
        std::to_string(id.size() + 2) + "\r\n:" + id + "}\r\n0\r\n\r\n"};
  });
  EXPECT_EQ(client(server)("getblockcount"), 42);
}

TEST_F(ClientCalls, WalletsHaveAnEndpointOfTheirOwnAndShareConnections) {
  FakeServer server(echo);
  const Client rpc = client(server);
  rpc("a");
  rpc.wallet("w 1/ü?")("b");
  rpc.wallet("")("c");
  const Client wallet = rpc.wallet("one");
  wallet.wallet("two.dat_~-")("d");
  EXPECT_EQ(wallet.wallet_name(), "one");
  auto with_wallet = options(server);
  with_wallet.wallet = "three";
  Client(io_, with_wallet)("e");

  std::vector<std::string> targets;
  for (const Request& request : server.requests()) targets.push_back(request.target);
  EXPECT_THAT(targets, ElementsAre("/", "/wallet/w%201%2F%C3%BC%3F", "/wallet/",
                                   "/wallet/two.dat_~-", "/wallet/three"));
  EXPECT_EQ(server.accepted(), 2U);
}

TEST_F(ClientCalls, ReuseOneConnection) {
  FakeServer server(echo);
  const Client rpc = client(server);
  const Client copy = rpc;
  for (int i = 0; i < 10; ++i) {
    rpc("getblockcount");
    copy("getblockcount");
  }
  EXPECT_EQ(server.accepted(), 1U);
}

TEST_F(ClientCalls, UseDifferentIds) {
  FakeServer server(echo);
  const Client rpc = client(server);
  std::set<Json> ids;
  for (int i = 0; i < 5; ++i) rpc("getblockcount");
  for (const Request& request : server.requests()) ids.insert(request.body["id"]);
  EXPECT_EQ(ids.size(), 5U);
}

TEST_F(ClientCalls, ConnectAgainAfterConnectionClose) {
  FakeServer server([](const Request& request) {
    std::string reply = result_reply(request, 1);
    reply.insert(reply.find("\r\n"), "\r\nConnection: close");
    return Answer{reply, Answer::Then::Close};
  });
  const Client rpc = client(server);
  EXPECT_EQ(rpc("a"), 1);
  EXPECT_EQ(rpc("b"), 1);
  EXPECT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(server.accepted(), 2U);
}

TEST_F(ClientCalls, KeepNoMoreIdleConnectionsThanAsked) {
  FakeServer server(echo);
  auto none_idle = options(server);
  none_idle.max_idle = 0;
  const Client rpc(io_, none_idle);
  rpc("a");
  rpc("b");
  EXPECT_EQ(server.accepted(), 2U);
  EXPECT_TRUE(server.wait_for_closed_by_client(2));
}

TEST_F(ClientCalls, ReplaceAConnectionClosedWhileIdle) {
  FakeServer server(echo);
  const Client rpc = client(server);
  rpc("a");
  server.close_connections();
  EXPECT_EQ(rpc("b", 1), Json::array({1}));
  EXPECT_EQ(server.accepted(), 2U);
}

TEST_F(ClientCalls, AreRepeatedOnceWhenAKeptConnectionIsClosedInsteadOfAnswering) {
  std::size_t count = 0;
  FakeServer server([&](const Request& request) {
    return ++count == 2 ? Answer{"", Answer::Then::Close} : echo(request);
  });
  const Client rpc = client(server);
  rpc("a");
  EXPECT_EQ(rpc("b", 1), Json::array({1}));
  EXPECT_EQ(server.requests().size(), 3U);
  EXPECT_EQ(server.accepted(), 2U);
}

TEST_F(ClientCalls, AreNotRepeatedTwice) {
  std::size_t count = 0;
  FakeServer server([&](const Request& request) {
    return ++count >= 2 ? Answer{"", Answer::Then::Close} : echo(request);
  });
  const Client rpc = client(server);
  rpc("a");
  const auto error = error_of<TransportError>([&] { rpc("b"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), TransportError::Kind::Closed);
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST_F(ClientCalls, AreNotRepeatedOnceTheReplyHasBegun) {
  std::size_t count = 0;
  FakeServer server([&](const Request& request) {
    return ++count == 2 ? Answer{"HTTP/1.1 200 OK\r\n", Answer::Then::Close} : echo(request);
  });
  const Client rpc = client(server);
  rpc("a");
  const auto error = error_of<TransportError>([&] { rpc("b"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), TransportError::Kind::HalfReply);
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(ClientCalls, DropAConnectionWithBytesThatNobodyAskedFor) {
  FakeServer server([](const Request& request) {
    return Answer{result_reply(request, 1) + result_reply(request, 2)};
  });
  const Client rpc = client(server);
  EXPECT_EQ(rpc("a"), 1);
  EXPECT_EQ(rpc("b"), 1);
  EXPECT_EQ(server.accepted(), 2U);
}

class CookieCalls : public RpcTest {
 protected:
  CookieCalls() { write_file(cookie_, "__cookie__:old\n"); }

  Client cookie_client(const FakeServer& server) {
    auto with_cookie = options(server);
    with_cookie.auth = CookieFile{cookie_};
    return Client(io_, with_cookie);
  }

  const ScratchDirectory scratch_;
  const std::filesystem::path cookie_ = scratch_.path() / ".cookie";
};

TEST_F(CookieCalls, ReadTheCookieAgainAfterHttp401) {
  std::atomic<bool> restarted = false;
  FakeServer server([&](const Request& request) {
    const bool right = request.authorization == (restarted ? kCookieNew : kCookieOld);
    return right ? echo(request) : Answer{http_reply(401, "")};
  });
  const Client rpc = cookie_client(server);
  EXPECT_EQ(rpc("a", 1), Json::array({1}));
  write_file(cookie_, "__cookie__:new");
  restarted = true;
  EXPECT_EQ(rpc("b", 2), Json::array({2}));
  EXPECT_EQ(server.requests().size(), 3U);
  EXPECT_EQ(rpc("c", 3), Json::array({3}));
  EXPECT_EQ(server.requests().size(), 4U);
}

TEST_F(CookieCalls, ReadTheCookieForEachNewConnection) {
  FakeServer server(echo);
  const Client rpc = cookie_client(server);
  rpc("a");
  write_file(cookie_, "__cookie__:new");
  rpc("b");
  server.close_connections();
  rpc("c");
  std::vector<std::string> shown;
  for (const Request& request : server.requests()) shown.push_back(request.authorization);
  EXPECT_THAT(shown, ElementsAre(kCookieOld, kCookieOld, kCookieNew));
}

TEST_F(CookieCalls, GiveUpAtOnceWhenTheCookieIsTheSame) {
  FakeServer server([](const Request&) { return Answer{http_reply(401, "")}; });
  const Client rpc = cookie_client(server);
  const auto error = error_of<TransportError>([&] { rpc("a"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), TransportError::Kind::Unauthorized);
  EXPECT_THAT(error->what(), HasSubstr("cookie file " + cookie_.string()));
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(CookieCalls, TryANewCookieOnce) {
  int written = 0;
  FakeServer server([&](const Request&) {
    write_file(cookie_, "__cookie__:" + std::to_string(++written));
    return Answer{http_reply(401, "")};
  });
  const Client rpc = cookie_client(server);
  EXPECT_THROW(rpc("a"), TransportError);
  EXPECT_EQ(server.requests().size(), 2U);
}

class Batches : public RpcTest {
 protected:
  // The error of a batch of two calls whose answers `answers` makes from the id of the first.
  TransportError failure(const std::function<Json(std::uint64_t)>& answers) {
    FakeServer server([&](const Request& request) {
      return Answer{http_reply(200, answers(request.body[0]["id"]).dump())};
    });
    const Client rpc = client(server);
    const auto error = error_of<TransportError>([&] { rpc.batch({{"a"}, {"b"}}); });
    if (!error) throw std::logic_error("no error");
    return *error;
  }
};

TEST_F(Batches, MatchAnswersToCallsById) {
  FakeServer server([](const Request& request) {
    Json answers = Json::array();
    for (const Json& call : request.body) {
      const bool bad = call["method"] == "bad";
      answers.insert(answers.begin(),
                     Json{{"id", call["id"]},
                          {"result", bad ? Json() : call["params"]},
                          {"error", bad ? Json{{"code", -8}, {"message", "m"}} : Json()}});
    }
    return Answer{http_reply(200, answers.dump())};
  });
  const Client rpc = client(server);
  const auto results = rpc.batch({{"a", Json::array({1})}, {"bad"}, {"c", {{"name", 3}}}});
  ASSERT_EQ(results.size(), 3U);
  EXPECT_EQ(results[0].value(), Json::array({1}));
  EXPECT_EQ(results[2].value(), Json({{"name", 3}}));
  ASSERT_FALSE(results[1].ok());
  EXPECT_EQ(results[1].error()->method(), "bad");
  EXPECT_EQ(results[1].error()->code(), RpcErrorCode::RPC_INVALID_PARAMETER);
  EXPECT_THROW(results[1].value(), RpcError);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(Batches, OfNothingAskNothing) {
  FakeServer server(echo);
  EXPECT_TRUE(client(server).batch({}).empty());
  EXPECT_EQ(server.accepted(), 0U);
}

TEST_F(Batches, RefuseAnswersThatDoNotMatch) {
  using Kind = TransportError::Kind;
  const auto answer = [](std::uint64_t id) { return Json{{"result", 1}, {"id", id}}; };
  const auto error = failure([&](auto id) { return Json::array({answer(id)}); });
  EXPECT_EQ(error.kind(), Kind::BadReply);
  EXPECT_THAT(error.what(), HasSubstr("node7: batch of 2 (a, ...): "));
  const auto twice = failure([&](auto id) { return Json::array({answer(id), answer(id)}); });
  EXPECT_EQ(twice.kind(), Kind::BadReply);
  const auto other = failure([&](auto id) { return Json::array({answer(id), answer(id + 2)}); });
  EXPECT_EQ(other.kind(), Kind::BadReply);
  const auto below = failure([&](auto id) { return Json::array({answer(id), answer(id - 1)}); });
  EXPECT_EQ(below.kind(), Kind::BadReply);
  const auto no_object = failure([&](auto id) { return Json::array({answer(id), 5}); });
  EXPECT_EQ(no_object.kind(), Kind::BadReply);
}

TEST_F(Batches, ThrowTheErrorForTheBatchAsAWhole) {
  FakeServer server([](const Request&) {
    return Answer{http_reply(500, R"({"error":{"code":-32600,"message":"m"},"id":null})")};
  });
  const Client rpc = client(server);
  const auto error = error_of<RpcError>([&] { rpc.batch({{"a"}, {"b"}}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->method(), "batch of 2 (a, ...)");
}

}  // namespace
}  // namespace noderig::rpc::test
