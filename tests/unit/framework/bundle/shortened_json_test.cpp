#include <noderig/framework/bundle/shortened_json.h>

#include <gtest/gtest.h>

#include <string>

namespace noderig {
namespace {

using rpc::Json;

TEST(ShortenedJson, ShowsWhatIsShortAsItIs) {
  for (const char* text : {"[]", "{}", "null", "[1,2.5,\"x\\n\",true,{\"a\":[],\"b\":null}]"}) {
    EXPECT_EQ(shortened(Json::parse(text), 100), text);
    EXPECT_EQ(shortened(Json::parse(text), std::string(text).size()), text);
  }
}

TEST(ShortenedJson, CutsWhatIsLong) {
  EXPECT_EQ(shortened(Json(std::string(50, 'x')), 6), "\"xxxxx...");
  EXPECT_EQ(shortened(Json::parse("[1,2,3,4]"), 5), "[1,2,...");
  EXPECT_EQ(shortened(Json::parse("{\"name\":[\"value\"]}"), 10), "{\"name\":[\"...");
  Json large = Json::array();
  for (int i = 0; i < 10'000; ++i) large.push_back(std::string(10'000, 'y'));
  EXPECT_EQ(shortened(large, 2000).size(), 2003);
}

TEST(ShortenedJson, TakesTextThatIsNotUtf8) {
  EXPECT_EQ(shortened(Json("\xff"), 100), "\"\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace noderig
