#include "report_output.h"

#include "output_file.h"
#include "run_burndown.h"
#include "trends.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/home.h>
#include <filesystem>
#include <string_view>
#include <utility>

namespace noderig {
namespace {

namespace fs = std::filesystem;

// The way from the directory of `file` to the project, to which the paths in results are relative.
std::string way_to_project(const std::string& file) {
  const fs::path root = work_tree_root();
  if (root.empty()) return {};
  const fs::path way = root.lexically_relative(fs::absolute(file).parent_path().lexically_normal());
  return way == "." ? "" : way.string() + "/";
}

}  // namespace

void ReportOutput::add_options(CLI::App& command) {
  files.resize(report_formats().size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    const ReportFormat& format = report_formats()[i];
    command.add_option(std::string(format.option), files[i], std::string(format.help))
        ->check(file_name())
        ->type_name("FILE");
  }
}

void ReportOutput::check(const std::string& json_file) const {
  std::vector<NamedOutput> outputs = {{"--json-file", json_file}};
  for (std::size_t i = 0; i < files.size(); ++i) {
    outputs.emplace_back(report_formats()[i].option, files[i]);
  }
  require_outputs(outputs);
}

void ReportOutput::write(const RunResult& run) const {
  std::vector<ReportSection> sections;
  if (auto burndown = burndown_section(run)) sections.push_back(std::move(*burndown));
  std::string problems;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i].empty()) continue;
    const ReportFormat& format = report_formats()[i];
    try {
      write_file(files[i], format.write({.run = run,
                                         .trends = format.shows_trends ? trends_of(run)
                                                                       : std::vector<Trend>(),
                                         .sections = sections,
                                         .to_project = way_to_project(files[i])}));
    } catch (const EnvironmentError& error) {
      problems += (problems.empty() ? "" : "\n") + std::string(error.what());
    }
  }
  if (!problems.empty()) throw EnvironmentError(problems);
}

}  // namespace noderig
