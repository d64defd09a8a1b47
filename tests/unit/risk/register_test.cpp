#include "seed.h"

#include <fmt/format.h>
#include <risk/config.h>
#include <risk/fields.h>
#include <risk/register.h>

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>

namespace noderig::risk {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

void expect_refused(const std::string& json, const std::string& message) {
  EXPECT_THAT([&] { register_of(json); }, ThrowsMessage<UsageError>(HasSubstr(message))) << json;
}

void expect_csv_refused(const std::string& lines, const std::string& message) {
  std::istringstream in(
      "id,title,business,history,scope,allocation,coverage,likelihood,impact,seconds\n" + lines);
  EXPECT_THAT([&] { read_register_csv(in); }, ThrowsMessage<UsageError>(HasSubstr(message)));
}

TEST(RegisterJson, NeedsOnlyAnId) {
  const Register tests = register_of(R"({"schema":1,"tests":[{"id":"a"}]})");
  ASSERT_EQ(tests.tests.size(), 1u);
  EXPECT_EQ(tests.tests[0].title, "a");
}

TEST(RegisterJson, ReadsEveryField) {
  const Register tests = register_of(R"({"schema":1,"tests":[{
      "id":"a","title":"A","preconditions":["p"],"steps":[{"action":"x","expected":"y"}],
      "assertions":2,"likelihood":"almost certain","impact":null,"layers":{"scope":21},
      "runs":[{"time":"2026-01-01T01:00:00+01:00","build":"b","verdict":"failed","seconds":1.5,
               "defects":[{"id":"d","weight":8}]}],
      "scope":"new","experience":1,"familiarity":5,"opinions":[{"expert":"e","z":0.5}],
      "costs":{"c00":0,"c01":20,"c10":2,"c11":5},"prior":0.4,
      "joint":{"p00":0.3,"p01":0.2,"p10":0.3,"p11":0.2}}]})");
  const TestCase& test = tests.tests.at(0);
  EXPECT_EQ(test.complexity(), 4);
  EXPECT_EQ(test.likelihood.step, 0u);
  EXPECT_EQ(test.impact.source, Source::Manual);
  EXPECT_FALSE(test.impact.step);
  EXPECT_EQ(test.layers[2], 21);
  ASSERT_EQ(test.runs.size(), 1u);
  EXPECT_EQ(time_text(test.runs[0].time), "2026-01-01T00:00:00Z");
  EXPECT_EQ(tests.builds.at(test.runs[0].build), "b");
  EXPECT_EQ(test.runs[0].verdict, RunVerdict::Failed);
  EXPECT_EQ(test.defects.at(0).weight, 8);
  EXPECT_EQ(test.opinions.at(0).defects, 0.5);
  EXPECT_EQ(test.prior, 0.4);
  EXPECT_EQ(test.joint->p10, 0.3);
  EXPECT_EQ(expected_seconds(test), 1.5);
}

TEST(RegisterJson, RefusesAFieldThatIsUnknownWithTheNearest) {
  expect_refused(R"({"tests":[{"id":"a","titel":"x"}]})",
                 R"(test "a": unknown field "titel", did you mean "title"?)");
  expect_refused(R"({"tests":[{"id":"a","runs":[{"time":"2026-01-01T00:00:00Z","verdikt":1}]}]})",
                 "test 1, run 1: unknown field \"verdikt\"");
  expect_refused(R"({"tests":[],"extra":1})", "register: unknown field \"extra\"");
}

TEST(RegisterJson, RefusesAFieldThatIsThereTwice) {
  expect_refused(R"({"tests":[{"id":"a","id":"b"}]})", "field \"id\" is there twice");
  expect_refused(
      R"({"tests":[{"id":"a","runs":[{"time":"2026-01-01T00:00:00Z","verdict":"passed",
         "verdict":"failed"}]}]})",
      "field \"verdict\" is there twice");
}

TEST(RegisterJson, RefusesTwoTestsOfOneId) {
  expect_refused(R"({"tests":[{"id":"a"},{"id":"a"}]})", "two tests have the id \"a\"");
}

TEST(RegisterJson, RefusesWhatIsNoProbability) {
  expect_refused(R"({"tests":[{"id":"a","prior":1.2}]})", "\"prior\" is 1.2, not from 0 to 1");
  expect_refused(R"({"tests":[{"id":"a","joint":{"p00":-0.1,"p01":0.2,"p10":0.3,"p11":0.6}}]})",
                 "\"p00\" is -0.1");
  expect_refused(R"({"tests":[{"id":"a","joint":{"p00":0.1,"p01":0.2,"p10":0.3,"p11":0.3}}]})",
                 "adds up to");
}

