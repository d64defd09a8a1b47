// JUnit XML. Who wrote it is told by what only that tool writes: CTest a `status` with its own
// words, GoogleTest a `result`, noderig its name.
#include <fmt/format.h>
#include <noderig/framework/history/exchange/formats.h>
#include <noderig/framework/numbers.h>
#include <noderig/framework/report/cases.h>
#include <algorithm>
#include <pugixml.hpp>

namespace noderig {
namespace {

class JUnitReader {
 public:
  explicit JUnitReader(const ResultFile& file) : file_(file) {
    const pugi::xml_parse_result parsed = document_.load_buffer(file.text.data(), file.text.size());
    if (!parsed) {
      fail_import(file, line_at(file.text, static_cast<std::size_t>(parsed.offset)),
                  parsed.description());
    }
    run_ = {.name = name_from("junit", file.text), .origin = "junit", .time = file.written};
    run_.revision = file.revision;
  }

  RecordedRun read() {
    const pugi::xml_node root = document_.document_element();
    const std::string_view name = root.name();
    if (name == "testsuites") {
      if (std::string_view(root.attribute("name").value()) == "noderig") run_.origin = "noderig";
      take_head(root);
      for (const pugi::xml_node suite : root.children("testsuite")) read_suite(suite);
    } else if (name == "testsuite") {
      read_suite(root);
    } else {
      fail(root, fmt::format("<{}> is neither <testsuites> nor <testsuite>", name));
    }
    return run_;
  }

 private:
  [[noreturn]] void fail(const pugi::xml_node& node, const std::string& what) const {
    fail_import(file_, line_at(file_.text, static_cast<std::size_t>(node.offset_debug())), what);
  }

  double seconds_of(const pugi::xml_node& node) const {
    const std::string_view text = node.attribute("time").value();
    if (text.empty()) return 0;
    const auto seconds = number_in(text);
    if (!seconds || *seconds < 0) fail(node, fmt::format("time=\"{}\" is no time", text));
    return *seconds;
  }

  // When, where and of what.
  void take_head(const pugi::xml_node& node) {
    if (const pugi::xml_attribute text = node.attribute("timestamp")) {
      const auto time = parse_time(text.value());
      if (!time) fail(node, fmt::format("timestamp=\"{}\" is no time", text.value()));
      if (!timed_ || *time < run_.time) run_.time = *time;
      timed_ = true;
    }
    if (const pugi::xml_attribute host = node.attribute("hostname")) {
      run_.machine.host = host.value();
    }
    if (const std::string revision = property_of(node, "revision"); !revision.empty()) {
      run_.revision = revision;
    }
    if (const std::string modified = property_of(node, "modified"); !modified.empty()) {
      run_.modified = modified == "true";
    }
    if (const std::string run = property_of(node, "run");
        !run.empty() && run_.origin == "noderig") {
      run_.name = run;
    }
  }

  void read_suite(const pugi::xml_node& suite) {
    take_head(suite);
    if (run_.origin == "noderig") {
      read_scenario(suite);
      return;
    }
    for (const pugi::xml_node one : suite.children("testcase")) read_case(one);
    for (const pugi::xml_node inner : suite.children("testsuite")) read_suite(inner);
  }

  std::string test_id(const pugi::xml_node& one) {
    const std::string name = one.attribute("name").value();
    const std::string class_name = one.attribute("classname").value();
    if (name.empty()) fail(one, "a <testcase> without a name");
    if (one.attribute("result")) {
      run_.origin = "gtest";
      return fmt::format("gtest:{}/{}.{}", file_.path.stem().string(), class_name, name);
    }
    static constexpr std::string_view kCTestWords[] = {"run", "fail", "notrun", "disabled"};
    const std::string_view status = one.attribute("status").value();
    if (std::ranges::find(kCTestWords, status) != std::end(kCTestWords)) {
      run_.origin = "ctest";
      return "ctest:" + name;
    }
    return class_name.empty() || class_name == name ? name : class_name + "." + name;
  }

