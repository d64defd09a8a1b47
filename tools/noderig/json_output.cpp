#include "json_output.h"

#include "usage.h"

#include <fmt/format.h>

namespace noderig {

void JsonOutput::add_options(CLI::App& command) {
  command.add_flag("--json", to_stdout, "Print one JSON object; progress goes to standard error");
  command.add_option("--json-file", file, "Write that object to FILE")
      ->check(file_name())
      ->type_name("FILE");
}

void JsonOutput::check(std::vector<NamedOutput> others) const {
  others.emplace_back("--json-file", file);
  require_outputs(others);
}

void JsonOutput::write(const nlohmann::json& json) const {
  if (!wanted()) return;
  const std::string text =
      json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  if (to_stdout) fmt::print("{}", text);
  if (!file.empty()) write_file(file, text);
}

}  // namespace noderig