TEST(RegisterJson, RefusesCostsWhereAMissedDefectIsNoDearer) {
  expect_refused(R"({"tests":[{"id":"a","costs":{"c00":0,"c01":5,"c10":2,"c11":5}}]})",
                 "C01 5 is not above C11 5");
  expect_refused(R"({"tests":[{"id":"a","costs":{"c00":3,"c01":20,"c10":2,"c11":5}}]})",
                 "C10 2 is below C00 3");
}

TEST(RegisterJson, RefusesOtherWrongValues) {
  expect_refused(R"({"tests":[{"id":"a","layers":{"business":4}}]})", "no value of the scale");
  expect_refused(R"({"tests":[{"id":"a","likelihood":"posible"}]})", "did you mean \"possible\"?");
  expect_refused(R"({"tests":[{"id":"a","runs":[{"time":"yesterday","verdict":"passed"}]}]})",
                 "no time of RFC 3339");
  expect_refused(R"({"tests":[{"id":""}]})", "\"id\" is missing or empty");
  expect_refused(R"({"tests":[{"id":"a"})", "parse error");
  expect_refused(R"({"tests":[1]})", "is no object");
  expect_refused(R"({"schema":2,"tests":[]})", "\"schema\" is 2, not 1");
}

TEST(ParseTime, CountsSecondsAndRefusesWhatIsNoTime) {
  EXPECT_EQ(parse_time("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_time("2026-02-28T23:59:59.25Z"), 1'772'323'199);
  EXPECT_EQ(parse_time("2026-02-28t23:59:59+01:30"), 1'772'317'799);
  for (const char* text :
       {"2026-02-29T00:00:00Z", "20x6-01-01T00:00:00Z", "2026-0x-01T00:00:00Z",
        "2026-01-x1T00:00:00Z", "2026-01-01Tx0:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00+1:00", "2026-01-01T00:00:00+24:00", "-026-01-01T00:00:00Z", ""}) {
    EXPECT_THROW(parse_time(text), UsageError) << text;
  }
}

TEST(RegisterJson, SortsRunsWhoseTimesAreOutOfOrderAndSaysSo) {
  const Register tests = register_of(R"({"tests":[{"id":"a","runs":[
      {"time":"2026-01-02T00:00:00Z","verdict":"failed"},
      {"time":"2026-01-01T00:00:00Z","verdict":"passed"}]}]})");
  EXPECT_EQ(tests.tests[0].runs.back().verdict, RunVerdict::Failed);
  EXPECT_THAT(tests.notes, ElementsAre(HasSubstr("out of order in 1 test")));
}

TEST(RegisterCsv, SaysWhichLineIsBroken) {
  expect_csv_refused("a,A,1,,,,,,,\nb,B,1,,,,\n", "line 3: 7 fields, not 10");
  expect_csv_refused("a,\"A,1,,,,,,,\n", "line 2: a quote is not closed");
  expect_csv_refused("a,A,4,,,,,,,\n", "line 2: business is \"4\"");
  expect_csv_refused("a,A,,,,,,,,soon\n", "line 2: seconds is \"soon\"");
  expect_csv_refused("a,A,,,,,,,,\na,A,,,,,,,,\n", "line 3: the id \"a\" is in line 2 too");
}

TEST(RegisterCsv, RefusesAFileWithoutALine) {
  std::istringstream in("");
  EXPECT_THAT([&] { read_register_csv(in); },
              ThrowsMessage<UsageError>(HasSubstr("line 1: the header id,title")));
}

TEST(RegisterCsv, RefusesAnotherHeader) {
  std::istringstream in("id,name\na,A\n");
  EXPECT_THAT([&] { read_register_csv(in); },
              ThrowsMessage<UsageError>(HasSubstr("line 1: the header is not id,title")));
}

TEST(RegisterCsv, TakesWhatASpreadsheetWrites) {
  std::istringstream in(
      "\xef\xbb\xbfid,title,business,history,scope,allocation,coverage,likelihood,impact,"
      "seconds\r\n"
      "a,\"one, \"\"two\"\"\",,,,,,likely,major,2.5\r\n");
  const Register tests = read_register_csv(in);
  EXPECT_EQ(tests.tests.at(0).title, "one, \"two\"");
  EXPECT_EQ(tests.tests.at(0).likelihood.step, 1u);
  EXPECT_EQ(expected_seconds(tests.tests[0]), 2.5);
}

