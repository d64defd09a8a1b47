// The tool checked against running everything: programs are edited in every way there is, and no
// test may change its result without having been selected. NODERIG_MUTANTS=N checks N edits
// (default 20; a large number: all); the choice is the same each time.
#include "../diff/edited_project.h"
#include "sample_programs.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <impact/record/profile.h>
#include <impact/select/affected.h>
#include <noderig/framework/node/command.h>
#include <cctype>
#include <cstdlib>
#include <random>
#include <set>

namespace noderig::impact {
namespace {

namespace fs = std::filesystem;

struct Mutant {
  const SampleProgram* program;
  std::map<std::string, std::string> files;  // whole, edited
  std::string what;
};

// Where one word of the source becomes another.
constexpr std::pair<std::string_view, std::string_view> kOperators[] = {{" + ", " - "},
                                                                        {" * ", " + "},
                                                                        {" - ", " + "},
                                                                        {" / ", " * "},
                                                                        {" < ", " >= "},
                                                                        {" > ", " < "},
                                                                        {" == ", " != "},
                                                                        {" && ", " || "},
                                                                        {" || ", " && "},
                                                                        {" += ", " -= "},
                                                                        {" -= ", " += "},
                                                                        {"++", "--"},
                                                                        {"--", "++"},
                                                                        {" const {", " {"},
                                                                        {" override", ""},
                                                                        {"virtual ", ""},
                                                                        {"return ", "return 1 + "},
                                                                        {" final", ""},
                                                                        {"explicit ", ""},
                                                                        {"static ", ""},
                                                                        {"const ", ""},
                                                                        {"inline ", "static "}};

void add_operators(std::vector<Mutant>& mutants, const SampleProgram& program,
                   const std::string& file, const std::string& text) {
  for (const auto& [from, to] : kOperators) {
    for (auto at = text.find(from); at != text.npos; at = text.find(from, at + 1)) {
      std::string edited = text;
      edited.replace(at, from.size(), to);
      mutants.push_back(
          {&program, {{file, edited}}, fmt::format("\"{}\" to \"{}\" at {}", from, to, at)});
    }
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool number = std::isdigit(static_cast<unsigned char>(text[at])) != 0 && at > 0 &&
                        std::isalnum(static_cast<unsigned char>(text[at - 1])) == 0 &&
                        text[at - 1] != '_';
    if (!number) continue;
    for (const char* digit : {"1", "7"}) {
      std::string edited = text;
      edited.insert(digit[0] == '1' ? at : at + 1, digit);
      mutants.push_back(
          {&program, {{file, edited}}, fmt::format("a {} in the number at {}", digit, at)});
    }
  }
}

std::vector<Mutant> all_mutants(const std::vector<SampleProgram>& programs) {
  std::vector<Mutant> mutants;
  for (const SampleProgram& program : programs) {
    for (const auto& [file, text] : program.files) {
      if (file != "main.cpp") add_operators(mutants, program, file, text);
    }
    for (const Replacement& edit : program.edits) {
      std::string text = program.files.at(edit.file);
      const auto at = text.find(edit.from);
      if (at == text.npos) throw std::logic_error("no such text: " + edit.from);
      text.replace(at, edit.from.size(), edit.to);
      mutants.push_back(
          {&program, {{edit.file, text}}, fmt::format("\"{}\" to \"{}\"", edit.from, edit.to)});
    }
  }
  return mutants;
}

// Two edits of different files of one program at a time, as they come.
void add_pairs(std::vector<Mutant>& mutants, std::mt19937& random) {
  const std::size_t single = mutants.size();
  for (std::size_t i = 0; i < single; ++i) {
    const Mutant& one = mutants[i];
    const Mutant& other = mutants[random() % single];
    if (one.program != other.program || other.files.contains(one.files.begin()->first)) continue;
    Mutant both = one;
    both.files.insert(other.files.begin(), other.files.end());
    both.what += " and " + other.what;
    mutants.push_back(std::move(both));
  }
}

// A program under check: its recording, and what its tests result in.
class CheckedProgram {
 public:
  explicit CheckedProgram(const SampleProgram& sample)
      : sample_(sample),
        project_(sample.files),
        analyser_({.build = project_.root() / "build", .jobs = 1}),
        before_tree_(SourceTree::revision(project_.root(), "HEAD")),
        before_(analyser_.analyse(*before_tree_)),
        references_(before_) {
    if (!build({"-fprofile-instr-generate", "-mllvm", "-runtime-counter-relocation"})) {
      throw std::runtime_error("the sample does not compile");
    }
    record();
    results_ = run_all();
  }

  const std::vector<bool>& results() const { return results_; }

  struct Outcome {
    bool compiles = false;
    std::size_t flipped = 0;
    std::size_t selected = 0;
    std::vector<std::string> missed{};
  };

  Outcome check(const Mutant& mutant) {
    for (const auto& [file, text] : mutant.files) project_.write(file, text);
    const Outcome outcome = check_edited();
    for (const auto& [file, text] : mutant.files) project_.write(file, sample_.files.at(file));
    return outcome;
  }

