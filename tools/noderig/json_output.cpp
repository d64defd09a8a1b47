#include "json_output.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace noderig {

void JsonOutput::add_options(CLI::App& command) {
  command.add_flag("--json", to_stdout, "Print one JSON object; progress goes to standard error");
  command.add_option("--json-file", file, "Write that object to FILE")->type_name("FILE");
}

void JsonOutput::write(const nlohmann::json& json) const {
  const std::string text =
      json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  if (to_stdout) fmt::print("{}", text);
  if (!file.empty()) write_file(file, text);
}

void write_file(const std::string& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  if (out.flush()) return;
  const std::string reason = strerror(errno);
  std::error_code ignored;
  if (out.is_open() && std::filesystem::is_regular_file(file, ignored)) {
    std::filesystem::remove(file, ignored);  // half of it is of no use
  }
  throw EnvironmentError(fmt::format("cannot write {}: {}", file, reason));
}

}  // namespace noderig
