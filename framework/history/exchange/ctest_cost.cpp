// CTest's Testing/Temporary/CTestCostData.txt: "NAME RUNS SECONDS" a test, the mean of its passed
// runs, then a line of three dashes and the names of those that failed last. Single runs are not in
// it: a test has one execution, its last, with the mean seconds; 0 when it never passed.
#include <fmt/format.h>
#include <noderig/framework/history/exchange/formats.h>
#include <noderig/framework/numbers.h>
#include <set>
#include <sstream>

namespace noderig {
namespace {

void set_failed(RecordedExecution& one) {
  one.verdict = Verdict::Failed;
  one.failure = FailureClass::Assertion;
}

}  // namespace

std::vector<RecordedRun> read_ctest_cost(const ResultFile& file) {
  RecordedRun run{.name = name_from("ctest-cost", file.text), .origin = "ctest"};
  run.time = file.written;
  run.revision = file.revision;
  std::set<std::string> failed;
  bool in_failed = false;
  std::istringstream lines(file.text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.empty()) continue;
    if (line == "---") {
      in_failed = true;
    } else if (in_failed) {
      failed.insert("ctest:" + line);
    } else {
      // Names may have spaces: the numbers are the last two words.
      const std::size_t last = line.rfind(' ');
      const std::size_t middle =
          last == std::string::npos || last == 0 ? std::string::npos : line.rfind(' ', last - 1);
      if (middle == std::string::npos || middle == 0) {
        fail_import(file, number, "the line is no \"NAME RUNS SECONDS\"");
      }
      const auto times_run =
          integer_in(std::string_view(line).substr(middle + 1, last - middle - 1));
      const auto seconds = number_in(std::string_view(line).substr(last + 1));
      if (!times_run || *times_run < 0 || !seconds || *seconds < 0) {
        fail_import(file, number, "the line is no \"NAME RUNS SECONDS\"");
      }
      if (*times_run == 0) continue;
      RecordedExecution one{.position = run.executions.size(),
                            .test = "ctest:" + line.substr(0, middle)};
      one.time = run.time;
      one.verdict = Verdict::Passed;
      one.seconds = *seconds;
      run.executions.push_back(std::move(one));
    }
  }
  for (RecordedExecution& one : run.executions) {
    if (failed.erase(one.test) > 0) set_failed(one);
  }
  for (const std::string& test : failed) {
    RecordedExecution one{.position = run.executions.size(), .test = test, .time = run.time};
    set_failed(one);
    run.executions.push_back(std::move(one));
  }
  return {run};
}

}  // namespace noderig