TEST(ExpectedSeconds, LeavesOutRunsWhoseTimeIsNotKnown) {
  const auto read = [](const std::string& runs) {
    std::istringstream in(R"({"tests":[{"id":"a","runs":[)" + runs + "]}]}");
    return expected_seconds(read_register_json(in, KeptRuns::All).tests.at(0));
  };
  constexpr const char* kTimed =
      R"({"time":"2026-01-01T00:00:00Z","verdict":"passed","seconds":4})";
  constexpr const char* kUntimed = R"({"time":"2026-01-02T00:00:00Z","verdict":"passed"})";
  EXPECT_EQ(read(fmt::format("{},{},{}", kTimed, kUntimed, kUntimed)), 4);
  EXPECT_EQ(read(kUntimed), std::nullopt);
}

TEST(Configuration, RefusesAMatrixThatIsNotMonotone) {
  auto json = to_json(Config{});
  json["business"][4][4] = 987;
  EXPECT_THAT([&] { config_of(json); },
              ThrowsMessage<UsageError>(AllOf(HasSubstr("matrix \"business\" is not monotone"),
                                              HasSubstr("rare x insignificant = 987"))));
}

TEST(Configuration, ReadsWhatItWrites) {
  const auto json = to_json(Config{});
  EXPECT_EQ(to_json(config_of(json)), json);
}

TEST(Configuration, NamesWhatIsWrong) {
  const auto refused = [](const std::string& text, const std::string& message) {
    EXPECT_THAT([&] { config_of(nlohmann::json::parse(text)); },
                ThrowsMessage<UsageError>(HasSubstr(message)));
  };
  refused(R"({"keyword":{}})", R"(unknown field "keyword", did you mean "keywords"?)");
  refused(R"({"keywords":{"api":11}})", "gives \"api\" the score 11, not one from 1 to 10");
  refused(R"({"failure_bins":[0.4,0.2,0.6,0.8]})",
          "\"failure_bins\" does not ascend: 0.2 comes after 0.4");
  refused(R"({"failure_bins":[0.2,0.4,0.6,1.8]})", "has 1.8, no share from 0 to 1");
  refused(R"({"business":[[1,1,1,1,1],[1,1,1,1,1],[1,1,1,1,1],[1,1,1,1,1],[1,1,1,1,0.5]]})",
          "rare x insignificant is 0.5, no whole number");
  refused(R"({"phases":{"late":{"c01":1,"c11":2}}})", "phase \"late\"");
  refused(R"({"scope":{"new":100}})", "no value of the scale");
  refused(R"({"schema":2})", "\"schema\" is 2, not 1");
  refused(R"({"failure_bins":[]})", "has 0 values, not 4");
  refused(R"({"business":[[1,1,1,1,1],[1,1,1,1,1],[1,1,1,1,1],[1,1,1,1,1],[1,1,1,1,4294967297]]})",
          "rare x insignificant is 4294967297, no value of the scale");
  refused(R"({"likelihood":"sometimes"})", "neither \"auto\" nor \"manual\"");
}

TEST(ParseJson, RefusesAFieldThatIsThereTwiceAndTellsTheLine) {
  const auto refused = [](const std::string& text, const std::string& message) {
    std::istringstream in(text);
    EXPECT_THAT([&] { parse_json(in); }, ThrowsMessage<UsageError>(HasSubstr(message)));
  };
  refused(R"({"a":{"b":1,"c":{},"b":2}})", "field \"b\" is there twice");
  refused("{\"a\":1,\n\"b\":]}", "line 2");
  refused(R"({"a":1e400})", "1e400");
  std::istringstream in(R"({"a":{"b":1},"b":{"a":1}})");
  EXPECT_EQ(parse_json(in)["b"]["a"], 1);
}

TEST(Configuration, SwitchesAParameterForTestsThatDoNotSay) {
  const Config config = config_of(nlohmann::json::parse(R"({"impact":"manual"})"));
  EXPECT_FALSE(config.automatic_impact);
  EXPECT_TRUE(config.automatic_likelihood);
}

}  // namespace
}  // namespace noderig::risk
