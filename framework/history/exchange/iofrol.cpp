#include <fmt/format.h>
#include <noderig/framework/history/exchange/formats.h>
#include <noderig/framework/history/exchange/iofrol.h>
#include <noderig/framework/numbers.h>
#include <algorithm>
#include <map>
#include <sstream>
#include <tuple>

namespace noderig {
namespace {

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, ';');) fields.push_back(field);
  if (!line.empty() && line.back() == ';') fields.emplace_back();
  return fields;
}

struct Cycle {
  RecordedRun run;
  std::string rows;  // names the run by its content
};

// A cell may stand in quotes.
std::string unquoted(const std::string& text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

std::vector<RecordedRun> read_iofrol(const ResultFile& file) {
  std::istringstream lines(file.text);
  std::map<std::int64_t, Cycle> cycles;
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.ends_with('\r')) line.pop_back();
    if (number == 1 && line != kIofRolHeader) {
      fail_import(file, number, fmt::format("the first line is not {}", kIofRolHeader));
    }
    if (number == 1 || line.empty()) continue;
    const auto fields = fields_of(line);
    if (fields.size() != 8) {
      fail_import(file, number, fmt::format("{} fields instead of 8", fields.size()));
    }
    const auto seconds = number_in(fields[2]);
    const auto last_run = parse_time(unquoted(fields[4]));
    const auto verdict = integer_in(fields[6]);
    const auto cycle_number = integer_in(fields[7]);
    if (fields[1].empty()) fail_import(file, number, "there is no Name");
    if (!seconds || *seconds < 0) fail_import(file, number, "the Duration is no number of seconds");
    if (!last_run) fail_import(file, number, "the LastRun is no time");
    if (!verdict || *verdict < 0 || *verdict > 1) {
      fail_import(file, number, "the Verdict is neither 0 nor 1");
    }
    if (!cycle_number) fail_import(file, number, "the Cycle is no number");

    Cycle& cycle = cycles[*cycle_number];
    cycle.rows += line + "\n";
    // When the tests before ran last is the latest that is known of the cycle's time.
    cycle.run.time = std::max(cycle.run.time, *last_run);
    RecordedExecution one{.position = cycle.run.executions.size(), .test = unquoted(fields[1])};
    one.verdict = *verdict == 1 ? Verdict::Failed : Verdict::Passed;
    one.failure = *verdict == 1 ? FailureClass::Assertion : FailureClass::None;
    one.seconds = *seconds;
    cycle.run.executions.push_back(std::move(one));
  }
  std::vector<RecordedRun> found;
  TimePoint earliest{};  // cycles come one after the other, whatever their rows say
  for (auto& [cycle_number, cycle] : cycles) {
    RecordedRun& run = cycle.run;
    run.name = name_from(fmt::format("iofrol-{}", cycle_number), cycle.rows);
    run.origin = "iofrol";
    run.revision = file.revision.empty() ? fmt::format("cycle {}", cycle_number) : file.revision;
    run.time = std::max(run.time, earliest);
    earliest = run.time + std::chrono::milliseconds(1);
    for (RecordedExecution& one : run.executions) one.time = run.time;
    found.push_back(std::move(run));
  }
  return found;
}

std::string iofrol_csv(const PastTests& past) {
  struct Row {
    const PastExecution* execution;
    std::string name;
    TimePoint last_run;
    std::string last_results;  // newest first
  };
  std::vector<Row> rows;
  for (const PastTest& test : past.tests) {
    TimePoint last_run{};
    std::vector<std::string> results;
    for (const PastExecution& one : test.executions) {
      const bool failed = one.verdict == Verdict::Failed;
      if (!failed && one.verdict != Verdict::Passed) continue;
      // Of the past, as many results as tell something: all would make a row grow with each run.
      constexpr std::size_t kShown = 20;
      const std::size_t first = results.size() > kShown ? results.size() - kShown : 0;
      std::string newest_first;
      for (std::size_t i = results.size(); i > first; --i) {
        newest_first += (newest_first.empty() ? "" : ", ") + results[i - 1];
      }
      std::string name = test.id;
      std::ranges::replace(name, ';', ',');
      rows.push_back(
          {&one, std::move(name), results.empty() ? one.time : last_run, "[" + newest_first + "]"});
      results.emplace_back(failed ? "1" : "0");
      last_run = one.time;
    }
  }
  std::ranges::sort(rows, {}, [](const Row& row) {
    return std::tuple(row.execution->run->time, row.execution->run, row.execution->time);
  });
  std::string csv = fmt::format("{}\n", kIofRolHeader);
  std::size_t cycle = 0;
  const PastRun* run = nullptr;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    cycle += row.execution->run != run;
    run = row.execution->run;
    const std::string last = to_rfc3339(std::chrono::floor<std::chrono::seconds>(row.last_run));
    csv += fmt::format("{};{};{:.3f};0;{} {};{};{};{}\n", i + 1, row.name, row.execution->seconds,
                       last.substr(0, 10), last.substr(11, 8), row.last_results,
                       row.execution->verdict == Verdict::Failed ? 1 : 0, cycle);
  }
  return csv;
}

}  // namespace noderig
