#include "command.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/framework/node/command.h>
#include <noderig/framework/plugin.h>
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace noderig {
namespace {

namespace fs = std::filesystem;

// The name that stands in the template's files for the new one.
constexpr std::string_view kPlaceholder = "my_scenario";
// What tells noderig's own folder of scenarios, where a file needs no line in a CMakeLists.txt.
constexpr const char* kMark = "noderig_add_scenario.cmake";

bool is_name(std::string_view text) {
  const auto fits = [](unsigned char c) { return std::islower(c) || std::isdigit(c) || c == '_'; };
  return !text.empty() && std::islower(static_cast<unsigned char>(text.front())) &&
         std::ranges::all_of(text, fits);
}

void require_name(const std::string& given) {
  if (is_name(given)) return;
  std::string better;
  for (const unsigned char c : given) {
    better += std::isalnum(c) ? static_cast<char>(std::tolower(c)) : '_';
  }
  if (!is_name(better)) better = "my_" + (better.empty() ? "scenario" : better);
  throw UsageError(
      fmt::format("\"{}\" is no name for a scenario, which has small letters, digits and _ and "
                  "begins with a letter: \"{}\" would be one",
                  given, better));
}

void require_unused(const std::string& name) {
  for (const Scenario& scenario : discover_scenarios()) {
    if (scenario.name() != name) continue;
    throw UsageError(fmt::format("a scenario is named \"{}\" already: {} ({})", name,
                                 scenario.definition->source_file, scenario.plugin.string()));
  }
}

// noderig's own folder of scenarios when one stands in its sources, else where one stands.
fs::path default_directory() {
  for (fs::path here = fs::current_path();; here = here.parent_path()) {
    if (fs::exists(here / "scenarios" / kMark)) return here / "scenarios";
    if (here == here.parent_path()) return fs::current_path();
  }
}

// Writes the template's file under its new name. Whatever is there already stays.
void copy_template(const char* file, const std::string& name, const fs::path& to) {
  const fs::path from = program_prefix() / "share" / "noderig" / "template" / file;
  std::string text = read_file(from);
  if (text.empty()) {
    throw EnvironmentError(
        fmt::format("the template {} is not there: install noderig again", from.string()));
  }
  for (std::size_t at = 0; (at = text.find(kPlaceholder, at)) != std::string::npos;) {
    text.replace(at, kPlaceholder.size(), name);
    at += name.size();
  }
  std::FILE* out = std::fopen(to.c_str(), "wx");
  if (out == nullptr && errno == EEXIST) {
    throw UsageError(fmt::format("{} is there already: choose another name", to.string()));
  }
  bool written = out != nullptr && std::fwrite(text.data(), 1, text.size(), out) == text.size();
  if (out != nullptr) written = std::fclose(out) == 0 && written;
  if (written) return;
  const std::string reason = strerror(errno);
  std::error_code ignored;
  if (out != nullptr) fs::remove(to, ignored);
  throw EnvironmentError(fmt::format("cannot write {}: {}", to.string(), reason));
}

std::string shown(const fs::path& path) {
  const fs::path relative = path.lexically_proximate(fs::current_path());
  return relative.begin()->string() == ".." ? path.string() : relative.string();
}

void print_next_steps(const std::string& name, const fs::path& directory) {
  const std::string build = shown(directory / "build");
  const auto line = [](const std::vector<std::string>& words) {
    fmt::print("  {}\n", quote_command(words));
  };
  line({"cmake", "-S", shown(directory), "-B", build,
        "-Dnoderig_ROOT=" + program_prefix().string()});
  line({"cmake", "--build", build});
  line({(program_prefix() / "bin" / "noderig").string(), "run", "--plugin",
        build + "/" + name + ".so", name});
  fmt::print("or, with all of the folder's scenarios:\n");
  line({"ctest", "--test-dir", build, "-L", "functional"});
}

int make(const std::string& name, const std::string& chosen_directory) {
  require_name(name);
  const fs::path directory =
      chosen_directory.empty() ? default_directory() : fs::absolute(chosen_directory);
  const fs::path file = directory / (name + ".cpp");
  if (fs::exists(file)) {
    throw UsageError(fmt::format("{} is there already: choose another name", shown(file)));
  }
  require_unused(name);

  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    throw EnvironmentError(
        fmt::format("cannot make the directory {}: {}", directory.string(), error.message()));
  }
  copy_template("my_scenario.cpp", name, file);
  fmt::print("{}: a scenario that runs as it stands\n", shown(file));

  if (fs::exists(directory / kMark)) {
    fmt::print("Next, build and run it:\n  tools/rig run {}\n", name);
    return kExitPassed;
  }
  const fs::path lists = directory / "CMakeLists.txt";
  if (fs::exists(lists)) {
    fmt::print("Add this line to {}, after find_package(noderig):\n", shown(lists));
    fmt::print("  noderig_add_scenario({} {}.cpp)\n", name, name);
  } else {
    copy_template("CMakeLists.txt", name, lists);
    fmt::print("{}: builds it as a plugin\n", shown(lists));
  }
  fmt::print("Next, build and run it:\n");
  print_next_steps(name, directory);
  return kExitPassed;
}

}  // namespace

void add_new_command(CLI::App& app, Action& action) {
  struct Options {
    std::string name;
    std::string directory;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("new", "Writes a scenario that runs as it stands, to start from");
  command->add_option("name", options->name, "Its name: small letters, digits and _")->required();
  command
      ->add_option("--directory", options->directory,
                   "Where to. Default: scenarios/ in noderig's own sources, elsewhere the current\n"
                   "directory, which gets a CMakeLists.txt when it has none")
      ->type_name("DIR");
  command->callback([options, &action] {
    action = [options] { return make(options->name, options->directory); };
  });
}

}  // namespace noderig
