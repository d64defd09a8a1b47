#include "compare.h"

namespace noderig::impact {

Comparison compare(Analyser& analyser, SourceTree& before, SourceTree& after,
                   const std::vector<std::string>& ignored) {
  Comparison comparison;
  comparison.before = analyser.analyse(before);
  comparison.after = analyser.analyse(after);
  comparison.diff = diff(comparison.before, comparison.after);
  comparison.changed = changed_files(before, after, ignored);
  // What is built is no version's own, whether git ignores it or not.
  const std::string built = analyser.build().lexically_relative(after.project()).string() + "/";
  std::erase_if(comparison.changed,
                [&](const std::string& file) { return file.starts_with(built); });
  const std::vector<Reason> files =
      file_reasons(comparison.changed, comparison.before, comparison.after);
  comparison.diff.reasons.insert(comparison.diff.reasons.end(), files.begin(), files.end());
  return comparison;
}

}  // namespace noderig::impact
