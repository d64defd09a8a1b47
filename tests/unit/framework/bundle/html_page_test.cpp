#include <noderig/framework/bundle/html_page.h>

#include "../support.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace noderig {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using Kind = Timeline::Kind;

constexpr const char* kScript = "</script><script>alert('x')</script><!--";

class HtmlPageTest : public testing::Test {
 protected:
  void record(const std::vector<std::string>& texts) const {
    RecordingWriter writer(directory_.path() / kRecordingName);
    for (const std::string& text : texts) {
      writer.append({.time = std::chrono::system_clock::now(),
                     .kind = Kind::Node,
                     .source = "node0",
                     .text = text});
    }
  }

  std::string page(const BundleFacts& facts) const {
    const MergedTimeline timeline(directory_.path());
    return html_page(facts, timeline, filtered(timeline, {}));
  }

  // What the page's script gets.
  static nlohmann::json data_of(const std::string& page) {
    const std::string mark = "<script type=\"application/json\" id=\"data\">";
    const auto begin = page.find(mark) + mark.size();
    return nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
  }

  const TemporaryDirectory directory_;
};

TEST_F(HtmlPageTest, EscapesEveryText) {
  record({kScript, "{DATA} {FACTS} & \"quotes\"", "not UTF-8: \xff"});
  const std::string html =
      page({.run = "r<u>n", .scenario = "a&b", .reason = kScript, .nodes = {}});
  EXPECT_THAT(html, AllOf(Not(HasSubstr("<script>alert")), HasSubstr("a&amp;b"),
                          HasSubstr("r&lt;u&gt;n"), HasSubstr("&lt;/script&gt;")));
  const auto data = data_of(html);
  ASSERT_THAT(data["entries"], SizeIs(3));
  EXPECT_EQ(data["entries"][0][4], kScript);
  EXPECT_EQ(data["entries"][1][4], "{DATA} {FACTS} & \"quotes\"");
  EXPECT_EQ(data["entries"][2][4], "not UTF-8: \xEF\xBF\xBD");
}

TEST_F(HtmlPageTest, NeedsNothingElse) {
  record({"x"});
  EXPECT_THAT(page({}), AllOf(Not(HasSubstr("http://")), Not(HasSubstr("https://")),
                              Not(HasSubstr(" src=")), Not(HasSubstr("<link"))));
}

TEST_F(HtmlPageTest, LeavesOutTheFirstOfTooManyAndSaysSo) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < kPageEntries + 5; ++i) texts.push_back(std::to_string(i));
  record(texts);
  const std::string html = page({});
  EXPECT_THAT(html, HasSubstr("the first 5 entries are left out"));
  const auto data = data_of(html);
  ASSERT_THAT(data["entries"], SizeIs(kPageEntries));
  EXPECT_EQ(data["entries"][0][4], "5");
}

}  // namespace
}  // namespace noderig
