// The readers of each format, and what they share. Internal to framework/history/exchange.
#pragma once

#include <noderig/framework/history/exchange/import.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace noderig {

std::vector<RecordedRun> read_history_export(const ResultFile& file);
std::vector<RecordedRun> read_run_json(const ResultFile& file);
std::vector<RecordedRun> read_junit(const ResultFile& file);
std::vector<RecordedRun> read_ctrf(const ResultFile& file);
std::vector<RecordedRun> read_ctest_cost(const ResultFile& file);
std::vector<RecordedRun> read_iofrol(const ResultFile& file);

[[noreturn]] void fail_import(const ResultFile& file, std::size_t line, const std::string& what);

// The line, from 1, that holds the character at `offset`.
std::size_t line_at(const std::string& text, std::size_t offset);

// "FORMAT-DIGITS": a run's name that is the same for the same content.
std::string name_from(std::string_view format, std::string_view content);

// A document, and the lines on which the objects of one of its lists begin.
struct LinedJson {
  nlohmann::json root;
  std::vector<std::size_t> element_lines;
};

// The list is the value of `list`, a key that is inside of `depth` objects. Throws ImportError when
// the text is no JSON.
LinedJson parse_json(const ResultFile& file, const std::string& list, int depth);

}  // namespace noderig
