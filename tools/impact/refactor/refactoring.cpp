#include "refactoring.h"

#include "apply.h"
#include "preview.h"
#include "project_copy.h"
#include "read_code.h"

#include <fmt/format.h>
#include <impact/diff/diff.h>
#include <impact/record/recorder.h>
#include <impact/select/selection.h>
#include <noderig/framework/errors.h>
#include <algorithm>
#include <future>

namespace noderig::impact {
namespace {

namespace fs = std::filesystem;

using Texts = std::map<std::string, std::string>;

// Without the file, which the analysis adds where the linkage is internal.
std::string plain_name(const std::string& entity) {
  return entity.substr(0, entity.find(" ["));
}

class Refactoring {
 public:
  Refactoring(const RefactorRequest& request, Analyser& analyser, Interruption& interruption)
      : request_(request), analyser_(analyser), interruption_(interruption) {}

  RefactorResult run() {
    plan();
    if (!result_.refusals.empty() || request_.preview_only) {
      result_.accepted = result_.refusals.empty();
      return std::move(result_);
    }
    try_out();
    judge();
    result_.accepted = result_.refusals.empty();
    if (result_.accepted && request_.apply) {
      put_in_place(before_.texts, edited_);
      result_.applied = true;
    }
    return std::move(result_);
  }

 private:
  void check_interrupted() const {
    if (interruption_.pending()) throw EnvironmentError("interrupted; nothing was changed");
  }

  void refuse(std::string code, std::string text, std::string hint) {
    result_.refusals.push_back({std::move(code), "", 0, std::move(text), std::move(hint)});
  }

  // Those classes and all classes of the project above them.
  std::set<std::string> with_bases(const std::vector<std::string>& classes) const {
    std::map<std::string, const TypeFact*> types;
    for (const UnitFacts& unit : program_.units) {
      for (const auto& type : unit.types) {
        if (!fs::path(type->file).is_absolute()) types[plain_name(type->entity)] = type.get();
      }
    }
    std::set<std::string> all;
    std::vector<std::string> open = classes;
    while (!open.empty()) {
      const std::string name = open.back();
      open.pop_back();
      const auto type = types.find(name);
      if (type == types.end() || !all.insert(name).second) continue;
      for (const std::string& base : type->second->bases) open.push_back(plain_name(base));
    }
    return all;
  }

  // The units that see the hierarchy, and those of which nothing is known.
  std::vector<CompileCommand> units_to_read(const std::vector<std::string>& classes) const {
    const std::set<std::string> hierarchy = with_bases(classes);
    std::set<std::string> seeing, known;
    for (const UnitFacts& unit : program_.units) {
      known.insert(unit.file);
      const bool sees = std::ranges::any_of(unit.types, [&](const auto& type) {
        return hierarchy.contains(plain_name(type->entity));
      });
      if (sees) seeing.insert(unit.file);
    }
    std::vector<CompileCommand> units;
    for (const CompileCommand& command : analyser_.commands()) {
      const std::string file = command.file.lexically_relative(request_.project).string();
      if (seeing.contains(file) || !known.contains(file)) units.push_back(command);
    }
    return units;
  }

  // A view of nothing but names, to say which classes there are.
  void require_classes(const std::vector<std::string>& classes) const {
    CodeView names;
    for (const UnitFacts& unit : program_.units) {
      for (const auto& type : unit.types) {
        if (type->kind == TypeKind::Class) names.classes[plain_name(type->entity)];
      }
    }
    for (const std::string& name : classes) find_class(names, name);
  }

  CodeView read(const std::map<std::string, std::string>& same, const Texts& replaced) const {
    return read_code(units_, {.project = request_.project,
                              .build = request_.build,
                              .names = names_,
                              .replaced = replaced,
                              .same_methods = same});
  }

  void plan() {
    const MethodName method = parse_method_name(request_.method);
    request_.say("analysing the project");
    tree_ = SourceTree::work_tree(request_.project);
    program_ = analyser_.analyse(*tree_);
    check_interrupted();
    std::vector<std::string> classes = request_.classes;
    classes.push_back(method.owner);
    if (program_.reasons.empty()) require_classes(classes);
    names_ = request_.names;
    names_.insert(method.name);
    units_ = units_to_read(classes);
    before_ = read({}, {});
    check_interrupted();
    plan_ = request_.plan(before_, method);
    result_.warnings = plan_.warnings;
    result_.refusals = plan_.refusals;
    if (plan_.refused()) return;
    edited_ = edited_texts(before_.texts, plan_.edits);
    result_.diff = unified_diff(before_.texts, edited_, request_.project);
    result_.refusals = uncommitted_overlaps(request_.project, before_.texts, plan_.edits);
    request_.say("checking the edit");
    auto after = std::async(std::launch::async, [&] { return read(plan_.same_after, edited_); });
    const CodeView before = read(plan_.same_before, {});
    std::ranges::move(verify(plan_, before, after.get()), std::back_inserter(result_.refusals));
    check_interrupted();
  }

  // What the tests executed before: recorded already of these very files, or now.
  Recording recorded_before() {
    const auto find = [&]() -> std::optional<Recording> {
      if (!fs::exists(request_.database)) return {};
      const Snapshot now = take_snapshot(request_.project, {request_.build});
      auto found = RecordingStore(request_.database, sqlite::Open::Read).newest(now.tree);
      const BuildIdentity identity = identity_of(request_.project, request_.build);
      if (!found || found->state == RecordingState::Interrupted ||
          !differences(found->built.identity, identity).empty()) {
        return {};
      }
      return found;
    };
    auto found = find();
    if (found && (found->state == RecordingState::Complete || !request_.limited_to.empty())) {
      return std::move(*found);
    }
    request_.say("recording the tests before the edit");
    Recorder recorder({.project = request_.project,
                       .build = request_.build,
                       .database = request_.database,
                       .jobs = request_.jobs,
                       .say = request_.say});
    recorder.build();
    std::vector<TestId> chosen;
    for (const Test& test : recorder.tests()) {
      if (matches(test.id, request_.limited_to)) chosen.push_back(test.id);
    }
    const RecordResult result = recorder.record(chosen, nullptr, {}, interruption_);
    check_interrupted();
    found = find();
    if (!found) {
      throw EnvironmentError(
          fmt::format("the tests could not be recorded{}",
                      result.problems.empty() ? "" : ": " + result.problems.front()));
    }
    return std::move(*found);
  }

