#include "analyse.h"

#include "fact_cache.h"
#include "unit_analysis.h"

#include <fmt/format.h>
#include <impact/model/stable_hash.h>
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

namespace noderig::impact {
namespace {

// What a unit is found by in the cache, beside the contents of its files.
std::uint64_t command_key(const CompileCommand& command, const SourceTree& tree,
                          const std::filesystem::path& build) {
  std::uint64_t key = stable_hash(command.directory.string());
  key = stable_hash(command.file.string() + '\0', key);
  key = stable_hash(tree.project().string() + '\0' + build.string() + '\0', key);
  for (const std::string& word : analysis_arguments(command)) key = stable_hash(word + '\0', key);
  return key;
}

// Analyses units in the background and hands them back as they are done.
class Workers {
 public:
  Workers(const std::vector<CompileCommand>& commands, std::vector<std::size_t> todo,
          SourceTree& tree, const std::filesystem::path& build, unsigned jobs)
      : commands_(commands), todo_(todo.begin(), todo.end()), tree_(tree), build_(build) {
    for (unsigned i = 0; i < std::min<std::size_t>(jobs, todo.size()); ++i) {
      threads_.emplace_back([this] { work(); });
    }
  }

  // Also when the analysis is given up: what has begun is waited for.
  ~Workers() {
    {
      const std::lock_guard lock(mutex_);
      todo_.clear();
    }
    for (std::thread& thread : threads_) thread.join();
  }

  // The next unit that is done, by the place of its command. Throws what its analysis threw.
  std::pair<std::size_t, UnitAnalysis> next() {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [&] { return !done_.empty() || failure_; });
    if (failure_) std::rethrow_exception(failure_);
    auto result = std::move(done_.front());
    done_.pop_front();
    return result;
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    while (!todo_.empty() && !failure_) {
      const std::size_t place = todo_.front();
      todo_.pop_front();
      lock.unlock();
      UnitAnalysis analysis;
      std::exception_ptr failure;
      try {
        analysis = analyse_unit(commands_[place], tree_, build_);
      } catch (const std::exception&) {
        failure = std::current_exception();
      }
      lock.lock();
      if (failure) {
        failure_ = failure;
      } else {
        done_.emplace_back(place, std::move(analysis));
      }
      ready_.notify_one();
    }
  }

  const std::vector<CompileCommand>& commands_;
  std::deque<std::size_t> todo_;
  SourceTree& tree_;
  std::filesystem::path build_;
  std::mutex mutex_{};
  std::condition_variable ready_{};
  std::deque<std::pair<std::size_t, UnitAnalysis>> done_{};
  std::exception_ptr failure_{};
  std::vector<std::thread> threads_{};
};

}  // namespace

struct Analyser::State {
  explicit State(AnalysisOptions given)
      : options(std::move(given)),
        commands(read_compile_commands(options.build)),
        cache(options.cache, toolchain()) {}

  AnalysisOptions options;
  std::vector<CompileCommand> commands;
  FactCache cache;
};

Analyser::Analyser(AnalysisOptions options) : state_(std::make_unique<State>(std::move(options))) {}

Analyser::Analyser(Analyser&&) noexcept = default;
Analyser::~Analyser() = default;

const std::filesystem::path& Analyser::build() const {
  return state_->options.build;
}

const std::vector<CompileCommand>& Analyser::commands() const {
  return state_->commands;
}

Program Analyser::analyse(SourceTree& tree) {
  const AnalysisOptions& options = state_->options;
  const auto& commands = state_->commands;
  Program program;
  program.revision = tree.name();
  FileContents contents(tree);
  std::vector<std::optional<UnitFacts>> units(commands.size());
  std::vector<std::size_t> todo;
  Progress progress{0, 0, commands.size(), {}};
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (contents.of(commands[i].file.string()) == 0) {  // not in this version
      --progress.total;
      continue;
    }
    units[i] = state_->cache.find(command_key(commands[i], tree, options.build), contents);
    if (!units[i]) {
      todo.push_back(i);
    }
  }
  progress.cached = progress.done = progress.total - todo.size();
  if (!todo.empty()) {
    tree.root();  // made before several threads ask for it
    const unsigned jobs =
        options.jobs != 0 ? options.jobs : std::max(1U, std::thread::hardware_concurrency());
    Workers workers(commands, todo, tree, options.build, jobs);
    for (std::size_t i = 0; i < todo.size(); ++i) {
      const auto [place, analysis] = workers.next();
      if (analysis.error) {
        const std::string& version = tree.name();
        program.reasons.push_back(
            {"unparsable", analysis.facts.file,
             fmt::format("{} does not compile in {}{}: {}", analysis.facts.file,
                         version == "work tree" ? "the " : "", version, *analysis.error)});
      } else {
        units[place] = state_->cache.store(command_key(commands[place], tree, options.build),
                                           analysis, contents);
      }
      ++progress.done;
      progress.file = analysis.facts.file;
      if (options.progress) options.progress(progress);
    }
  }
  for (auto& unit : units) {
    if (unit) program.units.push_back(std::move(*unit));
  }
  return program;
}

}  // namespace noderig::impact
