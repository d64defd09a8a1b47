#include <impact/select/selecting.h>

#include <fmt/format.h>
#include <impact/record/scenarios.h>
#include <impact/record/snapshot.h>
#include <impact/record/test_list.h>
#include <impact/select/new_tests.h>
#include <noderig/framework/errors.h>
#include <algorithm>
#include <chrono>
#include <set>

namespace noderig::impact {
namespace {

using Clock = std::chrono::steady_clock;

Reason no_recording(const std::string& text) {
  return {.code = "no-recording", .text = text};
}

// What is known of the tests as they were; nothing where nothing was recorded.
struct Past {
  std::optional<Recording> recording{};
  std::vector<TestId> last_failed{};
  std::vector<Reason> reasons{};  // why it cannot be gone by
};

Past past_of(const SelectRequest& request) {
  Past past;
  if (!std::filesystem::exists(request.database)) {
    past.reasons.push_back(no_recording("nothing is recorded: run `noderig impact record`"));
    return past;
  }
  RecordingStore store(request.database, sqlite::Open::Read);
  past.last_failed = store.last_failed();
  const std::string tree =
      request.before.empty() ? std::string() : tree_of(request.project, request.before);
  past.recording = store.newest(tree);
  if (!past.recording) {
    past.reasons.push_back(
        no_recording(tree.empty() ? "nothing is recorded: run `noderig impact record`"
                                  : fmt::format("nothing is recorded of {}", request.before)));
    return past;
  }
  if (past.recording->state == RecordingState::Interrupted) {
    past.reasons.push_back(
        {.code = "interrupted-recording",
         .text = "the recording was interrupted: run `noderig impact record` again"});
  }
  std::ranges::move(
      differences(past.recording->built.identity, identity_of(request.project, request.build)),
      std::back_inserter(past.reasons));
  return past;
}

// Generated files that no test is affected by are the user's to name, as all others.
void leave_out_ignored(std::vector<Reason>& reasons, const std::vector<std::string>& globs) {
  std::erase_if(reasons, [&](const Reason& reason) {
    return reason.code == "generated-file" && matches_any(reason.file, globs);
  });
}

// The recorded version; nothing when git has it no more.
std::shared_ptr<SourceTree> tree_before(const SelectRequest& request, Past& past) {
  if (!request.before.empty()) return SourceTree::revision(request.project, request.before);
  if (!past.recording) return nullptr;
  const std::string& commit = past.recording->snapshot.commit;
  try {
    return SourceTree::revision(request.project, commit);
  } catch (const UsageError&) {
    past.reasons.push_back(
        {.code = "missing-revision",
         .text = fmt::format("git no longer has {}, which was recorded", commit)});
    return nullptr;
  }
}

// The tests of the newer version, as far as can be told before it is built.
std::vector<Test> tests_to_expect(const SelectRequest& request, const SelectionInput& input,
                                  const TargetsOfFiles& targets) {
  std::vector<Test> tests = list_tests(request.build).tests;
  bool scenarios = false;
  if (input.recording) {
    for (const RecordedTest& test : input.recording->tests) {
      const bool scenario = test.id.kind == TestKind::Scenario;
      scenarios |= scenario;
      if (!scenario) tests.push_back({.id = test.id});
    }
  }
  if (scenarios) std::ranges::move(list_scenarios({}), std::back_inserter(tests));
  std::erase_if(tests, [&](const Test& test) { return is_removed(test.id, input.diff, targets); });
  for (const TestId& test : added_tests(input.diff, targets)) {
    tests.push_back({.id = test});
  }
  return tests;
}

void take_tests(SelectionInput& input, const std::vector<Test>& tests) {
  std::set<TestId> ids;
  for (const Test& test : tests) {
    ids.insert(test.id);
    if (!test.version.empty()) input.versions[test.id] = test.version;
  }
  input.tests.assign(ids.begin(), ids.end());
}

std::vector<TestId> unaffected_tests(SelectionInput input) {
  input.limited_to.clear();
  return select(input).unaffected;
}

}  // namespace

Selected select_for(const SelectRequest& request, Analyser& analyser) {
  const auto begin = Clock::now();
  Past past = past_of(request);
  leave_out_ignored(past.reasons, request.ignored);
  const auto before = tree_before(request, past);
  const auto after = request.after.empty() ? SourceTree::work_tree(request.project)
                                           : SourceTree::revision(request.project, request.after);
  Selected selected;
  SelectionInput input{.last_failed = std::move(past.last_failed),
                       .limited_to = request.limited_to};
  TargetsOfFiles targets;
  if (before) {
    Comparison comparison = compare(analyser, *before, *after, request.ignored);
    selected.before.emplace(comparison.before);
    selected.after.emplace(comparison.after);
    input.diff = std::move(comparison.diff);
    for (const Program* program : {&comparison.before, &comparison.after}) {
      add_targets(targets, input.diff, program->units, analyser.commands(), request.project);
    }
    input.files_differ = !comparison.changed.empty();
  } else {
    input.diff = {.before = past.recording ? past.recording->snapshot.commit : std::string(),
                  .after = after->name()};
  }
  std::ranges::move(past.reasons, std::back_inserter(input.diff.reasons));
  input.recording = std::move(past.recording);
  input.before = selected.before ? &*selected.before : nullptr;
  input.after = selected.after ? &*selected.after : nullptr;
  take_tests(input, request.tests ? *request.tests : tests_to_expect(request, input, targets));

  selected.selection = select(input);
  selected.unaffected = unaffected_tests(input);
  selected.selection.database = request.database.lexically_proximate(request.project).string();
  selected.selection.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  selected.tests = std::move(input.tests);
  selected.recording = std::move(input.recording);
  return selected;
}

}  // namespace noderig::impact
