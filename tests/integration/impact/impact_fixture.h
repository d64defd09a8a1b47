// A copy of an example project in a git repository of its own, built with instrumentation, and
// noderig impact run on it. One project for all tests of a suite: it takes a compiler seconds.
// One thread.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <noderig/framework/node/command.h>
#include <sys/types.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace noderig {

class ImpactProject {
 public:
  // `example` is a directory beside the tests' sources.
  explicit ImpactProject(const std::string& example);
  ~ImpactProject();
  ImpactProject(const ImpactProject&) = delete;
  ImpactProject& operator=(const ImpactProject&) = delete;

  std::filesystem::path directory() const { return directory_ / "project"; }

  // `noderig COMMAND WORD...` on the project.
  CommandResult run(const std::string& command, std::vector<std::string> words) const;
  CommandResult impact(std::vector<std::string> words) const;
  // The same with --json. Fails the test when there is no JSON.
  nlohmann::json json_of(std::vector<std::string> words) const;
  nlohmann::json json_of(const std::string& command, std::vector<std::string> words) const;
  // The same beside the test, with NAME=VALUE in its environment. The test waits for its end.
  pid_t start(const std::string& command, std::vector<std::string> words,
              std::vector<std::string> environment = {}) const;

  // Replaces `text`, which must be there once, in a file of the work tree.
  void edit(const std::string& file, const std::string& text, const std::string& with) const;
  // The work tree as it was committed.
  void restore() const;
  void commit() const;
  std::string git(std::vector<std::string> words) const;

 private:
  std::vector<std::string> command(const std::string& name, std::vector<std::string> words) const;

  std::filesystem::path directory_;
};

// Waits for what start() began: its exit status, or 128 + N when signal N ended it.
int wait_for(pid_t pid);

// The names in a selection, without "gtest:TARGET/", sorted.
std::vector<std::string> selected_in(const nlohmann::json& selection);
// The ids of its changes, sorted.
std::vector<std::string> changes_in(const nlohmann::json& selection);
std::vector<std::string> untested_in(const nlohmann::json& selection);

}  // namespace noderig
