#include "edited_project.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <noderig/framework/files.h>
#include <noderig/framework/node/command.h>
#include <stdlib.h>
#include <fstream>
#include <nlohmann/json.hpp>

namespace noderig::impact {

namespace fs = std::filesystem;

EditedProject::EditedProject(std::initializer_list<std::pair<const char*, std::string>> files)
    : EditedProject(std::map<std::string, std::string>(files.begin(), files.end())) {}

EditedProject::EditedProject(const std::map<std::string, std::string>& files) {
  std::string name = (fs::temp_directory_path() / "edited-project-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch space");
  root_ = fs::canonical(name);
  write(".gitignore", "/build/\n");
  for (const auto& [file, text] : files) {
    write(file, text);
    if (file.ends_with(".cpp")) commands_.emplace_back(file, "");
  }
  write_commands();
  git({"init", "--quiet"});
  commit();
}

EditedProject::~EditedProject() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

void EditedProject::git(std::vector<std::string> arguments) const {
  std::vector<std::string> command{"git", "-C", root_.string()};
  for (const char* setting : {"user.name=a", "user.email=a@example.org", "commit.gpgsign=false"}) {
    command.insert(command.end(), {"-c", setting});
  }
  command.insert(command.end(), arguments.begin(), arguments.end());
  const CommandResult result = run_command(command);
  ASSERT_TRUE(result.ok()) << result.err;
}

void EditedProject::write(const std::string& file, const std::string& text) const {
  fs::create_directories((root_ / file).parent_path());
  std::ofstream(root_ / file) << text;
}

void EditedProject::remove(const std::string& file) const {
  fs::remove(root_ / file);
}

void EditedProject::edit(const std::string& file, const std::string& from,
                         const std::string& to) const {
  std::string text = read_file(root_ / file);
  const auto place = text.find(from);
  ASSERT_NE(place, std::string::npos) << file << " has no \"" << from << '"';
  write(file, text.replace(place, from.size(), to));
}

void EditedProject::commit() const {
  git({"add", "--all"});
  git({"commit", "--quiet", "--message", "a version"});
}

void EditedProject::add_submodule(const std::string& directory) const {
  git({"-C", directory, "init", "--quiet"});
  git({"-C", directory, "add", "--all"});
  git({"-C", directory, "commit", "--quiet", "--message", "a version"});
  commit();
}

void EditedProject::compile(const std::string& file, const std::string& options) {
  commands_.emplace_back(file, options);
  write_commands();
}

void EditedProject::write_commands() const {
  nlohmann::json commands = nlohmann::json::array();
  for (const auto& [file, options] : commands_) {
    commands.push_back(
        {{"directory", (root_ / "build").string()},
         {"file", (root_ / file).string()},
         {"command", fmt::format("/usr/bin/clang++-16 -std=c++20 {} -I{}/include -c {}/{}", options,
                                 root_.string(), root_.string(), file)}});
  }
  write("build/compile_commands.json", commands.dump());
}

Diff EditedProject::diff(const std::vector<std::string>& ignored) const {
  Analyser analyser({.build = root_ / "build", .jobs = 1});
  const auto before = SourceTree::revision(root_, "HEAD");
  const auto after = SourceTree::work_tree(root_);
  return compare(analyser, *before, *after, ignored).diff;
}

std::vector<std::string> EditedProject::changes() const {
  const Diff found = diff();
  for (const Reason& reason : found.reasons) ADD_FAILURE() << reason.text;
  std::vector<std::string> ids;
  for (const Change& change : found.changes) ids.push_back(change.id);
  return ids;
}

Program EditedProject::analyse(AnalysisOptions options) const {
  options.build = root_ / "build";
  options.jobs = 1;
  Analyser analyser(std::move(options));
  const auto tree = SourceTree::work_tree(root_);
  return analyser.analyse(*tree);
}

}  // namespace noderig::impact
