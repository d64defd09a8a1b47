#include "history_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/history/exchange/import.h>
#include <noderig/framework/history/exchange/shards.h>
#include <noderig/framework/nearest.h>

namespace noderig {
namespace {

struct ImportOptions {
  std::vector<std::string> files;
  std::string format;
  std::string revision;
};

int import(const ImportOptions& options) {
  std::optional<ResultFormat> format;
  if (!options.format.empty()) {
    format = result_format_named(options.format);
    if (!format) {
      throw UsageError(fmt::format("no format is named \"{}\"{}", options.format,
                                   did_you_mean(options.format, result_format_names())));
    }
  }
  int status = kExitPassed;
  std::vector<RecordedRun> all;
  for (const std::string& name : options.files) {
    try {
      const ResultFile file = read_result_file(name, options.revision);
      const ResultFormat its = format ? *format : format_of(file);
      const auto runs = runs_in(file, its);
      History::Merged merged;
      with_history([&](History& history) { merged = history.merge(runs); });
      std::size_t executions = 0;
      for (const RecordedRun& run : runs) executions += run.executions.size();
      fmt::print("{} ({}): {} of {} runs and {} of {} executions are new\n", name, to_string(its),
                 merged.runs, runs.size(), merged.executions, executions);
      all.insert(all.end(), runs.begin(), runs.end());
    } catch (const ImportError& error) {
      // The other files are worth their while.
      fmt::print(stderr, "noderig: {}; nothing of this file was imported\n", error.what());
      status = kExitUsage;
    }
  }
  for (const std::string& sentence : lost_between_shards(all)) {
    fmt::print(stderr, "noderig: {}\n", sentence);
    if (status == kExitPassed) status = kExitFailed;
  }
  return status;
}

}  // namespace

void add_history_import(CLI::App& history, Action& action) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* command =
      history.add_subcommand("import", "Adds results of other tools, and of other machines");
  command->add_option("file", options->files, "Files of results, each taken whole or not at all")
      ->required();
  command
      ->add_option(
          "--format", options->format,
          fmt::format("{}; default: told from the content", fmt::join(result_format_names(), ", ")))
      ->type_name("FORMAT");
  command
      ->add_option("--revision", options->revision,
                   "What was tested, where the file does not say it")
      ->type_name("REV");
  command->callback([options, &action] { action = [options] { return import(*options); }; });
}

}  // namespace noderig
