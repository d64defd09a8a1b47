#include "diff.h"

#include <fmt/format.h>

namespace noderig::impact {
namespace {

std::string count(std::size_t number, const char* one, const char* many) {
  return fmt::format("{} {}", number, number == 1 ? one : many);
}

// Without the file behind a name of internal linkage: it is the heading.
std::string shown(const std::string& entity) {
  return entity.substr(0, entity.find(" ["));
}

std::string sentence(const Change& change) {
  if (change.kind != ChangeKind::LC) return shown(change.entity);
  if (!change.slot) return fmt::format("{}: its vtable or type information", *change.receiver);
  if (!change.old_target) {
    return fmt::format("{}: a call of {} now finds {}", *change.receiver, *change.slot,
                       change.new_target.value_or("nothing"));
  }
  return fmt::format("{}: a call of {} finds {} instead of {}", *change.receiver, *change.slot,
                     change.new_target.value_or("nothing"), *change.old_target);
}

}  // namespace

std::string short_name(const std::string& revision) {
  const bool hash =
      revision.size() == 40 && revision.find_first_not_of("0123456789abcdef") == std::string::npos;
  return hash ? revision.substr(0, 12) : revision == "work tree" ? "the work tree" : revision;
}

std::string to_text(const Diff& diff) {
  std::string text =
      fmt::format("{} from {} to {}\n", count(diff.changes.size(), "change", "changes"),
                  short_name(diff.before), short_name(diff.after));
  std::string file;
  std::size_t outside = 0;
  for (const Change& change : diff.changes) {
    if (change.file.empty() || change.file.starts_with('/')) {
      ++outside;
      continue;
    }
    if (change.file != file) text += fmt::format("\n{}\n", change.file);
    file = change.file;
    text +=
        fmt::format("  {:<4} {:>5}  {}\n", to_string(change.kind), change.line, sentence(change));
  }
  if (outside != 0) {
    text += fmt::format("\n{} of templates and implicit members outside of the project's files\n",
                        count(outside, "change", "changes"));
  }
  if (diff.everything()) {
    text += "\nEverything may have changed:\n";
    for (const Reason& reason : diff.reasons) {
      text += fmt::format("  {} ({})\n", reason.text, reason.code);
    }
  }
  return text;
}

}  // namespace noderig::impact