  Verdict verdict_of(const pugi::xml_node& one) const {
    if (one.child("failure") || one.child("error")) return Verdict::Failed;
    const std::string_view status = one.attribute("status").value();
    const std::string_view result = one.attribute("result").value();
    const bool left_out = one.child("skipped") || status == "notrun" || status == "disabled" ||
                          result == "skipped" || result == "suppressed";
    if (status == "fail") return Verdict::Failed;
    return left_out ? Verdict::Skipped : Verdict::Passed;
  }

  // What the elements about a failure or skip say.
  static std::string reason_of(const pugi::xml_node& one) {
    for (const char* element : {"failure", "error", "skipped"}) {
      const pugi::xml_node node = one.child(element);
      if (!node) continue;
      const std::string message = node.attribute("message").value();
      return message.empty() ? node.text().get() : message;
    }
    return {};
  }

  void read_case(const pugi::xml_node& one) {
    RecordedExecution execution{.position = run_.executions.size(), .test = test_id(one)};
    execution.time = run_.time;
    execution.verdict = verdict_of(one);
    execution.seconds = seconds_of(one);
    execution.reason = reason_of(one);
    if (execution.verdict == Verdict::Failed) execution.failure = FailureClass::Assertion;
    run_.executions.push_back(std::move(execution));
  }

  static std::string property_of(const pugi::xml_node& suite, std::string_view name) {
    for (const pugi::xml_node property : suite.child("properties").children("property")) {
      if (property.attribute("name").value() == name) return property.attribute("value").value();
    }
    return {};
  }

  // A property has the daemon's flavour and version.
  void add_daemon(const std::string& name, const pugi::xml_node& suite) {
    if (std::ranges::find(run_.daemons, name, &DaemonUsed::name) != run_.daemons.end()) return;
    const std::string said = property_of(suite, "daemon");
    const std::string text = said.empty() ? name : said;
    const std::size_t space = text.find(' ');
    const bool versioned = space != std::string::npos;
    run_.daemons.push_back({.name = name,
                            .flavour = text.substr(0, space),
                            .version = versioned ? text.substr(space + 1) : std::string(),
                            .path = {},
                            .arguments = {}});
  }

  // noderig writes a suite an execution, SCENARIO@DAEMON, and a case a sub-test.
  void read_scenario(const pugi::xml_node& suite) {
    const std::string name = suite.attribute("name").value();
    const std::size_t at = name.find('@');
    if (at == std::string::npos) fail(suite, fmt::format("\"{}\" is no SCENARIO@DAEMON", name));
    Execution execution{.scenario = name.substr(0, at),
                        .daemon = name.substr(at + 1),
                        .partial = property_of(suite, "partial") == "true"};
    execution.wall = seconds_of(suite);
    execution.verdict = Verdict::Passed;
    bool all_skipped = true;
    for (const pugi::xml_node one : suite.children("testcase")) {
      const std::string part = one.attribute("name").value();
      Verdict verdict = verdict_of(one);
      if (one.child("error")) verdict = Verdict::Interrupted;
      // It does not count where it was run, and has failed all the same.
      const bool excused = verdict == Verdict::Skipped && reason_of(one).starts_with(kInQuarantine);
      if (excused) verdict = Verdict::Failed;
      all_skipped = all_skipped && verdict == Verdict::Skipped;
      const bool bad = verdict == Verdict::Failed || verdict == Verdict::Interrupted;
      if (bad && execution.verdict == Verdict::Passed) {
        execution.verdict = verdict;
        execution.reason = reason_of(one);
      }
      if (part == execution.scenario) continue;
      execution.subtests.push_back({part, verdict, reason_of(one), seconds_of(one)});
    }
    if (all_skipped) execution.verdict = Verdict::Skipped;
    add_daemon(execution.daemon, suite);
    run_.executions.push_back(recorded(execution, run_.executions.size(), run_.time));
  }

  const ResultFile& file_;
  pugi::xml_document document_;
  RecordedRun run_;
  bool timed_ = false;
};

}  // namespace

std::vector<RecordedRun> read_junit(const ResultFile& file) {
  return {JUnitReader(file).read()};
}

}  // namespace noderig
