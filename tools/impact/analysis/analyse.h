// From the files of a source tree to the facts of all its translation units. What is cached is not
// parsed again: the cache is keyed by the command and by the content of every file the unit was
// made of, those included that were looked for and not there.
#pragma once

#include <impact/model/facts.h>
#include <impact/source/compile_commands.h>
#include <impact/source/source_tree.h>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace noderig::impact {

struct Progress {
  std::size_t done = 0;    // units
  std::size_t cached = 0;  // of these, found in the cache
  std::size_t total = 0;
  std::string file{};  // the unit that was done last
};

struct AnalysisOptions {
  std::filesystem::path build{};                    // the build directory, absolute
  std::filesystem::path cache{};                    // the cache's file; empty: nothing is kept
  unsigned jobs = 0;                                // 0: one a core
  std::function<void(const Progress&)> progress{};  // called by one thread at a time
};

// Keeps the facts and the cache's file open between analyses, so that equal facts of several
// versions are one object. One analysis at a time.
class Analyser {
 public:
  // Throws EnvironmentError when there are no compile commands or the cache cannot be opened.
  explicit Analyser(AnalysisOptions options);
  Analyser(Analyser&&) noexcept;
  ~Analyser();

  const std::vector<CompileCommand>& commands() const;
  const std::filesystem::path& build() const;

  // A unit that does not parse is a reason in the result, with the compiler's first error.
  Program analyse(SourceTree& tree);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The version of the compiler that analyses, with its resource directory.
std::string toolchain();

}  // namespace noderig::impact
