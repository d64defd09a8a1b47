#include <noderig/framework/report/tap.h>

#include "sample_run.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace noderig {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// What a consumer of TAP 14 makes of a document; a line that is none of the protocol's, a number
// out of order or a subtest without its test point throws.
struct Document {
  struct Point {
    bool ok = false;
    std::string name;
    std::string directive;
    std::vector<std::string> yaml;
    std::vector<Point> subtests;
  };
  std::size_t planned = 0;
  std::vector<Point> points;
  std::string bail_out;
};

std::string unescaped(const std::string& text) {
  return std::regex_replace(text, std::regex(R"(\\([\\#]))"), "$1");
}

class Parser {
 public:
  explicit Parser(const std::string& text) {
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines_.push_back(line);
  }

  Document parse() {
    if (take() != "TAP version 14") throw std::runtime_error("no version");
    return document("");
  }

 private:
  std::string take() {
    if (next_ == lines_.size()) throw std::runtime_error("the text ends too early");
    return lines_[next_++];
  }

  Document document(const std::string& indent) {
    static const std::regex plan(R"(1\.\.(\d+)( # .*)?)");
    static const std::regex point(
        R"((not )?ok (\d+) - ((?:[^\\#]|\\[\\#])*?)(?: # ((?:SKIP|TODO).*))?)");
    static const std::regex subtest(R"(# Subtest: (.*))");
    Document document;
    bool has_plan = false;
    std::vector<Document::Point> inner;
    std::string inner_name;
    while (next_ < lines_.size() && lines_[next_].starts_with(indent)) {
      const std::string line = take().substr(indent.size());
      std::smatch match;
      if (std::regex_match(line, match, plan)) {
        if (has_plan) throw std::runtime_error("a second plan");
        has_plan = true;
        document.planned = std::stoul(match[1]);
      } else if (std::regex_match(line, match, point)) {
        if (std::stoul(match[2]) != document.points.size() + 1) throw std::runtime_error(line);
        if (!inner_name.empty() && inner_name != match[3])
          throw std::runtime_error("subtest " + line);
        inner_name.clear();
        document.points.push_back({!match[1].matched, unescaped(match[3]), unescaped(match[4]),
                                   yaml(indent + "  "), std::move(inner)});
        inner.clear();
      } else if (std::regex_match(line, match, subtest)) {
        inner_name = match[1];
        const Document nested = this->document(indent + "    ");
        if (nested.planned != nested.points.size()) throw std::runtime_error("plan of a subtest");
        inner = nested.points;
      } else if (line.starts_with("Bail out! ")) {
        document.bail_out = line.substr(10);
      } else if (!line.starts_with("# ")) {
        throw std::runtime_error("no line of TAP: " + line);
      }
    }
    if (!has_plan) throw std::runtime_error("no plan");
    return document;
  }

  std::vector<std::string> yaml(const std::string& indent) {
    std::vector<std::string> block;
    if (next_ == lines_.size() || lines_[next_] != indent + "---") return block;
    take();
    for (std::string line; (line = take()) != indent + "...";) {
      if (!line.starts_with(indent)) throw std::runtime_error("an open YAML block: " + line);
      block.push_back(line.substr(indent.size()));
    }
    return block;
  }

  std::vector<std::string> lines_;
  std::size_t next_ = 0;
};

Document sample() {
  return Parser(tap_text(sample_run())).parse();
}

TEST(Tap, HasATestPointForEachExecution) {
  const Document document = sample();
  std::vector<std::string> names;
  std::vector<bool> ok;
  for (const auto& point : document.points) {
    names.push_back(point.name);
    ok.push_back(point.ok);
  }
  EXPECT_THAT(names, ElementsAre("passes on knots", "fails on knots", "fails_outside on core",
                                 "flaky on core", "skipped on core", "interrupted on knots"));
  EXPECT_THAT(ok, ElementsAre(true, false, false, false, true, false));
}

TEST(Tap, HasSubTestsAsSubtests) {
  const Document document = sample();
  ASSERT_EQ(document.points[0].subtests.size(), 2u);
  EXPECT_EQ(document.points[0].subtests[1].name, "second");
  const auto& failed = document.points[1].subtests;
  ASSERT_EQ(failed.size(), 3u);
  EXPECT_TRUE(failed[0].ok);
  EXPECT_FALSE(failed[1].ok);
  EXPECT_TRUE(failed[2].ok);
  EXPECT_EQ(failed[2].directive, "SKIP lacks rpc:x # y");
  EXPECT_TRUE(document.points[3].subtests.empty());
}

TEST(Tap, SkipsWithTheReason) {
  EXPECT_EQ(sample().points[4].directive, "SKIP core 29.3 lacks wallet");
  EXPECT_EQ(sample().points[0].directive, "");
}

