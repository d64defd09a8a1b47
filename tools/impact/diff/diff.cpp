#include "diff.h"

#include "change_list.h"

#include <algorithm>

namespace noderig::impact {
namespace {

// Without the units that one of the versions does not know: they would look added or deleted.
Program comparable(const Program& program, const std::vector<Reason>& unparsable) {
  Program known = program;
  std::erase_if(known.units, [&](const UnitFacts& unit) {
    return std::ranges::find(unparsable, unit.file, &Reason::file) != unparsable.end();
  });
  return known;
}

}  // namespace

Diff diff(const Program& before, const Program& after) {
  const Program known_before = comparable(before, after.reasons);
  const Program known_after = comparable(after, before.reasons);
  const ProgramPair pair(known_before, known_after);
  ChangeList changes;
  add_function_changes(pair, changes);
  add_type_changes(pair, changes);
  add_lookup_changes(pair, changes);
  add_variable_changes(pair, changes);
  add_unexplained_symbols(pair, changes);
  add_dependences(pair, changes);
  Diff diff;
  diff.before = before.revision;
  diff.after = after.revision;
  diff.reasons = before.reasons;
  diff.reasons.insert(diff.reasons.end(), after.reasons.begin(), after.reasons.end());
  diff.changes = changes.take();
  return diff;
}

nlohmann::json to_json(const Diff& diff) {
  const auto text = [](const std::optional<std::string>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
  };
  nlohmann::json reasons = nlohmann::json::array();
  for (const Reason& reason : diff.reasons) {
    reasons.push_back({{"code", reason.code}, {"file", reason.file}, {"text", reason.text}});
  }
  nlohmann::json changes = nlohmann::json::array();
  for (const Change& change : diff.changes) {
    changes.push_back({{"id", change.id},
                       {"kind", to_string(change.kind)},
                       {"entity", change.entity},
                       {"file", change.file},
                       {"line", change.line},
                       {"receiver", text(change.receiver)},
                       {"slot", text(change.slot)},
                       {"old_target", text(change.old_target)},
                       {"new_target", text(change.new_target)},
                       {"depends_on", change.depends_on}});
  }
  return {{"schema", 1},         {"before", diff.before},
          {"after", diff.after}, {"everything", diff.everything()},
          {"reasons", reasons},  {"changes", changes}};
}

}  // namespace noderig::impact
