#include <noderig/framework/report/html.h>

#include <gmock/gmock.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace noderig::html {
namespace {

using boost::property_tree::ptree;
using testing::HasSubstr;
using testing::Not;

// Throws when it is no XML.
ptree parsed_markup(const std::string& xml) {
  std::istringstream in(xml);
  ptree tree;
  read_xml(in, tree);
  return tree;
}

TEST(HtmlEscape, SurvivesTheWayThroughAParser) {
  const std::string text = "<a href='x'>&amp; \"b\" ]]> --\nline\ttab \xC3\xA9 \xF0\x9F\x98\x80";
  const ptree tree = parsed_markup("<p title=\"" + escape(text) + "\">" + escape(text) + "</p>");
  EXPECT_EQ(tree.get<std::string>("p"), text);
  EXPECT_EQ(tree.get<std::string>("p.<xmlattr>.title"), text);
  EXPECT_EQ(escape("<'\">"), "&lt;&#39;&quot;&gt;");
}

TEST(HtmlEscape, LeavesNothingThatAParserRefuses) {
  EXPECT_EQ(escape("\x1b\xFF<"), "\xE2\x90\x9B\xEF\xBF\xBD&lt;");
}

TEST(HtmlPage, IsOneWellFormedFileThatFetchesNothing) {
  const std::string text = page({.title = "a <b> & c",
                                 .body = "<h1>Heading</h1>\n",
                                 .style = "p { color: var(--ink); }",
                                 .script = "const one = 1;"});
  EXPECT_THAT(text, testing::StartsWith("<!DOCTYPE html>\n"));
  const ptree tree = parsed_markup(text.substr(text.find("<html")));
  EXPECT_EQ(tree.get<std::string>("html.<xmlattr>.lang"), "en");
  EXPECT_EQ(tree.get<std::string>("html.head.title"), "a <b> & c");
  EXPECT_EQ(tree.get<std::string>("html.body.main.h1"), "Heading");
  EXPECT_EQ(tree.get<std::string>("html.body.script"), "const one = 1;");
  EXPECT_THAT(tree.get<std::string>("html.head.style"), HasSubstr("p { color"));
  EXPECT_THAT(text, HasSubstr("default-src 'none'"));
  EXPECT_THAT(text, Not(HasSubstr("://")));
  EXPECT_THAT(page({.title = "t", .body = ""}), Not(HasSubstr("<script")));
}

TEST(HtmlSvg, SaysWhatItShowsInWordsToo) {
  const ptree tree =
      parsed_markup(svg(percent(1), 20, "two <steps>",
                        rect({percent(0.25), "0", percent(0.5), "10"}, "fill-good", "a & b") +
                            line("0", "1", "2", "3", "axis") + text("0", "9", "end", "<t>")));
  EXPECT_EQ(tree.get<std::string>("svg.<xmlattr>.width"), "100%");
  EXPECT_EQ(tree.get<std::string>("svg.<xmlattr>.role"), "img");
  EXPECT_EQ(tree.get<std::string>("svg.<xmlattr>.aria-label"), "two <steps>");
  EXPECT_EQ(tree.get<std::string>("svg.rect.<xmlattr>.x"), "25%");
  EXPECT_EQ(tree.get<std::string>("svg.rect.title"), "a & b");
  EXPECT_EQ(tree.get<std::string>("svg.text"), "<t>");
}

TEST(HtmlSparkline, RunsFromTheFirstValueToTheLast) {
  const std::vector<double> values = {1, 3, 2};
  const ptree tree = parsed_markup(sparkline(values, "3 runs"));
  EXPECT_EQ(tree.get<std::string>("svg.polyline.<xmlattr>.points"), "2,18 48,2 94,10");
  EXPECT_EQ(tree.get<std::string>("svg.circle.<xmlattr>.cx"), "94");
  EXPECT_EQ(sparkline({}, "none"), "");
}

TEST(HtmlSparkline, IsFlatWhenNothingChanges) {
  const std::vector<double> values = {5, 5};
  EXPECT_THAT(sparkline(values, "2 runs"), HasSubstr("points=\"2,18 94,18\""));
  const std::vector<double> one = {7};
  EXPECT_THAT(sparkline(one, "1 run"), HasSubstr("points=\"2,18\""));
}

}  // namespace
}  // namespace noderig::html
