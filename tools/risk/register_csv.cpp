// The CSV form of a register: id,title,business,history,scope,allocation,coverage,likelihood,
// impact,seconds, in this order; empty is undefined.
#include "csv.h"
#include "matrix.h"
#include "register.h"
#include "scale.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/numbers.h>
#include <istream>

namespace noderig::risk {
namespace {

constexpr std::string_view kRegisterHeader =
    "id,title,business,history,scope,allocation,coverage,likelihood,impact,seconds";
constexpr std::size_t kRegisterColumns = 10;

Parameter parameter(const std::string& text, const Axis& axis, const std::string& where) {
  if (text == "auto") return {.source = Source::Automatic};
  if (text.empty()) return {.source = Source::Manual};
  return {.source = Source::Manual, .step = step_of(axis, text, where)};
}

TestCase test_of(const std::vector<std::string>& fields, const std::string& where) {
  TestCase test{.id = fields[0], .title = fields[1]};
  if (test.id.empty()) throw UsageError(where + ": the id is empty");
  for (std::size_t i = 0; i < kLayers; ++i) {
    const std::string& text = fields[2 + i];
    if (text.empty()) continue;
    const auto value = number_in(text);
    if (!value || *value != std::floor(*value) || std::abs(*value) > 1e6 ||
        !on_scale(static_cast<int>(*value))) {
      throw UsageError(fmt::format("{}: {} is \"{}\", no value of the scale", where,
                                   to_string(static_cast<Layer>(i)), text));
    }
    test.layers[i] = static_cast<int>(*value);
  }
  test.likelihood = parameter(fields[7], business_matrix().rows, where + ": likelihood");
  test.impact = parameter(fields[8], business_matrix().columns, where + ": impact");
  if (!fields[9].empty()) {
    test.seconds = number_in(fields[9]);
    if (!test.seconds || *test.seconds < 0 || *test.seconds > kLongestRun) {
      throw UsageError(fmt::format("{}: seconds is \"{}\", no duration", where, fields[9]));
    }
  }
  return test;
}

}  // namespace

Register read_register_csv(std::istream& in) {
  Register tests;
  std::map<std::string, std::size_t> lines;  // by id
  std::string line;
  std::size_t number = 1;
  for (; std::getline(in, line); ++number) {
    strip_line(line, number);
    const std::string where = fmt::format("line {}", number);
    if (number == 1) {
      if (line != kRegisterHeader)
        throw UsageError(fmt::format("{}: the header is not {}", where, kRegisterHeader));
      continue;
    }
    if (line.empty()) continue;
    const auto fields = split_csv(line, ',');
    if (!fields) throw UsageError(where + ": a quote is not closed or out of place");
    if (fields->size() != kRegisterColumns) {
      throw UsageError(
          fmt::format("{}: {} fields, not {}", where, fields->size(), kRegisterColumns));
    }
    tests.tests.push_back(test_of(*fields, where));
    const auto [known, added] = lines.try_emplace(tests.tests.back().id, number);
    if (!added) {
      throw UsageError(
          fmt::format("{}: the id \"{}\" is in line {} too", where, known->first, known->second));
    }
  }
  if (in.bad()) throw UsageError("cannot be read to its end");
  if (number == 1)
    throw UsageError(fmt::format("line 1: the header {} is missing", kRegisterHeader));
  finish(tests);
  return tests;
}

}  // namespace noderig::risk
