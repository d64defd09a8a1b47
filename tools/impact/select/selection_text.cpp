#include <impact/select/selection_text.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <impact/diff/diff.h>
#include <algorithm>
#include <span>

namespace noderig::impact {
namespace {

class Text {
 public:
  Text(const Selection& selection, const TextStyle& style) : all_(selection), style_(style) {}

  std::string whole() {
    untested();
    reasons();
    tests();
    last_lines();
    return std::move(text_);
  }

 private:
  std::string painted(const char* code, const std::string& words) const {
    return style_.colour ? fmt::format("\033[{}m{}\033[0m", code, words) : words;
  }

  void line(const std::string& words) { text_ += words + "\n"; }

  void more(std::size_t all, std::size_t shown, const char* what) {
    if (all > shown) line(fmt::format("  ... and {} more {}", all - shown, what));
  }

  void untested() {
    if (all_.untested.empty()) return;
    line(painted("1;31", fmt::format("{} {} no test reaches ({}):", all_.untested.size(),
                                     all_.untested.size() == 1 ? "change that" : "changes that",
                                     to_string(all_.untested.front().evidence))));
    const std::size_t shown = std::min(all_.untested.size(), style_.most_changes);
    for (const UntestedChange& one : std::span(all_.untested).first(shown)) {
      const Change* change = all_.diff.find(one.id);
      line("  " + (change != nullptr ? change_text(*change) : one.id));
    }
    more(all_.untested.size(), shown, "changes");
    line("");
  }

  void reasons() {
    if (!all_.diff.everything()) return;
    line(painted("1;33", "Everything must run:"));
    const auto& reasons = all_.diff.reasons;
    const std::size_t shown = std::min(reasons.size(), style_.most_changes);
    for (const Reason& reason : std::span(reasons).first(shown)) {
      line("  " + reason_text(reason));
    }
    more(reasons.size(), shown, "reasons");
    line("");
  }

  void tests() {
    if (all_.selected.empty()) return;
    const std::size_t shown = std::min(all_.selected.size(), style_.most_tests);
    for (std::size_t i = 0; i < shown; ++i) {
      const SelectedTest& test = all_.selected[i];
      if (i == 0 && all_.first_wave > 0) line(painted("1", "First wave:"));
      if (i == all_.first_wave) line(painted("1", i == 0 ? "Tests:" : "Then:"));
      line(fmt::format("  {}  {}", test.id.text(), painted("2", reason_text(test, 2))));
    }
    more(all_.selected.size(), shown, "tests");
    line("");
  }

  void last_lines() {
    if (!all_.limited_to.empty()) {
      line(painted("33", fmt::format("Limited to {}: other tests may be affected, and may reach "
                                     "what is said to be untested.",
                                     fmt::join(all_.limited_to, ", "))));
    }
    if (all_.recorded_revision.empty()) {
      line("Nothing is recorded.");
    } else {
      line(fmt::format("Compared: {} with {}{}.", short_name(all_.diff.before),
                       short_name(all_.diff.after),
                       all_.complete ? "" : "; the recording has not all tests"));
    }
    const bool scenarios = std::ranges::any_of(
        all_.selected, [](const SelectedTest& test) { return test.id.kind == TestKind::Scenario; });
    if (scenarios) line("Scenarios depend on timing: what is said of them is best effort.");
    line(
        fmt::format("{} of {} tests selected, {} in the first wave; {} changes, {} untested "
                    "({:.2f} s)",
                    all_.selected.size(), all_.total_tests, all_.first_wave,
                    all_.diff.changes.size(), all_.untested.size(), all_.seconds));
  }

  const Selection& all_;
  const TextStyle& style_;
  std::string text_{};
};

}  // namespace

std::string selection_text(const Selection& selection, const TextStyle& style) {
  return Text(selection, style).whole();
}

std::string change_text(const Change& change) {
  std::string text = fmt::format("{} {}", to_string(change.kind), change.entity);
  if (change.kind == ChangeKind::LC && change.receiver && change.slot) {
    text =
        fmt::format("LC {} on {}: {} -> {}", *change.slot, *change.receiver,
                    change.old_target.value_or("nothing"), change.new_target.value_or("nothing"));
  }
  if (!change.file.empty()) text += fmt::format("  {}:{}", change.file, change.line);
  return text;
}

std::string reason_text(const Reason& reason) {
  const bool named = reason.text.find(reason.file) != std::string::npos;
  return named ? reason.text : fmt::format("{}: {}", reason.file, reason.text);
}

std::string reason_text(const SelectedTest& test, std::size_t most_changes) {
  const std::size_t shown = std::min(test.changes.size(), most_changes);
  std::string changes = fmt::format("{}", fmt::join(std::span(test.changes).first(shown), ", "));
  if (test.changes.size() > shown) {
    changes += fmt::format(" and {} more", test.changes.size() - shown);
  }
  switch (test.why) {
    case Why::Everything:
      return changes.empty() ? "everything" : "everything; " + changes;
    case Why::New:
      return "new";
    case Why::Unrecorded:
      return "what it executes is not recorded";
    case Why::Edited:
      return "edited: " + changes;
    case Why::Change:
      return changes;
    case Why::Failed:
      return "failed when it last ran";
  }
  return changes;
}

}  // namespace noderig::impact