  // Without a build directory that lies in the project and that git is not told to ignore.
  std::map<std::string, std::string> project_files() const {
    std::map<std::string, std::string> files = tree_->files();
    std::erase_if(files, [&](const auto& file) {
      return (request_.project / file.first).string().starts_with(request_.build.string() + "/");
    });
    return files;
  }

  void try_out() {
    const Recording before = recorded_before();
    request_.say("trying the edit on a copy");
    ProjectCopy copy(request_.project, request_.build, project_files(), edited_);
    const auto edited_tree = SourceTree::copy(request_.project, copy.source());
    // That of before anew: building may have made files that it reads. Only sources differ, so no
    // other file can matter.
    const Program before_program = analyser_.analyse(*tree_);
    const Program after_program = analyser_.analyse(*edited_tree);
    Diff changes = diff(before_program, after_program);
    for (const Program* program : {&before_program, &after_program}) {
      changes.reasons.insert(changes.reasons.end(), program->reasons.begin(),
                             program->reasons.end());
    }
    check_interrupted();
    const References references_before(before_program);
    const References references_after(after_program);
    const Selection selection =
        select_affected(changes, before, references_before, references_after);
    for (const Reason& reason : changes.reasons) {
      result_.warnings.push_back(
          {reason.code, reason.file, 0, reason.text, "every test counts as affected"});
    }
    request_.say("building the copy");
    copy.add_ignored_files();
    const std::string problem = copy.build_all(request_.jobs, interruption_);
    if (!problem.empty()) return refuse("does-not-build", problem, "");
    const auto runs = run_affected(copy.build(), selection, before);
    const Recording after = recording_of(runs);
    const ShownChanges shown =
        shown_changes(changes, {before_program, references_before, before},
                      {after_program, references_after, after}, before_, request_.limited_to);
    for (const Change* one : shown.covered) result_.covered.push_back(*one);
    for (const Change* one : shown.untested) result_.untested.push_back(*one);
  }

  Selection select_affected(const Diff& diff, const Recording& recording, const References& before,
                            const References& after) const {
    SelectionInput input;
    input.diff = diff;
    input.recording = recording;
    input.before = &before;
    input.after = &after;
    for (const RecordedTest& test : recording.tests) input.tests.push_back(test.id);
    input.limited_to = request_.limited_to;
    return select(input);
  }

  std::vector<std::pair<TestId, TestRun>> run_affected(const fs::path& build,
                                                       const Selection& selection,
                                                       const Recording& before) {
    for (const SelectedTest& test : selection.selected) result_.affected.push_back(test.id);
    std::vector<Test> chosen;
    for (Test& test : list_tests(build).tests) {
      if (selection.find(test.id) != nullptr) chosen.push_back(std::move(test));
    }
    request_.say(fmt::format("running {} affected tests on the copy", chosen.size()));
    std::vector<std::pair<TestId, TestRun>> runs;
    const bool all = run_tests(
        chosen,
        {.jobs = request_.jobs,
         .ended = [&](const Test& test, const TestRun& run) { runs.emplace_back(test.id, run); }},
        interruption_);
    if (!all) throw EnvironmentError("interrupted; nothing was changed");
    for (const TestId& id : result_.affected) {
      TestVerdicts verdicts{.id = id};
      if (const RecordedTest* old = before.find(id)) verdicts.before = old->verdict;
      const auto now = std::ranges::find(runs, id, &std::pair<TestId, TestRun>::first);
      if (now != runs.end()) verdicts.after = now->second.verdict;
      result_.tests.push_back(verdicts);
    }
    return runs;
  }

  void judge() {
    for (const TestVerdicts& test : result_.tests) {
      if (test.before == test.after) continue;
      refuse("test-differs", fmt::format("{} does not do as before", test.id.text()), "");
    }
    std::set<std::string> left(request_.allowed_untested.begin(), request_.allowed_untested.end());
    for (const Change& change : result_.untested) {
      if (left.erase(change.id) > 0) continue;
      result_.refusals.push_back(
          {"untested", (request_.project / change.file).string(),
           static_cast<unsigned>(change.line), fmt::format("no test shows: {}", change.id),
           fmt::format("write a test first, or --allow-untested \"{}\"", change.id)});
    }
    for (const std::string& id : left) {
      const bool covered =
          std::ranges::find(result_.covered, id, &Change::id) != result_.covered.end();
      if (covered) continue;
      throw UsageError(fmt::format("--allow-untested: no change is \"{}\"", id));
    }
  }

  const RefactorRequest& request_;
  Analyser& analyser_;
  Interruption& interruption_;
  std::shared_ptr<SourceTree> tree_{};
  Program program_{};
  std::set<std::string> names_{};
  std::vector<CompileCommand> units_{};
  CodeView before_{};
  Plan plan_{};
  Texts edited_{};
  RefactorResult result_{};
};

}  // namespace

RefactorResult refactor(const RefactorRequest& request, Analyser& analyser,
                        Interruption& interruption) {
  return Refactoring(request, analyser, interruption).run();
}

}  // namespace noderig::impact
