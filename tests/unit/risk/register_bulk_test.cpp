#include "seed.h"

#include <risk/rank.h>
#include <risk/register_bulk.h>

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace noderig::risk {
namespace {

std::optional<Register> bulk(const std::string& json) {
  std::istringstream in(json);
  return read_register_bulk(in);
}

// Fields in any order, spaces anywhere, brackets and escapes in texts, each kind of value.
constexpr const char* kRich = R"( { "schema" : 1 ,
  "tests" : [ {"runs":[{"time":"2026-01-02T00:00:00Z","verdict":"failed","seconds":3,"build":"b1",
      "defects":[{"id":"d[1]","weight":5},{"weight":2}]},
     {"verdict":"passed", "time":"2026-01-02T01:00:00+01:00","build":"b1"}],
    "id":"a \"quoted\" \\ [x] \u00e9","title":"Login {now}","assertions":3,
    "steps":[{"action":"open [the page]","expected":"a list"}],"preconditions":["a user"]} ,
  {"id":"b","scope":"new","layers":{"business":233},"opinions":[{"expert":"e","z":0.5}],
    "costs":{"c00":0,"c01":30,"c10":1,"c11":2},"prior":0.25,"experience":1,"familiarity":2,
    "runs":[{"time":"2026-01-01T00:00:00.5Z","verdict":"skipped","seconds":0.125,"build":"b2"}]},
  {"id":"c","likelihood":null,"impact":"auto","runs":[]},{"id":"d","runs":null},
  {"id":"e","runs":[{"time":"2026-01-02T00:00:00Z","build":"b\u0031","verdict":"passed" },
    {"time":"2026-01-02T00:00:00Z","build":null,"verdict":"passed","seconds":null,"defects":null},
    {"time":"2026-01-03T00:00:00Z","build":"","verdict":"failed","defects":[
      {"id":null,"weight":8},{"id":"\u0064[1]","weight":null}]}]}
  ] }
)";

Register strictly(const std::string& json) {
  std::istringstream in(json);
  return read_register_strictly(in);
}

void expect_same(const Register& read, const Register& strict) {
  EXPECT_EQ(to_json(rank(read, {}, Aggregate::Numeric), read),
            to_json(rank(strict, {}, Aggregate::Numeric), strict));
  ASSERT_EQ(read.tests.size(), strict.tests.size());
  for (std::size_t i = 0; i < strict.tests.size(); ++i) {
    const TestCase& one = read.tests[i];
    const TestCase& same = strict.tests[i];
    EXPECT_EQ(one.id, same.id);
    EXPECT_EQ(one.complexity(), same.complexity());
    ASSERT_EQ(one.defects.size(), same.defects.size());
    for (std::size_t defect = 0; defect < one.defects.size(); ++defect) {
      EXPECT_EQ(one.defects[defect].id, same.defects[defect].id);
      EXPECT_EQ(one.defects[defect].weight, same.defects[defect].weight);
    }
    ASSERT_EQ(one.runs.size(), same.runs.size());
    for (std::size_t run = 0; run < one.runs.size(); ++run) {
      EXPECT_EQ(one.runs[run].time, same.runs[run].time);
      EXPECT_EQ(one.runs[run].seconds, same.runs[run].seconds);
      EXPECT_EQ(one.runs[run].verdict, same.runs[run].verdict);
      EXPECT_EQ(read.builds[one.runs[run].build], strict.builds[same.runs[run].build]);
    }
  }
}

TEST(RegisterBulk, ReadsTheSameAsTheStrictReader) {
  const auto read = bulk(kRich);
  ASSERT_TRUE(read.has_value());
  ASSERT_EQ(read->tests.size(), 5u);
  expect_same(*read, strictly(kRich));
}

// A text with one character changed is read the same, or left to the strict reader.
TEST(RegisterBulk, MisreadsNothingThatIsAlmostRight) {
  constexpr std::string_view kOthers = "\\,:\"]}[{ 0e\n\xff";
  const std::string rich = kRich;
  int same = 0;
  for (std::size_t i = 0; i < rich.size(); ++i) {
    std::string text = rich;
    text[i] = kOthers[i % kOthers.size()];
    const auto read = bulk(text);
    if (!read) continue;
    SCOPED_TRACE(text);
    ASSERT_NO_THROW(expect_same(*read, strictly(text)));
    ++same;
  }
  EXPECT_GT(same, 100);
}