 private:
  bool build(std::vector<std::string> options) const {
    std::vector<std::string> command{"clang++-16", "-std=c++20", "-w", "-O0",
                                     "-I" + (project_.root() / "include").string()};
    command.insert(command.end(), options.begin(), options.end());
    for (const auto& [file, text] : sample_.files) {
      if (file.ends_with(".cpp")) command.push_back((project_.root() / file).string());
    }
    command.insert(command.end(), {"-o", program().string()});
    return run_command(command).ok();
  }

  fs::path program() const { return project_.root() / "build" / "tests"; }

  std::vector<bool> run_all() const {
    std::vector<bool> passed;
    for (const std::string& test : sample_.tests) {
      // A mutant may run for ever; that is a failure like any other.
      passed.push_back(
          run_command({"timeout", "2", program().string(), test},
                      {.environment = {"LLVM_PROFILE_FILE=" +
                                       (project_.root() / "build" / "unused").string()}})
              .ok());
    }
    return passed;
  }

  void record() {
    for (const std::string& test : sample_.tests) {
      const fs::path profiles = project_.root() / "build" / ("profiles-" + test);
      fs::create_directories(profiles);
      run_command({program().string(), test},
                  {.environment = {"LLVM_PROFILE_FILE=" + profile_pattern(profiles)}});
      std::vector<std::uint32_t> numbers;
      for (const SymbolId symbol : read_profiles(profiles).executed) {
        numbers.push_back(
            recording_.numbers.try_emplace(symbol, recording_.numbers.size()).first->second);
      }
      std::ranges::sort(numbers);
      RecordedTest recorded;
      recorded.id = {TestKind::Ctest, {}, test};
      recorded.executed = ExecutedRuns(numbers);
      recording_.tests.push_back(std::move(recorded));
    }
  }

  Outcome check_edited() {
    Outcome outcome;
    outcome.compiles = build({});
    if (!outcome.compiles) return outcome;
    const auto tree = SourceTree::work_tree(project_.root());
    const Program after = analyser_.analyse(*tree);
    const Diff diff = impact::diff(before_, after);
    EXPECT_FALSE(diff.everything()) << (diff.everything() ? diff.reasons[0].text : "");
    std::set<TestIndex> selected;
    for (const ChangeReach& reach : affected_by(diff, recording_, references_)) {
      selected.insert(reach.tests.begin(), reach.tests.end());
    }
    const std::vector<bool> now = run_all();
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (now[i] == results_[i]) continue;
      ++outcome.flipped;
      if (!selected.contains(i)) outcome.missed.push_back(sample_.tests[i]);
    }
    outcome.selected = selected.size();
    return outcome;
  }

  const SampleProgram& sample_;
  EditedProject project_;
  Analyser analyser_;
  std::shared_ptr<SourceTree> before_tree_;
  Program before_;
  References references_;
  Recording recording_{};
  std::vector<bool> results_{};
};

TEST(MutationCheck, NoTestChangesItsResultUnselected) {
  const std::vector<SampleProgram> programs = sample_programs();
  std::map<const SampleProgram*, std::unique_ptr<CheckedProgram>> checked;
  for (const SampleProgram& program : programs) {
    checked.emplace(&program, std::make_unique<CheckedProgram>(program));
    const auto& results = checked[&program]->results();
    ASSERT_TRUE(std::ranges::all_of(results, std::identity())) << program.name;
  }
  std::vector<Mutant> mutants = all_mutants(programs);
  std::mt19937 random(5);
  mutants.reserve(2 * mutants.size());  // add_pairs() keeps references
  add_pairs(mutants, random);
  std::ranges::shuffle(mutants, random);
  const char* wanted = std::getenv("NODERIG_MUTANTS");
  const std::size_t limit = wanted == nullptr ? 20 : std::strtoul(wanted, nullptr, 10);
  std::size_t compiled = 0;
  std::size_t with_flips = 0;
  std::size_t flips = 0;
  std::size_t selected = 0;
  std::size_t tests = 0;
  for (const Mutant& mutant : mutants) {
    if (compiled == limit) break;
    const auto outcome = checked[mutant.program]->check(mutant);
    if (!outcome.compiles) continue;
    ++compiled;
    with_flips += outcome.flipped > 0;
    flips += outcome.flipped;
    selected += outcome.selected;
    tests += mutant.program->tests.size();
    for (const std::string& test : outcome.missed) {
      ADD_FAILURE() << mutant.program->name << "/" << mutant.files.begin()->first << ", "
                    << mutant.what << ": missed " << test;
    }
  }
  fmt::print(
      "{} of {} edits compiled and were checked; {} of them change {} results; selected were {} "
      "of {} tests\n",
      compiled, mutants.size(), with_flips, flips, selected, tests);
  EXPECT_GT(with_flips, compiled / 4) << "edits that no test notices show nothing";
}

}  // namespace
}  // namespace noderig::impact