// The message is on one line whatever it holds, so no line of it can be taken for one of TAP's.
TEST(Tap, HoldsAnAwkwardMessageAsYaml) {
  const auto yaml = sample().points[1].yaml;
  ASSERT_EQ(yaml.size(), 6u);
  EXPECT_EQ(yaml[0], "duration_ms: 1000");
  EXPECT_EQ(yaml[1], "severity: fail");
  EXPECT_EQ(yaml[2], "verdict: failed");
  ASSERT_THAT(yaml[3], testing::StartsWith("message: \""));
  const auto message = nlohmann::json::parse(yaml[3].substr(9)).get<std::string>();
  EXPECT_THAT(message, HasSubstr("# SKIP not\nnot ok 9 - injected\n1..2\nBail out! no\n  ...\n"));
  EXPECT_EQ(yaml[4], "bundle: \".noderig/bundles/r 1/fails\"");
  EXPECT_EQ(yaml[5], "repeat: \"noderig run fails --seed 7 --daemon 'a b'\"");
}

TEST(Tap, SaysWhyATestWasPlanned) {
  EXPECT_THAT(sample().points[0].yaml,
              ElementsAre("duration_ms: 2500", "planned:", "  - \"changed: <src/net.cpp>\""));
}

TEST(Tap, EscapesWhatWouldBeADirective) {
  Execution one{.scenario = "a # SKIP b\\\nc", .daemon = "k", .verdict = Verdict::Failed};
  one.subtests = {{"d # TODO", Verdict::Failed, "", 0}};
  const std::string text = tap_text({.run = "r\n1..9", .planned = 1, .executions = {one}});
  EXPECT_THAT(text, HasSubstr("\nnot ok 1 - a \\# SKIP b\\\\ c on k\n"));
  const Document document = Parser(text).parse();
  EXPECT_EQ(document.points[0].name, "a # SKIP b\\ c on k");
  EXPECT_EQ(document.points[0].directive, "");
  EXPECT_EQ(document.points[0].subtests[0].name, "d # TODO");
}

TEST(Tap, BailsOutWhenTheRunWasInterrupted) {
  const Document document = sample();
  EXPECT_EQ(document.planned, 8u);
  EXPECT_EQ(document.points.size(), 6u);
  EXPECT_EQ(document.bail_out, "interrupted: 5 of 8 executions were run to their end");
}

// What was running may have come to its end all the same, and been the last.
TEST(Tap, BailsOutOfAnInterruptedRunInWhichNothingWasCutOff) {
  const Execution passed{.scenario = "a", .daemon = "k", .verdict = Verdict::Passed};
  for (const std::size_t planned : {2U, 1U}) {
    const RunResult run{
        .run = "r", .planned = planned, .executions = {passed}, .interrupted = true};
    EXPECT_EQ(Parser(tap_text(run)).parse().bail_out,
              fmt::format("interrupted: 1 of {} executions were run to their end", planned));
  }
}

TEST(Tap, SkipsWhatTheRunLeftOutByItself) {
  RunResult run = sample_run();
  run.executions.pop_back();  // the interrupted one
  run.interrupted = false;
  const Document document = Parser(tap_text(run)).parse();
  EXPECT_EQ(document.bail_out, "");
  EXPECT_EQ(document.planned, 6u);
  ASSERT_EQ(document.points.size(), 6u);
  EXPECT_EQ(document.points[5].name, "left_out on core");
  EXPECT_EQ(document.points[5].directive, "SKIP not run, 2 times: interrupted");
}

// By the protocol, a test that is still "to do" may fail.
TEST(Tap, HasAFailureInQuarantineAsStillToDo) {
  const auto point = sample().points[3];
  EXPECT_EQ(point.directive, "TODO in quarantine until 2026-03-01: issue 9");
  EXPECT_THAT(point.yaml, ElementsAre("duration_ms: 500", "severity: fail", "verdict: failed",
                                      "message: \"sometimes\"", "flaky: true"));
}

TEST(Tap, SaysOfAPassInWhichRunTheSameBuildFailed) {
  RunResult run = sample_run();
  run.executions[0].flaky = true;
  run.executions[0].failed_in = "r0";
  EXPECT_THAT(Parser(tap_text(run)).parse().points[0].yaml,
              testing::IsSupersetOf({"flaky: true", "failed_in: \"r0\""}));
}

TEST(Tap, OfARunOfNothingIsSkipped) {
  EXPECT_EQ(tap_text({.run = "r", .seed = 3}),
            "TAP version 14\n# noderig run r, seed 3\n1..0 # nothing was to be run\n");
}

}  // namespace
}  // namespace noderig