TEST(RegisterBulk, LeavesWhatIsWrongToTheStrictReader) {
  const std::string run = R"({"time":"2026-01-01T00:00:00Z","verdict":"passed"})";
  for (const std::string& tests :
       {std::string(R"({"id":"a","colour":1})"), std::string(R"({"id":"a"},{"id":"a"})"),
        std::string(R"({"id":"a","id":"b"})"), std::string(R"({"id":"a","runs":[],"runs":[]})"),
        std::string(R"({"id":"a","runs":[{"time":"2026-01-01T00:00:00Z"}]})"),
        std::string(R"({"id":"a","runs":[{"verdict":"passed"}]})"),
        std::string(R"({"id":"a","runs":[{"time":"soon","verdict":"passed"}]})"),
        std::string(R"({"id":"a","runs":[1]})"), std::string(R"({"id":"a","runs":[)") + run,
        std::string(R"({"id":"a"}})"), std::string("1"), std::string(R"({"id":"a"} {"id":"b"})"),
        std::string(R"({"id":"a":1})"), std::string(R"({"id":"a","title":"b" "c"})"),
        std::string(R"({"id":"a"},)"), std::string(R"({"id":"a"},,{"id":"b"})"),
        R"({"id":"a","runs":[)" + run.substr(0, run.size() - 1) + R"(,"verdict":"failed"}]})",
        R"({"id":"a","runs":[)" + run.substr(0, run.size() - 1) + R"(,"seconds":-1}]})",
        R"({"id":"a","runs":[)" + run.substr(0, run.size() - 1) + R"(,"defects":[{"x":1}]}]})"}) {
    EXPECT_FALSE(bulk("{\"tests\":[" + tests + "]}").has_value()) << tests;
  }
  EXPECT_FALSE(bulk("").has_value());
  EXPECT_FALSE(bulk("{\"tests\":[").has_value());
  EXPECT_FALSE(bulk(R"({"tests":[{"id":"a"}],"more":1})").has_value());
  EXPECT_FALSE(bulk(R"({"schema":2,"tests":[]})").has_value());
}

// More text than is handed to one thread; `broken` is a run for a test in the middle.
std::string many_tests(int count, const std::string& broken) {
  std::string json = "{\"tests\":[";
  for (int i = 0; i < count; ++i) {
    json += fmt::format("{}{{\"id\":\"t{}\",\"runs\":[", i == 0 ? "" : ",", i);
    for (int run = 1; run <= 28; ++run) {
      json += fmt::format(
          R"({}{{"time":"2026-02-{:02}T00:00:00Z","build":"b{}","verdict":"{}","seconds":{}}})",
          run == 1 ? "" : ",", run, run, (i + run) % 5 == 0 ? "failed" : "passed", i);
    }
    json += (i == count / 2 ? broken : "") + "]}";
  }
  return json + "]}";
}

TEST(RegisterBulk, KeepsTheOrderOfManyTests) {
  const auto read = bulk(many_tests(2'000, ""));
  ASSERT_TRUE(read.has_value());
  ASSERT_EQ(read->tests.size(), 2'000u);
  for (std::size_t i = 0; i < read->tests.size(); ++i) {
    const TestCase& test = read->tests[i];
    ASSERT_EQ(test.id, fmt::format("t{}", i));
    ASSERT_EQ(test.runs.size(), 28u);
    EXPECT_EQ(test.runs[0].seconds, static_cast<float>(i));
    EXPECT_EQ(read->builds[test.runs[27].build], "b28");
  }
}

TEST(RegisterBulk, RanksTheSameByEvidenceAlone) {
  const std::string early = R"(,{"time":"2026-01-01T00:00:00Z","verdict":"failed"})";
  for (const std::string& json : {std::string(kRich), many_tests(50, early)}) {
    std::istringstream in(json);
    const auto read = read_register_bulk(in, KeptRuns::Evidence);
    ASSERT_TRUE(read.has_value());
    EXPECT_THAT(read->tests, testing::Each(testing::Field(&TestCase::runs, testing::IsEmpty())));
    const Register strict = strictly(json);
    EXPECT_EQ(read->notes, strict.notes);
    EXPECT_EQ(to_json(rank(*read, {}, Aggregate::Numeric), *read),
              to_json(rank(strict, {}, Aggregate::Numeric), strict));
  }
}

// A test with more runs than are handed to one thread; JSON of one line a value.
TEST(RegisterBulk, ReadsATestOfAnySizeAndForm) {
  std::string json = "{\n  \"tests\" : [\n    {\n      \"runs\" : [";
  for (int run = 0; run < 30'000; ++run) {
    json += fmt::format(
        "{}\n        {{\n          \"verdict\" : \"passed\",\n          \"time\" :\r\n"
        "\t\"2026-02-01T00:{:02}:{:02}Z\"\n        }}",
        run == 0 ? "" : ",", run / 60 % 60, run % 60);
  }
  json +=
      "\n      ],\n      \"id\" : \"large\"\n    },\n    {\n      \"id\" : \"small\"\n    }\n  "
      "]\n}\n";
  const auto read = bulk(json);
  ASSERT_TRUE(read.has_value());
  expect_same(*read, strictly(json));
}

TEST(RegisterBulk, GivesUpInTheMiddleOfManyTests) {
  EXPECT_FALSE(bulk(many_tests(2'000, R"(,{"verdict":"passed"})")).has_value());
}

TEST(RegisterBulk, IsNotMisledByBracketsInTexts) {
  // The strict reader has them both; this one may pass, but not misread.
  for (const char* name : {"]", "[", "}]", "[[", "\\\"]}"}) {
    const std::string json =
        std::string(R"({"tests":[{"id":"a","runs":[{"build":")") + name +
        R"(","time":"2026-01-01T00:00:00Z","verdict":"failed"}]},{"id":"b"}]})";
    const Register tests = register_of(json);
    ASSERT_EQ(tests.tests.size(), 2u) << name;
    ASSERT_EQ(tests.tests[0].runs.size(), 1u) << name;
    EXPECT_EQ(tests.builds.back(), name[0] == '\\' ? "\"]}" : name);
  }
}

}  // namespace
}  // namespace noderig::risk
