#include "result_output.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <algorithm>

namespace noderig::impact {
namespace {

auto count(const RecordResult& result, Verdict verdict) {
  return std::ranges::count(result.runs, verdict, &RecordResult::Run::verdict);
}

}  // namespace

void print_recorded(std::FILE* out, const RecordResult& result,
                    const std::filesystem::path& database) {
  for (const std::string& problem : result.problems) fmt::print(out, "{}\n", problem);
  if (result.state == RecordingState::Interrupted) {
    fmt::print(out, "The recording is not finished and does not count.\n");
  } else {
    fmt::print(out, "Recorded {} in {}{}\n", result.revision.substr(0, 12), database.string(),
               result.state == RecordingState::Complete
                   ? ""
                   : "; tests without a result there will be selected");
  }
  fmt::print(out, "{} passed, {} failed, {} skipped ({:.1f} s)\n", count(result, Verdict::Passed),
             count(result, Verdict::Failed), count(result, Verdict::Skipped), result.seconds);
}

nlohmann::json to_json(const RecordResult& result, const std::filesystem::path& database) {
  auto tests = nlohmann::json::array();
  for (const RecordResult::Run& run : result.runs) {
    tests.push_back({{"id", run.id.text()},
                     {"verdict", to_string(run.verdict)},
                     {"seconds", run.seconds},
                     {"functions", run.functions}});
  }
  return {{"schema", 1},
          {"recording",
           {{"db", database.string()},
            {"revision", result.revision},
            {"complete", result.state == RecordingState::Complete}}},
          {"tests", tests},
          {"passed", count(result, Verdict::Passed)},
          {"failed", count(result, Verdict::Failed)},
          {"skipped", count(result, Verdict::Skipped)},
          {"problems", result.problems},
          {"seconds", result.seconds}};
}

int exit_code(const RecordResult& result) {
  if (result.state == RecordingState::Interrupted) return kExitEnvironment;
  return result.failed() > 0 ? kExitFailed : kExitPassed;
}

}  // namespace noderig::impact
