#include <fmt/format.h>
#include <noderig/framework/files.h>
#include <noderig/framework/history/exchange/formats.h>
#include <noderig/framework/history/exchange/record_json.h>
#include <noderig/framework/numbers.h>
#include <noderig/p2p/primitives/hash.h>
#include <algorithm>
#include <iterator>
#include <span>

namespace noderig {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

struct Format {
  ResultFormat format;
  std::string_view name;
  std::vector<RecordedRun> (*read)(const ResultFile&);
};

constexpr Format kImportFormats[] = {
    {ResultFormat::History, "history", read_history_export},
    {ResultFormat::Run, "run", read_run_json},
    {ResultFormat::JUnit, "junit", read_junit},
    {ResultFormat::Ctrf, "ctrf", read_ctrf},
    {ResultFormat::CTestCost, "ctest-cost", read_ctest_cost},
    {ResultFormat::IofRol, "iofrol", read_iofrol},
};

// Reads characters and counts the lines it has come through.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* line) : at_(at), line_(line) {}

  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    if (*at_ == '\n') ++*line_;
    ++at_;
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  std::size_t* line_;
};

}  // namespace

std::string_view to_string(ResultFormat format) {
  return std::ranges::find(kImportFormats, format, &Format::format)->name;
}

std::optional<ResultFormat> result_format_named(std::string_view name) {
  const auto* const found = std::ranges::find(kImportFormats, name, &Format::name);
  return found == std::end(kImportFormats) ? std::nullopt : std::optional(found->format);
}

std::vector<std::string> result_format_names() {
  std::vector<std::string> names;
  for (const Format& one : kImportFormats) names.emplace_back(one.name);
  return names;
}

ResultFile read_result_file(const fs::path& path, const std::string& revision) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    throw ImportError(fmt::format("{}: it is a directory", path.string()));
  }
  if (!fs::is_regular_file(path, error)) {
    throw ImportError(fmt::format("{}: there is no such file", path.string()));
  }
  const auto written = fs::last_write_time(path, error);
  const auto system = std::chrono::file_clock::to_sys(written);
  ResultFile file{.path = path,
                  .text = read_file(path),
                  .written = std::chrono::floor<std::chrono::milliseconds>(system),
                  .revision = revision};
  if (file.text.starts_with(kByteOrderMark)) file.text.erase(0, kByteOrderMark.size());
  if (file.text.empty()) throw ImportError(fmt::format("{}: it is empty", path.string()));
  return file;
}

ResultFormat format_of(const ResultFile& file) {
  const std::string_view text = file.text;
  const auto first = text.find_first_not_of(" \t\r\n");
  const std::string_view begin = first == std::string_view::npos ? "" : text.substr(first);
  if (begin.starts_with('<')) return ResultFormat::JUnit;
  if (begin.starts_with("Id;Name;")) return ResultFormat::IofRol;
  if (begin.starts_with('{')) {
    const Json line = Json::parse(begin.substr(0, begin.find('\n')), nullptr, false);
    if (is_export_header(line)) return ResultFormat::History;
    const Json all = Json::parse(begin, nullptr, false);
    if (all.contains("results")) return ResultFormat::Ctrf;
    if (all.contains("scenarios")) return ResultFormat::Run;
    if (all.is_discarded()) parse_json(file, "", 0);  // says where it ends to be JSON
  } else if (const std::string_view line = begin.substr(0, begin.find('\n'));
             line == "---" || std::ranges::count(line, ' ') >= 2) {
    if (line == "---" || number_in(line.substr(line.rfind(' ') + 1))) {
      return ResultFormat::CTestCost;
    }
  }
  throw ImportError(fmt::format("{}: it is none of {}", file.path.string(),
                                fmt::join(result_format_names(), ", ")));
}

std::vector<RecordedRun> runs_in(const ResultFile& file, ResultFormat format) {
  return std::ranges::find(kImportFormats, format, &Format::format)->read(file);
}

void fail_import(const ResultFile& file, std::size_t line, const std::string& what) {
  throw ImportError(fmt::format("{}:{}: {}", file.path.string(), line, what));
}

std::size_t line_at(const std::string& text, std::size_t offset) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(offset, text.size()));
  return 1 + static_cast<std::size_t>(std::count(text.begin(), end, '\n'));
}

std::string name_from(std::string_view format, std::string_view content) {
  const Uint256 hash = p2p::sha256(std::as_bytes(std::span(content.data(), content.size())));
  return fmt::format("{}-{}", format, hash.to_string().substr(0, 24));
}

LinedJson parse_json(const ResultFile& file, const std::string& list, int depth) {
  LinedJson result;
  std::size_t line = 1;
  bool in_list = false;
  const auto note_lines = [&](int at, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::key && at == depth) in_list = parsed == list;
    if (event == Json::parse_event_t::object_start && in_list && at == depth + 1) {
      result.element_lines.push_back(line);
    }
    return true;
  };
  try {
    const char* const begin = file.text.data();
    result.root = Json::parse(CountingIterator(begin, &line),
                              CountingIterator(begin + file.text.size(), &line), note_lines);
  } catch (const Json::parse_error& error) {
    fail_import(file, line_at(file.text, error.byte), "it is no JSON from here on");
  } catch (const Json::out_of_range& error) {  // a number that no double holds
    fail_import(file, line, error.what());
  }
  return result;
}

}  // namespace noderig
