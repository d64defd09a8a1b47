#include <noderig/framework/report/junit.h>

#include "sample_run.h"

#include <gmock/gmock.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace noderig {
namespace {

using boost::property_tree::ptree;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

// Throws when it is no XML.
ptree parse(const std::string& xml) {
  std::istringstream in(xml);
  ptree tree;
  read_xml(in, tree, boost::property_tree::xml_parser::trim_whitespace);
  return tree.get_child("testsuites");
}

std::string attribute(const ptree& element, const std::string& name) {
  return element.get<std::string>("<xmlattr>." + name);
}

std::vector<ptree> children(const ptree& element, const std::string& tag) {
  std::vector<ptree> found;
  for (const auto& [name, child] : element) {
    if (name == tag) found.push_back(child);
  }
  return found;
}

Execution execution(Verdict verdict, std::vector<SubtestResult> subtests = {}) {
  return {.scenario = "mempool_limits",
          .daemon = "knots",
          .verdict = verdict,
          .reason = "as a whole",
          .wall = 2.5,
          .subtests = std::move(subtests)};
}

ptree only_suite(const Execution& one) {
  const auto suites = children(parse(junit_xml({.run = "r", .executions = {one}})), "testsuite");
  EXPECT_EQ(suites.size(), 1u);
  return suites.at(0);
}

TEST(Junit, CountsTheCasesOfEverySuite) {
  const ptree root = parse(junit_xml(
      {.run = "r",
       .wall = 7.25,
       .executions = {execution(Verdict::Failed, {{"a", Verdict::Passed, "", 0.5},
                                                  {"b", Verdict::Failed, "wrong", 1},
                                                  {"c", Verdict::Failed, "too", 1},
                                                  {"d", Verdict::Skipped, "no wallet", 0}}),
                      execution(Verdict::Interrupted), execution(Verdict::Passed)}}));
  EXPECT_EQ(attribute(root, "tests"), "6");
  EXPECT_EQ(attribute(root, "failures"), "2");
  EXPECT_EQ(attribute(root, "errors"), "1");
  EXPECT_EQ(attribute(root, "time"), "7.250");
  const auto suites = children(root, "testsuite");
  ASSERT_EQ(suites.size(), 3u);
  EXPECT_EQ(attribute(suites[0], "name"), "mempool_limits@knots");
  EXPECT_EQ(attribute(suites[0], "tests"), "4");
  EXPECT_EQ(attribute(suites[0], "failures"), "2");
  EXPECT_EQ(attribute(suites[0], "errors"), "0");
  EXPECT_EQ(attribute(suites[0], "skipped"), "1");
  EXPECT_EQ(attribute(suites[0], "time"), "2.500");
  EXPECT_EQ(attribute(suites[1], "errors"), "1");
}

TEST(Junit, SaysWhatCameOfEachCase) {
  const auto cases =
      children(only_suite(execution(Verdict::Failed, {{"a", Verdict::Passed, "", 0.5},
                                                      {"b", Verdict::Failed, "wrong", 1},
                                                      {"c", Verdict::Skipped, "no wallet", 0},
                                                      {"d", Verdict::Interrupted, "timeout", 0}})),
               "testcase");
  ASSERT_EQ(cases.size(), 4u);
  EXPECT_EQ(attribute(cases[0], "classname"), "mempool_limits@knots");
  EXPECT_EQ(attribute(cases[0], "name"), "a");
  EXPECT_EQ(attribute(cases[0], "time"), "0.500");
  EXPECT_EQ(cases[0].size(), 1u);  // its attributes
  EXPECT_EQ(attribute(cases[1].get_child("failure"), "message"), "wrong");
  EXPECT_EQ(attribute(cases[2].get_child("skipped"), "message"), "no wallet");
  EXPECT_EQ(attribute(cases[3].get_child("error"), "message"), "timeout");
}

TEST(Junit, AScenarioWithoutSubtestsIsOneCase) {
  const auto cases = children(only_suite(execution(Verdict::Skipped)), "testcase");
  ASSERT_EQ(cases.size(), 1u);
  EXPECT_EQ(attribute(cases[0], "name"), "mempool_limits");
  EXPECT_EQ(attribute(cases[0], "time"), "2.500");
  EXPECT_EQ(attribute(cases[0].get_child("skipped"), "message"), "as a whole");
}

// A CI system that sees only good sub-tests would call the run good.
TEST(Junit, AFailureOutsideOfEverySubtestIsACase) {
  const ptree suite = only_suite(execution(Verdict::Failed, {{"a", Verdict::Passed, "", 1}}));
  EXPECT_EQ(attribute(suite, "failures"), "1");
  const auto cases = children(suite, "testcase");
  ASSERT_EQ(cases.size(), 2u);
  EXPECT_EQ(attribute(cases[1].get_child("failure"), "message"), "as a whole");
}

TEST(Junit, TextsSurviveTheWayThroughXml) {
  const std::string text = "<a> & \"b\" 'c' ]]>\nvalue &amp; \xC3\xA9";
  Execution one = execution(Verdict::Failed, {{"<name>", Verdict::Failed, text, 1}});
  one.scenario = "a&b";
  const std::string xml = junit_xml({.run = "r", .executions = {one}});
  const ptree suite = only_suite(one);
  const ptree failed = children(suite, "testcase").at(0);
  EXPECT_EQ(attribute(suite, "name"), "a&b@knots");
  EXPECT_EQ(attribute(failed, "name"), "<name>");
  EXPECT_EQ(attribute(failed.get_child("failure"), "message"), text);
  // The parser forgives these, others do not; a line break as such is read as a blank.
  EXPECT_THAT(xml, Not(HasSubstr("<a")));
  EXPECT_THAT(xml, Not(HasSubstr("& ")));
  EXPECT_THAT(xml, HasSubstr("&#10;value"));
}

TEST(Junit, ReplacesWhatXmlCannotCarry) {
  Execution one = execution(Verdict::Failed);
  one.reason = std::string("\x1b[31mred\x01 nul:\0.", 16);
  const std::string xml = junit_xml({.run = "r", .executions = {one}});
  EXPECT_THAT(xml, HasSubstr("message=\"\u241B[31mred\u2401 nul:\u2400.\""));
}

// The order and the required attributes of the schemas that CI systems go by.
TEST(Junit, HasWhatTheSchemasAskFor) {
  const ptree root = parse(junit_xml(sample_run()));
  int id = 0;
  for (const ptree& suite : children(root, "testsuite")) {
    EXPECT_EQ(attribute(suite, "id"), std::to_string(id++));
    EXPECT_EQ(attribute(suite, "package"), "noderig");
    EXPECT_EQ(attribute(suite, "hostname"), "builder");
    EXPECT_THAT(attribute(suite, "timestamp"), MatchesRegex("2026-02-03T12:00:0[0-9]"));
    std::vector<std::string> order;
    for (const auto& [name, child] : suite) {
      if (order.empty() || order.back() != name) order.push_back(name);
    }
    EXPECT_THAT(order,
                ElementsAre("<xmlattr>", "properties", "testcase", "system-out", "system-err"));
    for (const ptree& one : children(suite, "testcase")) {
      for (const char* tag : {"failure", "error"}) {
        for (const ptree& element : children(one, tag)) EXPECT_NE(attribute(element, "type"), "");
      }
    }
  }
  EXPECT_EQ(id, 7);
}

TEST(Junit, TellsOfAnExecutionWhatTheFormatHasNoPlaceFor) {
  const auto suites = children(parse(junit_xml(sample_run())), "testsuite");
  const auto properties = [&](std::size_t suite) {
    std::map<std::string, std::string> named;
    for (const ptree& one : children(suites.at(suite).get_child("properties"), "property")) {
      named[attribute(one, "name")] = attribute(one, "value");
    }
    return named;
  };
  auto failed = properties(1);
  EXPECT_EQ(failed["run"], "20260203T123456Z-7");
  EXPECT_EQ(failed["seed"], "7");
  EXPECT_EQ(failed["revision"], "abc123");
  EXPECT_EQ(failed["daemon"], "knots 29.4");
  EXPECT_EQ(failed["bundle"], ".noderig/bundles/r 1/fails");
  EXPECT_EQ(failed["repeat"], "noderig run fails --seed 7 --daemon 'a b'");
  EXPECT_EQ(failed.count("flaky"), 0u);
  EXPECT_EQ(failed.count("planned"), 0u);
  EXPECT_EQ(properties(0)["planned"], "changed: <src/net.cpp>");
  EXPECT_EQ(properties(6)["planned"], "risk 8");
  EXPECT_EQ(properties(3)["flaky"], "true");
  EXPECT_EQ(properties(3)["quarantine"], "until 2026-03-01: issue 9");
}

TEST(Junit, SaysOfAPassInWhichRunTheSameBuildFailed) {
  RunResult run = sample_run();
  run.executions[0].flaky = true;
  run.executions[0].failed_in = "r0";
  EXPECT_THAT(junit_xml(run), testing::HasSubstr("<property name=\"failed_in\" value=\"r0\"/>"));
}

TEST(Junit, HasWhatDidNotRunAsSkipped) {
  const ptree suite = children(parse(junit_xml(sample_run())), "testsuite").at(6);
  EXPECT_EQ(attribute(suite, "name"), "left_out@core");
  EXPECT_EQ(attribute(suite.get_child("testcase.skipped"), "message"),
            "not run, 2 times: interrupted");
}

// It must not break a build, nor pass for a success.
TEST(Junit, HasAFailureInQuarantineAsSkipped) {
  const ptree suite = children(parse(junit_xml(sample_run())), "testsuite").at(3);
  EXPECT_EQ(attribute(suite, "failures"), "0");
  EXPECT_EQ(attribute(suite, "skipped"), "1");
  EXPECT_EQ(attribute(suite.get_child("testcase.skipped"), "message"),
            "failed, in quarantine until 2026-03-01: issue 9\nsometimes");
}

}  // namespace
}  // namespace noderig
