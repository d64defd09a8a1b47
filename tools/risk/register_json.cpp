// The JSON form of a register, read strictly. Tests are converted as they are read and runs as soon
// as each is complete, so that ten million runs do not stand in memory as JSON.
#include "config.h"
#include "fields.h"
#include "register.h"
#include "register_bulk.h"
#include "scale.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <algorithm>
#include <istream>
#include <unordered_map>

namespace noderig::risk {
namespace {

using nlohmann::json;

const std::vector<std::string> kTestFields = {
    "id",       "title",  "preconditions", "steps", "assertions", "likelihood",
    "impact",   "layers", "runs",          "scope", "experience", "familiarity",
    "opinions", "costs",  "prior",         "joint", "owner",      "set_by"};

class RegisterReader {
 public:
  Register read(std::istream& in) {
    try {
      const json rest = json::parse(in, [this](int depth, json::parse_event_t event, json& value) {
        return took(depth, event, value);
      });
      const Fields fields(rest, "register", {"schema", "tests"});
      if (const int schema = fields.integer("schema", 1); schema != 1) {
        fields.fail("schema", fmt::format("is {}, not 1", schema));
      }
      if (fields.find("tests") == nullptr) fields.fail("tests", "is missing");
      fields.array("tests");
    } catch (const json::exception& error) {  // also a number that no double holds
      throw UsageError(error.what());
    }
    finish(register_);
    return std::move(register_);
  }

 private:
  // Called for all that is parsed; false drops the value, which is then converted already.
  bool took(int depth, json::parse_event_t event, json& value) {
    switch (event) {
      case json::parse_event_t::object_start:
        if (keys_.size() <= open_) keys_.emplace_back();
        keys_[open_++].clear();
        return true;
      case json::parse_event_t::key: {
        const auto& name = value.get_ref<const std::string&>();
        auto& keys = keys_[open_ - 1];
        if (std::ranges::find(keys, name) != keys.end()) {
          throw UsageError(fmt::format("{}: field \"{}\" is there twice", place(), name));
        }
        keys.push_back(name);
        if (depth == 1) section_ = name;
        if (depth == 3) field_ = name;
        return true;
      }
      case json::parse_event_t::object_end:
        --open_;
        if (section_ != "tests") return true;
        if (depth == 4 && field_ == "runs") {
          read_run(value);
          return false;
        }
        if (depth == 2) {
          read_test(value);
          return false;
        }
        return true;
      case json::parse_event_t::value:
        if (depth == 2 && section_ == "tests") throw UsageError(place() + ": is no object");
        if (depth == 4 && section_ == "tests" && field_ == "runs") {
          throw UsageError(place() + ": a run is no object");
        }
        return true;
      default:
        return true;
    }
  }

  std::string place() const { return fmt::format("test {}", register_.tests.size() + 1); }

  void read_run(const json& value) {
    try {
      current_.runs.push_back(run_of(value));
    } catch (const UsageError& error) {
      throw UsageError(
          fmt::format("{}, run {}: {}", place(), current_.runs.size() + 1, error.what()));
    }
  }

  TestRun run_of(const json& value) {
    static const std::vector<std::string> known = {"time", "build", "verdict", "seconds",
                                                   "defects"};
    const Fields fields(value, "", known);
    TestRun run;
    run.time = parse_time(fields.text("time"));
    run.build = build(fields.text("build"));
    const std::string verdict = fields.text("verdict");
    if (verdict == "failed") {
      run.verdict = RunVerdict::Failed;
    } else if (verdict == "skipped") {
      run.verdict = RunVerdict::Skipped;
    } else if (verdict != "passed") {
      fields.fail("verdict", fmt::format("is \"{}\", not passed, failed or skipped", verdict));
    }
    run.seconds = static_cast<float>(fields.within("seconds", run.seconds, 0, kLongestRun));
    for (const json& one : fields.array("defects")) {
      const Fields defect(one, "defect", {"id", "weight"});
      current_.add({defect.text("id"), defect.within("weight", 1, 0, kHeaviestDefect)});
    }
    return run;
  }

  std::uint32_t build(const std::string& name) {
    if (name.empty()) return 0;
    const auto [known, added] =
        builds_.try_emplace(name, static_cast<std::uint32_t>(register_.builds.size()));
    if (added) register_.builds.push_back(name);
    return known->second;
  }

