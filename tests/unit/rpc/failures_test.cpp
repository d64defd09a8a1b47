// Everything that can go wrong between a client and a node, each with the error it must give.
#include "fixture.h"

#include <boost/asio/post.hpp>
#include <future>

namespace noderig::rpc::test {
namespace {

using Kind = TransportError::Kind;
using testing::HasSubstr;

class Failures : public RpcTest {
 protected:
  // The error of one call to a server that does `answer`, which got the request exactly once.
  TransportError failure(const Answer& answer) {
    FakeServer server([&](const Request&) { return answer; });
    const Client rpc = client(server);
    const auto error = error_of<TransportError>([&] { rpc("getblock"); });
    EXPECT_EQ(server.requests().size(), 1U);
    if (!error) throw std::logic_error("no error");
    EXPECT_THAT(error->what(), testing::StartsWith("node7: getblock: "));
    EXPECT_EQ(error->node(), "node7");
    EXPECT_EQ(error->method(), "getblock");
    return *error;
  }

  TransportError reply_failure(int status, const std::string& body) {
    return failure({http_reply(status, body)});
  }
};

TEST_F(Failures, NobodyListens) {
  std::optional<FakeServer> server([](const Request&) { return Answer{}; });
  const Client rpc = client(*server);
  server.reset();
  const auto error = error_of<TransportError>([&] { rpc("getblock"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), Kind::Connect);
  EXPECT_THAT(error->what(), HasSubstr("node7: getblock: can't connect to 127.0.0.1:"));
  EXPECT_THAT(error->what(), HasSubstr("refused"));
}

TEST_F(Failures, NodeDiesInMidCall) {
  const auto error = failure({"", Answer::Then::Close});
  EXPECT_EQ(error.kind(), Kind::Closed);
  EXPECT_THAT(error.what(), HasSubstr("before any reply"));
  EXPECT_THAT(error.what(), HasSubstr("exit status"));
}

TEST_F(Failures, NodeDiesWithinTheBody) {
  const auto error =
      failure({"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"result\":", Answer::Then::Close});
  EXPECT_EQ(error.kind(), Kind::HalfReply);
  EXPECT_THAT(error.what(), HasSubstr("within the reply"));
}

TEST_F(Failures, NodeDiesWithinTheHeader) {
  EXPECT_EQ(failure({"HTTP/1.1 200 OK\r\nConte", Answer::Then::Close}).kind(), Kind::HalfReply);
}

TEST_F(Failures, SomethingElseListens) {
  const auto error = failure({"220 mail.example ESMTP\r\n", Answer::Then::Close});
  EXPECT_EQ(error.kind(), Kind::BadReply);
  EXPECT_THAT(error.what(), HasSubstr("not HTTP"));
}

TEST_F(Failures, ReplyIsNotJson) {
  const auto error = reply_failure(200, "<html>hello\nyou</html>");
  EXPECT_EQ(error.kind(), Kind::NotJson);
  EXPECT_THAT(error.what(), HasSubstr("\"<html>hello you</html>\""));
}

TEST_F(Failures, ReplyIsHalfAJson) {
  EXPECT_EQ(reply_failure(200, R"({"result": [1, 2)").kind(), Kind::NotJson);
  EXPECT_EQ(reply_failure(200, "").kind(), Kind::NotJson);
}

TEST_F(Failures, ReplyIsNoJsonRpc) {
  for (const char* body : {"[1]", "42", R"({"id":1})", R"({"id":1,"error":null})",
                           R"({"id":1,"result":1,"error":"text"})"}) {
    const auto error = reply_failure(200, body);
    EXPECT_EQ(error.kind(), Kind::BadReply) << body;
    EXPECT_THAT(error.what(), HasSubstr(body));
  }
}

TEST_F(Failures, ReplyHasAnotherId) {
  const auto error = reply_failure(200, R"({"result":1,"error":null,"id":987654})");
  EXPECT_EQ(error.kind(), Kind::BadReply);
  EXPECT_THAT(error.what(), HasSubstr("987654"));
  EXPECT_EQ(reply_failure(200, R"({"result":1,"error":null})").kind(), Kind::BadReply);
}

TEST_F(Failures, ErrorReplyHasAnotherId) {
  EXPECT_EQ(reply_failure(500, R"({"error":{"code":-8,"message":"m"},"id":987654})").kind(),
            Kind::BadReply);
}

TEST_F(Failures, Http401NamesTheUserButNotThePassword) {
  const auto error = reply_failure(401, "");
  EXPECT_EQ(error.kind(), Kind::Unauthorized);
  EXPECT_THAT(error.what(), HasSubstr("401"));
  EXPECT_THAT(error.what(), HasSubstr("user bob"));
  EXPECT_THAT(error.what(), testing::Not(HasSubstr("secret")));
}

TEST_F(Failures, Http403NamesTheOptions) {
  const auto error = reply_failure(403, "");
  EXPECT_EQ(error.kind(), Kind::Forbidden);
  EXPECT_THAT(error.what(), HasSubstr("-rpcallowip"));
}

TEST_F(Failures, Http404WithoutJson) {
  const auto error = reply_failure(404, "Not Found");
  EXPECT_EQ(error.kind(), Kind::NotFound);
  EXPECT_THAT(error.what(), HasSubstr("\"Not Found\""));
}

TEST_F(Failures, Http500WithoutJson) {
  const auto error = reply_failure(500, "boom");
  EXPECT_EQ(error.kind(), Kind::ServerError);
  EXPECT_THAT(error.what(), HasSubstr("boom"));
}

TEST_F(Failures, Http500WithJsonThatIsNoRpcError) {
  EXPECT_EQ(reply_failure(500, R"({"error":{"type":"Error"}})").kind(), Kind::ServerError);
}

TEST_F(Failures, Http503TellsWhatTheNodeSays) {
  const auto error = reply_failure(503, "Work queue depth exceeded");
  EXPECT_EQ(error.kind(), Kind::Busy);
  EXPECT_THAT(error.what(), HasSubstr("Work queue depth exceeded"));
  EXPECT_THAT(error.what(), HasSubstr("-rpcworkqueue"));
}

TEST_F(Failures, AnyOtherHttpStatus) {
  const auto error = reply_failure(405, "POST only");
  EXPECT_EQ(error.kind(), Kind::HttpStatus);
  EXPECT_THAT(error.what(), HasSubstr("HTTP 405"));
}

TEST_F(Failures, RpcErrorOverHttp500And404And200) {
  for (const int status : {500, 404, 200}) {
    FakeServer server([&](const Request& request) {
      return Answer{error_reply(request, status,
                                {{"code", -5}, {"message", "no such block"}, {"data", {1, 2}}})};
    });
    const Client rpc = client(server);
    const auto error = error_of<RpcError>([&] { rpc("getblock", "00"); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code(), RpcErrorCode::RPC_INVALID_ADDRESS_OR_KEY);
    EXPECT_EQ(error->message(), "no such block");
    EXPECT_EQ(error->http_status(), status);
    EXPECT_EQ(error->node(), "node7");
    EXPECT_EQ(error->method(), "getblock");
    EXPECT_EQ(error->data(), Json({1, 2}));
  }
}

TEST_F(Failures, RpcErrorInTheJsonRpc2Form) {
  FakeServer server([](const Request& request) {
    return Answer{http_reply(200, Json{{"jsonrpc", "2.0"},
                                       {"error", {{"code", -8}, {"message", "m"}}},
                                       {"id", request.body["id"]}}
                                      .dump())};
  });
  const Client rpc = client(server);
  EXPECT_THROW(rpc("getblock"), RpcError);
}

TEST_F(Failures, RpcErrorWithoutIdAnswersAnUnreadableRequest) {
  FakeServer server([](const Request&) {
    return Answer{
        http_reply(500, R"({"error":{"code":-32700,"message":"Parse error"},"id":null})")};
  });
  const Client rpc = client(server);
  const auto error = error_of<RpcError>([&] { rpc("getblock"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), RpcErrorCode::RPC_PARSE_ERROR);
}

TEST_F(Failures, ConnectionIsUsableAfterAnError) {
  int calls = 0;
  FakeServer server([&](const Request& request) {
    return Answer{++calls == 1 ? http_reply(500, "boom") : result_reply(request, 1)};
  });
  const Client rpc = client(server);
  EXPECT_THROW(rpc("getblock"), TransportError);
  EXPECT_EQ(rpc("getblock"), 1);
  EXPECT_EQ(server.accepted(), 1U);
}

TEST_F(Failures, TimeoutTellsThatTheNodeTookTheRequest) {
  FakeServer server([](const Request&) { return Answer{"", Answer::Then::Hold}; });
  const Client rpc = client(server);
  const auto error = error_of<TransportError>(
      [&] { rpc.call_with_timeout(std::chrono::milliseconds(100), "getblock"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), Kind::Timeout);
  EXPECT_THAT(error->what(), HasSubstr("node7: getblock: no reply within 100 ms"));
  EXPECT_TRUE(server.wait_for_closed_by_client(1));
}

TEST_F(Failures, TimeoutTellsThatTheReplyHasBegun) {
  FakeServer server([](const Request&) {
    return Answer{"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{", Answer::Then::Keep};
  });
  const Client rpc = client(server);
  const auto error = error_of<TransportError>(
      [&] { rpc.call_with_timeout(std::chrono::milliseconds(500), "getblock"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), Kind::Timeout);
  EXPECT_THAT(error->what(), HasSubstr("has begun"));
}

TEST_F(Failures, TimeoutTellsThatTheIoThreadIsBlocked) {
  FakeServer server([](const Request& request) { return Answer{result_reply(request, 1)}; });
  boost::asio::io_context nobody_runs_it;
  const Client rpc(nobody_runs_it, options(server));
  const auto error = error_of<TransportError>(
      [&] { rpc.call_with_timeout(std::chrono::milliseconds(10), "getblock"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), Kind::Timeout);
  EXPECT_THAT(error->what(), HasSubstr("I/O thread"));
}

TEST_F(Failures, CookieFileIsMissing) {
  const ScratchDirectory scratch;
  FakeServer server([](const Request& request) { return Answer{result_reply(request, 1)}; });
  auto with_cookie = options(server);
  with_cookie.auth = CookieFile{scratch.path() / ".cookie"};
  const Client rpc(io_, with_cookie);
  const auto missing = error_of<TransportError>([&] { rpc("getblock"); });
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->kind(), Kind::BadCookie);
  EXPECT_THAT(missing->what(), HasSubstr((scratch.path() / ".cookie").string()));
  EXPECT_THAT(missing->what(), HasSubstr("No such file"));

  write_file(scratch.path() / ".cookie", "");
  const auto empty = error_of<TransportError>([&] { rpc("getblock"); });
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->kind(), Kind::BadCookie);
  EXPECT_TRUE(server.requests().empty());

  write_file(scratch.path() / ".cookie", "__cookie__:1234");
  EXPECT_EQ(rpc("getblock"), 1);
}

TEST_F(Failures, CallsOnTheIoThreadAreRefused) {
  FakeServer server([](const Request& request) { return Answer{result_reply(request, 1)}; });
  const Client rpc = client(server);
  std::promise<bool> refused;
  boost::asio::post(io_, [&] {
    try {
      rpc("getblock");
      refused.set_value(false);
    } catch (const std::logic_error&) {
      refused.set_value(true);
    }
  });
  EXPECT_TRUE(refused.get_future().get());
}

TEST_F(Failures, WrongArgumentsAreRefusedBeforeAnythingIsSent) {
  FakeServer server([](const Request& request) { return Answer{result_reply(request, 1)}; });
  const Client rpc = client(server);
  EXPECT_THROW(rpc.call("getblock", "text"), std::invalid_argument);
  EXPECT_THROW(rpc.named("getblock", Json::array()), std::invalid_argument);
  EXPECT_THROW(rpc("getblock", "\xff"), std::invalid_argument);
  EXPECT_EQ(server.accepted(), 0U);
  auto wrong = options(server);
  wrong.host = "localhost";
  EXPECT_THROW(Client(io_, wrong), std::invalid_argument);
}

}  // namespace
}  // namespace noderig::rpc::test
