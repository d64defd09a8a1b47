// A small project in a git work tree of its own, which a test edits to see which changes are found.
// Its commands are clang's; nothing is built. Belongs to one test.
#pragma once

#include <impact/diff/compare.h>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace noderig::impact {

class EditedProject {
 public:
  // Commits these files; each .cpp is a unit, with include/ searched for headers.
  EditedProject(std::initializer_list<std::pair<const char*, std::string>> files);
  explicit EditedProject(const std::map<std::string, std::string>& files);
  ~EditedProject();
  EditedProject(const EditedProject&) = delete;
  EditedProject& operator=(const EditedProject&) = delete;

  const std::filesystem::path& root() const { return root_; }

  void write(const std::string& file, const std::string& text) const;
  void remove(const std::string& file) const;
  // Replaces the first `from` of the file; fails the test when there is none.
  void edit(const std::string& file, const std::string& from, const std::string& to) const;
  void commit() const;
  // Fails the test when git does.
  void git(std::vector<std::string> arguments) const;
  // Makes the directory a submodule, with what is in it, and commits both.
  void add_submodule(const std::string& directory) const;
  // One more command for the file.
  void compile(const std::string& file, const std::string& options);

  // From the last commit to the work tree.
  Diff diff(const std::vector<std::string>& ignored = {}) const;
  std::vector<std::string> changes() const;  // the ids of that
  // Of the work tree alone.
  Program analyse(AnalysisOptions options = {}) const;

 private:
  void write_commands() const;

  std::filesystem::path root_;
  std::vector<std::pair<std::string, std::string>> commands_{};  // file, options
};

}  // namespace noderig::impact