  void read_test(const json& value) {
    std::string where = place();
    if (value.contains("id") && value["id"].is_string()) {
      where = fmt::format("test \"{}\"", value["id"].get<std::string>());
    }
    const Fields fields(value, where, kTestFields);
    TestCase test = std::move(current_);
    current_ = {};
    test.id = fields.text("id");
    test.title = fields.text("title");
    if (test.id.empty()) fields.fail("id", "is missing or empty");
    for (const json& one : fields.array("preconditions")) {
      if (!one.is_string()) fields.fail("preconditions", "has an entry that is no text");
      test.preconditions.push_back(one.get<std::string>());
    }
    for (const json& one : fields.array("steps")) {
      const Fields step(one, where + ", step", {"action", "expected"});
      test.steps.push_back({step.text("action"), step.text("expected")});
    }
    test.assertions = fields.integer("assertions", 0);
    if (test.assertions < 0) fields.fail("assertions", "is negative");
    test.likelihood = parameter(fields, "likelihood", business_matrix().rows);
    test.impact = parameter(fields, "impact", business_matrix().columns);
    fields.array("runs");
    read_layers(fields, test);
    test.scope = fields.text("scope");
    if (!test.scope.empty() && test.scope != "new" && test.scope != "changed" &&
        test.scope != "adjacent" && test.scope != "regression") {
      fields.fail("scope", "is not new, changed, adjacent or regression");
    }
    if (!test.scope.empty()) test.scope_reason = "given";
    test.owner = fields.text("owner");
    test.set_by = fields.text("set_by");
    test.experience = fields.one_to_five("experience");
    test.familiarity = fields.one_to_five("familiarity");
    read_decision(fields, test);
    register_.tests.push_back(std::move(test));
  }

  static Parameter parameter(const Fields& fields, const std::string& name, const Axis& axis) {
    Parameter parameter;
    if (!fields.has(name)) return parameter;
    const std::string text = fields.text(name);
    if (text == "auto") return {.source = Source::Automatic};
    parameter.source = Source::Manual;  // null says undefined
    if (!text.empty()) parameter.step = step_of(axis, text, fields.where() + ": " + name);
    return parameter;
  }

  static void read_layers(const Fields& fields, TestCase& test) {
    const json* given = fields.find("layers");
    if (given == nullptr) return;
    const Fields layers(*given, fields.where() + ": layers",
                        {"business", "history", "scope", "allocation", "coverage"});
    for (std::size_t i = 0; i < kLayers; ++i) {
      const std::string name(to_string(static_cast<Layer>(i)));
      if (layers.find(name) == nullptr) continue;
      const int value = layers.integer(name, 0);
      if (!on_scale(value)) layers.fail(name, fmt::format("is {}, no value of the scale", value));
      test.layers[i] = value;
    }
  }

  static void read_decision(const Fields& fields, TestCase& test) {
    for (const json& one : fields.array("opinions")) {
      const Fields opinion(one, fields.where() + ", opinion", {"expert", "z"});
      if (opinion.find("z") == nullptr) opinion.fail("z", "is missing");
      test.opinions.push_back({opinion.text("expert"), opinion.within("z", 0, 0, 1e6)});
    }
    if (const json* given = fields.find("costs")) {
      const Fields costs(*given, fields.where() + ": costs", {"c00", "c01", "c10", "c11"});
      const Costs otherwise;
      test.costs = Costs{costs.number("c00", otherwise.c00), costs.number("c01", otherwise.c01),
                         costs.number("c10", otherwise.c10), costs.number("c11", otherwise.c11)};
      check(*test.costs, costs.where());
    }
    if (fields.find("prior") != nullptr) test.prior = fields.within("prior", 0, 0, 1);
    if (const json* given = fields.find("joint")) {
      const Fields joint(*given, fields.where() + ": joint", {"p00", "p01", "p10", "p11"});
      test.joint = Joint{joint.within("p00", 0, 0, 1), joint.within("p01", 0, 0, 1),
                         joint.within("p10", 0, 0, 1), joint.within("p11", 0, 0, 1)};
      const double sum = test.joint->p00 + test.joint->p01 + test.joint->p10 + test.joint->p11;
      if (std::abs(sum - 1) > 1e-6) fields.fail("joint", fmt::format("adds up to {}, not 1", sum));
    }
  }

  Register register_;
  TestCase current_;  // takes the runs of the test that is being read
  std::unordered_map<std::string, std::uint32_t> builds_;
  std::vector<std::vector<std::string>> keys_;  // of each open object
  std::size_t open_ = 0;
  std::string section_;  // field of the register
  std::string field_;    // field of the test
};

}  // namespace

Register read_register_strictly(std::istream& in) {
  return RegisterReader().read(in);
}

Register read_register_json(std::istream& in, KeptRuns kept) {
  if (in.tellg() != 0) return read_register_strictly(in);  // a pipe cannot be read again
  if (auto tests = read_register_bulk(in, kept)) return std::move(*tests);
  in.clear();
  in.seekg(0);
  return read_register_strictly(in);
}

}  // namespace noderig::risk
