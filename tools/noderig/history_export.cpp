#include "history_command.h"
#include "output_file.h"

#include <fmt/format.h>
#include <noderig/framework/history/exchange/iofrol.h>
#include <noderig/framework/history/exchange/record_json.h>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace noderig {
namespace {

using Json = nlohmann::json;

struct ExportOptions {
  bool json = false;  // what is written anyway
  std::string json_file;
  std::string csv_file;
};

std::string json_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

// A line a run, written as it is read: a history may be larger than memory.
void export_lines(History& history, const std::string& file) {
  std::FILE* const out = file.empty() ? stdout : std::fopen(file.c_str(), "wb");
  if (out == nullptr) {
    throw EnvironmentError(fmt::format("cannot write {}: {}", file, strerror(errno)));
  }
  const auto put = [&](const Json& json) { std::fputs(json_line(json).c_str(), out); };
  put(export_header());
  history.for_each_run([&](const RecordedRun& run) { put(run); });
  const bool written = std::ferror(out) == 0 && std::fflush(out) == 0;
  const std::string reason = strerror(errno);
  if (out != stdout) std::fclose(out);
  if (!written) {
    throw EnvironmentError(
        fmt::format("cannot write {}: {}", file.empty() ? "standard output" : file, reason));
  }
}

int export_history(const ExportOptions& options) {
  with_past([&](History& history) {
    if (!options.csv_file.empty()) {
      write_file(options.csv_file, iofrol_csv(history.past([](std::string_view) { return true; })));
    }
    if (!options.json_file.empty() || options.csv_file.empty()) {
      export_lines(history, options.json_file);
    }
  });
  return kExitPassed;
}

}  // namespace

void add_history_export(CLI::App& history, Action& action) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = history.add_subcommand(
      "export", "Writes the history as JSON, a line a run, for `history import` elsewhere");
  command->add_flag("--json", options->json, "To standard output, which is the default");
  command->add_option("--json-file", options->json_file, "Write it to FILE instead")
      ->type_name("FILE");
  command
      ->add_option("--csv", options->csv_file,
                   "Write what passed and failed to FILE in the IOF/ROL form, a cycle a run")
      ->type_name("FILE");
  command->callback(
      [options, &action] { action = [options] { return export_history(*options); }; });
}

}  // namespace noderig
