#include "impact_fixture.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace noderig {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Built flags that are not the point here would only take time.
constexpr const char* kCompileFlags =
    "-fprofile-instr-generate -mllvm -runtime-counter-relocation -O0";

void must_run(const std::vector<std::string>& argv) {
  const CommandResult result = run_command(argv, {.timeout = std::chrono::minutes(5)});
  if (result.ok()) return;
  throw std::runtime_error(quote_command(argv) + ":\n" + result.out + result.err);
}

std::vector<std::string> sorted(std::vector<std::string> words) {
  std::ranges::sort(words);
  return words;
}

}  // namespace

ImpactProject::ImpactProject(const std::string& example) {
  std::string name = (fs::temp_directory_path() / "noderig-impact.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  directory_ = fs::canonical(name);
  fs::copy(fs::path(NODERIG_IMPACT_EXAMPLES) / example, directory(), fs::copy_options::recursive);
  git({"init", "-q"});
  commit();
  const fs::path build = directory() / "build";
  must_run({NODERIG_CMAKE, "-S", directory().string(), "-B", build.string(), "-G",
            NODERIG_GENERATOR, "-DCMAKE_CXX_COMPILER=clang++-16",
            std::string("-DCMAKE_CXX_FLAGS=") + kCompileFlags,
            "-DCMAKE_EXE_LINKER_FLAGS=-fprofile-instr-generate"});
  must_run({NODERIG_CMAKE, "--build", build.string()});
}

ImpactProject::~ImpactProject() {
  fs::remove_all(directory_);
}

std::vector<std::string> ImpactProject::command(const std::string& name,
                                                std::vector<std::string> words) const {
  words.insert(words.begin(), {NODERIG_IMPACT_PROGRAM, name});
  words.insert(words.end(), {"--project", directory().string()});
  return words;
}

CommandResult ImpactProject::run(const std::string& name, std::vector<std::string> words) const {
  return run_command(command(name, std::move(words)), {.timeout = std::chrono::minutes(5)});
}

pid_t ImpactProject::start(const std::string& name, std::vector<std::string> words,
                           std::vector<std::string> environment) const {
  words = command(name, std::move(words));
  words.insert(words.begin(), environment.begin(), environment.end());
  words.insert(words.begin(), "env");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t pid = -1;
  if (::posix_spawnp(&pid, argv[0], nullptr, nullptr, argv.data(), environ) != 0) {
    throw std::runtime_error("cannot start " + quote_command(words));
  }
  return pid;
}

CommandResult ImpactProject::impact(std::vector<std::string> words) const {
  return run("impact", std::move(words));
}

json ImpactProject::json_of(std::vector<std::string> words) const {
  return json_of("impact", std::move(words));
}

json ImpactProject::json_of(const std::string& name, std::vector<std::string> words) const {
  words.emplace_back("--json");
  const CommandResult result = run(name, words);
  const json parsed = json::parse(result.out, nullptr, false);
  if (parsed.is_discarded()) {
    throw std::runtime_error(quote_command(words) + " printed no JSON:\n" + result.out +
                             result.err);
  }
  return parsed;
}

void ImpactProject::edit(const std::string& file, const std::string& text,
                         const std::string& with) const {
  std::stringstream content;
  content << std::ifstream(directory() / file).rdbuf();
  std::string edited = content.str();
  const std::size_t at = edited.find(text);
  if (at == std::string::npos || edited.find(text, at + 1) != std::string::npos) {
    throw std::runtime_error(file + " does not have once: " + text);
  }
  edited.replace(at, text.size(), with);
  std::ofstream(directory() / file) << edited;
}

void ImpactProject::restore() const {
  git({"checkout", "-q", "--", "."});
}

void ImpactProject::commit() const {
  git({"add", "--all", "--", ".", ":(exclude)build"});
  git({"-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "-qm", "a version"});
}

std::string ImpactProject::git(std::vector<std::string> words) const {
  words.insert(words.begin(), {"git", "-C", directory().string()});
  const CommandResult result = run_command(words);
  if (!result.ok()) throw std::runtime_error(quote_command(words) + ": " + result.err);
  return result.out;
}

int wait_for(pid_t pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::vector<std::string> selected_in(const json& selection) {
  std::vector<std::string> names;
  for (const json& test : selection.at("selected")) {
    const auto id = test.get<std::string>();
    names.push_back(id.substr(id.find('/') + 1));
  }
  return sorted(names);
}

std::vector<std::string> changes_in(const json& selection) {
  std::vector<std::string> ids;
  for (const json& change : selection.at("changes")) ids.push_back(change.at("id"));
  return sorted(ids);
}

std::vector<std::string> untested_in(const json& selection) {
  std::vector<std::string> ids;
  for (const json& change : selection.at("untested")) ids.push_back(change.at("change"));
  return sorted(ids);
}

}  // namespace noderig
