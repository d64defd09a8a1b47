#include <noderig/framework/report/html_report.h>

#include "sample_run.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <functional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace noderig {
namespace {

using boost::property_tree::ptree;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string page(const ReportInput& input) {
  return html_report(input);
}

std::string sample_page() {
  const RunResult run = sample_run();
  return page({.run = run,
               .trends = {{.scenario = "passes",
                           .daemon = "knots 29.4",
                           .runs = 4,
                           .failures = 1,
                           .seconds = {1, 4, 2},
                           .last = {Verdict::Passed, Verdict::Failed, Verdict::Passed}}},
               .to_project = "../"});
}

// Throws when the page is not well-formed. Texts are elements of their own, in their place.
ptree parsed_page(const std::string& html) {
  std::istringstream in(html.substr(html.find("<html")));
  ptree tree;
  read_xml(in, tree, boost::property_tree::xml_parser::no_concat_text);
  return tree.get_child("html.body.main");
}

// Every element, with its name, that `visit` is to see.
void walk(const ptree& tree, const std::function<void(const std::string&, const ptree&)>& visit) {
  for (const auto& [name, child] : tree) {
    if (name == "<xmlattr>") continue;
    visit(name, child);
    walk(child, visit);
  }
}

std::string attribute_of(const ptree& element, const std::string& name) {
  return element.get<std::string>("<xmlattr>." + name, "");
}

// The text of an element and of those in it.
std::string text_of(const ptree& element) {
  std::string text;
  for (const auto& [name, child] : element) {
    if (name == "<xmltext>") text += child.data();
    if (name != "<xmlattr>") text += text_of(child);
  }
  return text;
}

std::vector<std::string> texts(const ptree& tree, const std::string& tag) {
  std::vector<std::string> found;
  walk(tree, [&](const std::string& name, const ptree& element) {
    if (name == tag) found.push_back(text_of(element));
  });
  return found;
}

// The section with that id on its heading; fails the test when there is none.
ptree section(const ptree& main, const std::string& id) {
  for (const auto& [name, child] : main) {
    if (name == "section" && attribute_of(child, "aria-labelledby") == id) return child;
  }
  ADD_FAILURE() << "no section " << id;
  return {};
}

TEST(HtmlReport, FetchesNothing) {
  const std::string html = sample_page();
  EXPECT_THAT(html, Not(HasSubstr("://")));
  EXPECT_THAT(html, Not(HasSubstr("src=")));
  EXPECT_THAT(html, Not(HasSubstr("@import")));
  EXPECT_THAT(html, Not(HasSubstr("url(")));
  EXPECT_THAT(html, Not(HasSubstr("<link")));
}

TEST(HtmlReport, EveryLinkInThePageLeadsSomewhere) {
  std::multiset<std::string> ids;
  std::set<std::string> links;
  walk(parsed_page(sample_page()), [&](const std::string&, const ptree& element) {
    if (const auto id = attribute_of(element, "id"); !id.empty()) ids.insert(id);
    const auto link = attribute_of(element, "href");
    if (link.starts_with("#")) links.insert(link.substr(1));
  });
  EXPECT_GT(links.size(), 10u);
  for (const std::string& link : links) EXPECT_EQ(ids.count(link), 1u) << link;
}

TEST(HtmlReport, EscapesWhatScenariosAndDaemonsSay) {
  const ptree main = parsed_page(sample_page());
  EXPECT_THAT(texts(main, "b"), IsEmpty());
  const auto reasons = texts(main, "pre");
  ASSERT_THAT(reasons, Not(IsEmpty()));
  EXPECT_THAT(reasons[0], HasSubstr("<b>&amp; \"q\" 'a' ]]>"));
  EXPECT_THAT(reasons[0], HasSubstr("\nnot ok 9 - injected\n"));
}

TEST(HtmlReport, HasTheSectionsItIsGiven) {
  const RunResult run = sample_run();
  const std::string page = html_report({.run = run,
                                        .sections = {{.id = "risk",
                                                      .name = "What & why",
                                                      .body = "<p>at stake</p>",
                                                      .style = ".stake { color: red; }"}}});
  EXPECT_EQ(text_of(section(parsed_page(page), "risk")), "\nWhat & why\nat stake\n");
  EXPECT_THAT(page, HasSubstr("<a href=\"#risk\">What &amp; why</a>"));
  EXPECT_THAT(page, HasSubstr(".stake { color: red; }</style>"));
}

TEST(HtmlReport, SumsUpTheRun) {
  const std::string text = text_of(section(parsed_page(sample_page()), "summary"));
  for (const char* part : {"3 \u2717 failed", "1 ! interrupted", "1 \u2713 passed",
                           "1 \u2013 skipped", "1 flaky. 1 failed in quarantine and not counted.",
                           "2 of 8 executions did not begin", "2026-02-03T12:00:00Z", "5.00\u00A0s",
                           "7", "abc123", "builder, Linux 6.1 x86_64, 2 cores, 4.0 GiB",
                           "knots 29.4", "/opt/<k>/bitcoind", "-regtest"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text,
              HasSubstr(fmt::format("the run took {:.2f} times that", 5 / sample_run().bound())));
}

TEST(HtmlReport, SaysWhyAndHowToRepeatAndWhatIsLeft) {
  const ptree failures = section(parsed_page(sample_page()), "failures");
  EXPECT_THAT(texts(failures, "h3"),
              ElementsAre("\u2717 failed fails on knots", "\u2717 failed fails_outside on core",
                          "\u2717 failed ~ flaky \u2016 in quarantine flaky on core",
                          "! interrupted interrupted on knots"));
  EXPECT_THAT(texts(failures, "code"), ElementsAre("noderig run fails --seed 7 --daemon 'a b'",
                                                   ".noderig/bundles/r 1/fails"));
  std::vector<std::string> links;
  walk(failures, [&](const std::string& name, const ptree& element) {
    if (name == "a") links.push_back(attribute_of(element, "href"));
  });
  EXPECT_THAT(links, Contains("../.noderig/bundles/r%201/fails/"));
}

TEST(HtmlReport, SaysOfAPassInWhichRunTheSameBuildFailed) {
  RunResult run = sample_run();
  run.executions[0].flaky = true;
  run.executions[0].failed_in = "r0";
  const std::string text =
      text_of(section(parsed_page(html_report({.run = run})), "executions").get_child("details"));
  EXPECT_THAT(text, HasSubstr("\u2713 passed ~ flaky passes on knots"));
  EXPECT_THAT(text, HasSubstr("The same build failed before, in the run r0."));
}

TEST(HtmlReport, HasATableOfScenariosAndDaemons) {
  const ptree table = section(parsed_page(sample_page()), "scenarios");
  std::vector<std::string> rows;
  walk(table, [&](const std::string& name, const ptree& element) {
    if (name == "tr") rows.push_back(text_of(element));
  });
  EXPECT_THAT(
      rows,
      ElementsAre("Scenarioknotscore", "passes\u2713 passed 2.50\u00A0s, 2 of 2 partsnot run",
                  "fails\u2717 failed 1.00\u00A0s, 1 of 3 partsnot run",
                  "fails_outsidenot run\u2717 failed 4.00\u00A0s, 1 of 1 parts",
                  "flakynot run\u2717 failed ~ flaky \u2016 in quarantine 0.50\u00A0s",
                  "skippednot run\u2013 skipped", "interrupted! interrupted 1.00\u00A0snot run"));
}

TEST(HtmlReport, ShowsTheCourseByWorker) {
  const ptree course = section(parsed_page(sample_page()), "course");
  std::vector<std::string> bars;
  walk(course, [&](const std::string& name, const ptree& element) {
    if (name == "rect") {
      bars.push_back(attribute_of(element, "y") + " " + attribute_of(element, "x") + " " +
                     attribute_of(element, "width") + " " + text_of(element.get_child("title")));
    }
  });
  EXPECT_THAT(bars, ElementsAre("0 10% 50% passes on knots: passed, 2.50\u00A0s",
                                "0 60% 20% fails on knots: failed, 1.00\u00A0s",
                                "26 10% 80% fails_outside on core: failed, 4.00\u00A0s",
                                "26 90% 10% flaky on core: failed, 0.50\u00A0s",
                                "0 80% 20% interrupted on knots: interrupted, 1.00\u00A0s"));
}

TEST(HtmlReport, ShowsTheStepsOfAnExecution) {
  const ptree executions = section(parsed_page(sample_page()), "executions");
  const ptree& first = executions.get_child("details");
  EXPECT_EQ(text_of(first.get_child("summary")), "\u2713 passed passes on knots, 2.50\u00A0s");
  std::vector<std::string> bars;
  walk(first, [&](const std::string& name, const ptree& element) {
    if (name == "rect") {
      bars.push_back(attribute_of(element, "x") + " " + text_of(element.get_child("title")));
    }
  });
  EXPECT_THAT(bars, ElementsAre("0% before the first step: 0.50\u00A0s", "20% 1. mine: 0.25\u00A0s",
                                "30% 2. first: 0.50\u00A0s", "50% 3. second: 1.25\u00A0s"));
  const auto cells = texts(first, "td");
  EXPECT_THAT(cells, Contains("mine"));
  EXPECT_THAT(cells, Contains("64\u00A0MiB"));
}

TEST(HtmlReport, TellsWhyAnExecutionWasPlannedAndWhatTimeItHad) {
  const ptree executions = section(parsed_page(sample_page()), "executions");
  EXPECT_THAT(texts(executions, "li"), ElementsAre("changed: <src/net.cpp>"));
  EXPECT_THAT(text_of(executions), HasSubstr("It had 60\u00A0s: 20 times the slowest past run. "
                                             "Expected: 2.00\u00A0s."));
}

TEST(HtmlReport, TellsWhatDidNotRun) {
  std::vector<std::string> cells = texts(section(parsed_page(sample_page()), "not-run"), "td");
  EXPECT_THAT(cells, ElementsAre("core", "2", "interrupted"));
}

TEST(HtmlReport, CutsALoopOfStepsShort) {
  Execution one{.scenario = "loops", .daemon = "knots", .verdict = Verdict::Passed, .wall = 1000};
  for (int i = 0; i < 1000; ++i) one.steps.push_back({"again", static_cast<double>(i), 1});
  const RunResult run{.run = "r", .wall = 1000, .executions = {one}};
  EXPECT_THAT(page({.run = run}), HasSubstr("700 more steps"));
}

TEST(HtmlReport, TellsCalledMethodsFromThoseNobodyCalled) {
  const ptree rpc = section(parsed_page(sample_page()), "rpc");
  EXPECT_THAT(
      text_of(rpc),
      HasSubstr("Of the 3 methods that it offers, scenarios called 1 and the rig alone 1."));
  EXPECT_THAT(text_of(rpc), HasSubstr("Offered and never called: 1"));
  EXPECT_THAT(texts(rpc, "li"), ElementsAre("getblockhash"));
  std::vector<std::string> rows;
  walk(rpc, [&](const std::string& name, const ptree& element) {
    if (name == "tr") rows.push_back(text_of(element));
  });
  EXPECT_THAT(rows, Contains("getblock3210.12\u00A0s1"));
  EXPECT_THAT(rows, Contains("stop0100.01\u00A0s0"));
}

TEST(HtmlReport, TellsWhichMessagesNobodySent) {
  const ptree messages = section(parsed_page(sample_page()), "messages");
  EXPECT_THAT(text_of(messages), HasSubstr("its peers sent 1 and received 1."));
  std::vector<std::string> rows;
  walk(messages, [&](const std::string& name, const ptree& element) {
    if (name == "tr") rows.push_back(text_of(element));
  });
  EXPECT_THAT(rows, Contains("ping21618"));
  EXPECT_THAT(rows, Contains("inv\u2013never\u2013never"));
  EXPECT_THAT(rows, Contains("zzz (not known)13\u2013never"));
}

TEST(HtmlReport, ShowsTrends) {
  const ptree trends = section(parsed_page(sample_page()), "trends");
  EXPECT_THAT(text_of(trends), HasSubstr("2.00\u00A0s"));
  EXPECT_THAT(text_of(trends), HasSubstr("\u2713\u2717\u2713passed, failed, passed"));
  bool drawn = false;
  walk(trends, [&](const std::string& name, const ptree& element) {
    if (name != "svg") return;
    drawn = true;
    EXPECT_EQ(attribute_of(element, "aria-label"),
              "3 runs from 1.00 to 4.00 seconds, the last 2.00");
  });
  EXPECT_TRUE(drawn);
}

// For those who do not see it: pictures have words, tables captions and headings.
TEST(HtmlReport, ReadsAloud) {
  walk(parsed_page(sample_page()), [&](const std::string& name, const ptree& element) {
    if (name == "svg") {
      EXPECT_EQ(attribute_of(element, "role"), "img");
      EXPECT_NE(attribute_of(element, "aria-label"), "");
    }
    if (name == "table") {
      EXPECT_NE(text_of(element.get_child("caption")), "");
    }
    if (name == "th") {
      EXPECT_NE(attribute_of(element, "scope"), "");
    }
    if (name == "section") {
      EXPECT_EQ(attribute_of(element.get_child("h2"), "id"),
                attribute_of(element, "aria-labelledby"));
    }
  });
}

TEST(HtmlReport, OfARunOfNothingIsAPage) {
  const RunResult run{.run = "r"};
  const ptree main = parsed_page(page({.run = run}));
  EXPECT_THAT(text_of(section(main, "summary")), HasSubstr("nothing ran"));
  EXPECT_EQ(text_of(main.get_child("h1")), "noderig run r");
}

}  // namespace
}  // namespace noderig
