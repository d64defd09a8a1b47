// Results of other tools, and noderig's own from elsewhere, as runs to merge into a history. A file
// is read whole or not at all. Free functions; any thread.
#pragma once

#include <noderig/framework/errors.h>
#include <noderig/framework/history/records.h>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

// What is wrong with a file of results: "FILE:LINE: what".
class ImportError : public UsageError {
 public:
  using UsageError::UsageError;
};

enum class ResultFormat {
  History,    // noderig history export: a line a run
  Run,        // noderig run --json
  JUnit,      // JUnit XML: of CTest and GoogleTest by their test ids, of others by class and name
  Ctrf,       // CTRF JSON
  CTestCost,  // Testing/Temporary/CTestCostData.txt: mean seconds, and which failed last
  IofRol      // the CSV form of the IOF/ROL data: a cycle becomes a run
};

// "history", "run", "junit", "ctrf", "ctest-cost", "iofrol".
std::string_view to_string(ResultFormat format);
std::optional<ResultFormat> result_format_named(std::string_view name);
std::vector<std::string> result_format_names();

// A file of results that was read into memory.
struct ResultFile {
  std::filesystem::path path;
  std::string text;
  TimePoint written{};   // when the file was; stands for times that are not in it
  std::string revision;  // stands for a revision that is not in it; empty: not known
};

// Throws ImportError when it cannot be read.
ResultFile read_result_file(const std::filesystem::path& path, const std::string& revision);

// What the text looks like; throws ImportError when it is none of the formats.
ResultFormat format_of(const ResultFile& file);

// The runs in the file. Their names come from their content, so that a file that is merged again
// adds nothing. Throws ImportError.
std::vector<RecordedRun> runs_in(const ResultFile& file, ResultFormat format);

}  // namespace noderig
