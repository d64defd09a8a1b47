#include "write_text.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <fstream>
#include <system_error>

namespace noderig::impact {

void write_text(const std::filesystem::path& file, const std::string& text) {
  std::error_code ignored;  // without its directory the file cannot be opened
  std::filesystem::create_directories(file.parent_path(), ignored);
  std::ofstream out(file, std::ios::binary);
  out << text;
  if (!out.flush()) throw EnvironmentError(fmt::format("cannot write {}", file.string()));
}

}  // namespace noderig::impact
