#include <gmock/gmock.h>
#include <noderig/framework/prove/changes.h>
#include <noderig/p2p/messages/ping.h>
#include <noderig/p2p/messages/registry.h>

namespace noderig::prove {
namespace {

using testing::ElementsAre;

rpc::BatchResult reply(const char* json) {
  return rpc::BatchResult(Json::parse(json));
}

Json changed(const char* json, Change change, const std::string& path) {
  Random random(1);
  rpc::BatchResult outcome = reply(json);
  const Point point{.step = "", .source = "", .name = "method", .path = path, .change = change};
  EXPECT_TRUE(change_reply(outcome, point, "node0", random));
  return outcome.value();
}

TEST(Changes, FindEveryScalarAndEveryArrayWithElements) {
  std::vector<std::string> paths;
  each_value(Json::parse(R"({"a":1,"b":{"c":[true,{"d":""}]},"e":null,"f":[]})"),
             [&](const std::string& path, const Json&) { paths.push_back(path); });
  EXPECT_THAT(paths, ElementsAre("/a", "/b/c", "/b/c/0", "/b/c/1/d"));
}

TEST(Changes, AlterOnlyTheirPlaceAndOnlyALittle) {
  EXPECT_EQ(changed(R"({"a":1,"b":2})", Change::Alter, "/a"), Json::parse(R"({"a":2,"b":2})"));
  EXPECT_EQ(changed("true", Change::Alter, ""), false);
  EXPECT_EQ(changed("-1", Change::Alter, ""), 0);
  EXPECT_EQ(rpc::decimal_text(changed("0.1", Change::Alter, "")), "0.10000001");
  EXPECT_EQ(changed(R"("")", Change::Alter, ""), "x");
}

TEST(Changes, AlterOneDigitOfAHash) {
  const std::string hash(64, 'f');
  Random random(7);
  const auto other = altered(hash, random).get<std::string>();
  ASSERT_EQ(other.size(), hash.size());
  EXPECT_EQ(std::ranges::count(other, 'f'), 63);
  EXPECT_EQ(other.find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(Changes, ShortenAndRemove) {
  EXPECT_EQ(changed("[1,2]", Change::Shorten, ""), Json::parse("[1]"));
  EXPECT_EQ(changed(R"({"a":1,"b":2})", Change::Remove, "/a"), Json::parse(R"({"b":2})"));
  EXPECT_EQ(changed("[1,2]", Change::Remove, "/0"), Json::parse("[2]"));
  EXPECT_EQ(changed("7", Change::Remove, ""), nullptr);
}

TEST(Changes, TakeAPlaceOfTheSamePatternWhereTheirOwnIsGone) {
  const std::string here(64, 'a');
  const std::string there(64, 'b');
  const Json pool = {{there, {{"size", 100}}}};
  EXPECT_EQ(changed(pool.dump().c_str(), Change::Alter, "/" + here + "/size"),
            Json({{there, {{"size", 101}}}}));
}

TEST(Changes, SayWhenThereIsNoSuchPlace) {
  Random random(1);
  rpc::BatchResult outcome = reply(R"({"a":1})");
  const Point point{.step = "", .source = "", .name = "m", .path = "/b"};
  EXPECT_EQ(change_reply(outcome, point, "node0", random), std::nullopt);
  EXPECT_EQ(outcome.value(), Json::parse(R"({"a":1})"));
}

TEST(Changes, TurnResultsIntoErrorsAndErrorsIntoOthers) {
  Random random(1);
  Point point{.step = "", .source = "", .name = "getblock", .change = Change::Fail};
  rpc::BatchResult outcome = reply("1");
  ASSERT_TRUE(change_reply(outcome, point, "node0", random));
  ASSERT_NE(outcome.error(), nullptr);
  EXPECT_EQ(outcome.error()->method(), "getblock");

  const int code = static_cast<int>(outcome.error()->code());
  point.change = Change::ErrorCode;
  ASSERT_TRUE(change_reply(outcome, point, "node0", random));
  EXPECT_EQ(static_cast<int>(outcome.error()->code()), code - 1);

  const std::string message = outcome.error()->message();
  point.change = Change::ErrorText;
  ASSERT_TRUE(change_reply(outcome, point, "node0", random));
  EXPECT_NE(outcome.error()->message(), message);

  point.change = Change::Succeed;
  ASSERT_TRUE(change_reply(outcome, point, "node0", random));
  EXPECT_EQ(outcome.value(), nullptr);
}

TEST(Changes, WithholdAMemberFromAllElements) {
  Json tips = Json::parse(R"([{"hash":"a","height":1},{"hash":"b","height":2}])");
  remove_member(tips, "/*/height");
  EXPECT_EQ(tips, Json::parse(R"([{"hash":"a"},{"hash":"b"}])"));
}

TEST(Changes, FlipABitOfAMessageThatStillDecodes) {
  const p2p::RawMessage original = p2p::to_raw(p2p::Ping{.nonce = 5});
  p2p::RawMessage message = original;
  Random random(3);
  ASSERT_TRUE(flip_bit(message, random));
  EXPECT_NE(message.payload, original.payload);
  EXPECT_TRUE(p2p::decode_message(message.command, message.payload));
}

TEST(Changes, LeaveAnEmptyMessageAlone) {
  p2p::RawMessage verack{.command = "verack", .payload = {}};
  Random random(3);
  EXPECT_EQ(flip_bit(verack, random), std::nullopt);
}

TEST(Point, SaysWhatAndWhere) {
  const Point point{.step = "reorg",
                    .source = "node1",
                    .name = "getchaintips",
                    .nth = 3,
                    .path = "/0/branchlen",
                    .change = Change::Alter};
  EXPECT_EQ(point.what(), "getchaintips /*/branchlen changed");
  EXPECT_EQ(point.where(), "reorg: node1, call 3");
  EXPECT_EQ(pattern_of("/" + std::string(64, 'a') + "/fees/base"), "/*/fees/base");
}

TEST(Order, TravelsAsJson) {
  const Order order{.mode = Order::Mode::Withhold,
                    .seed = 9,
                    .members = {{"getblock", "/tx"}},
                    .point = {.step = "s",
                              .source = "peer0",
                              .name = "inv",
                              .nth = 2,
                              .path = "1",
                              .change = Change::Repeat}};
  const auto back = Json(order).get<Order>();
  EXPECT_EQ(Json(back), Json(order));
  EXPECT_EQ(back.members, order.members);
  EXPECT_EQ(back.point.what(), "inv repeated");
}

}  // namespace
}  // namespace noderig::prove
