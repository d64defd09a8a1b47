#include <impact/record/gtest_list.h>

#include <noderig/framework/files.h>
#include <algorithm>

namespace noderig::impact {
namespace {

constexpr std::string_view kDisabled = "DISABLED_";

// Disabled by its own name, or a parameterised one's by that behind the instantiation's.
bool is_disabled(std::string_view name) {
  const std::size_t slash = name.find('/');
  return name.starts_with(kDisabled) ||
         (slash != std::string_view::npos && name.substr(slash + 1).starts_with(kDisabled));
}

// Without the comment that tells the parameter.
std::string_view bare(std::string_view line) {
  line = line.substr(0, line.find("  #"));
  while (line.ends_with(' ') || line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

bool is_gtest_program(const std::filesystem::path& program) {
  const std::string content = read_file(program);
  return content.starts_with(
             "\x7f"
             "ELF") &&
         (content.find("gtest_list_tests") != std::string::npos ||
          content.find("_ZN7testing8internal23MakeAndRegisterTestInfo") != std::string::npos);
}

std::vector<std::string> parse_gtest_list(std::string_view output) {
  std::vector<std::string> cases;
  std::string_view suite;
  while (!output.empty()) {
    const std::size_t end = std::min(output.find('\n'), output.size());
    const std::string_view line = output.substr(0, end);
    output.remove_prefix(std::min(end + 1, output.size()));
    const std::string_view name = bare(line);
    if (name.starts_with("  ")) {
      const std::string_view own = name.substr(2);
      if (suite.empty() || is_disabled(suite) || is_disabled(own)) continue;
      cases.push_back(std::string(suite) + std::string(own));
    } else {
      // What main() prints by itself is no suite: those end with a dot and have no blank.
      const bool is_suite = name.ends_with('.') && name.find(' ') == std::string_view::npos;
      suite = is_suite ? name : std::string_view();
    }
  }
  return cases;
}

}  // namespace noderig::impact
