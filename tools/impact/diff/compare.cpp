#include "compare.h"

namespace noderig::impact {

Comparison compare(Analyser& analyser, SourceTree& before, SourceTree& after,
                   const std::vector<std::string>& ignored) {
  Comparison comparison;
  comparison.before = analyser.analyse(before);
  comparison.after = analyser.analyse(after);
  comparison.diff = diff(comparison.before, comparison.after);
  std::vector<Reason> files =
      file_reasons(before, comparison.before, after, comparison.after, ignored);
  comparison.diff.reasons.insert(comparison.diff.reasons.end(), files.begin(), files.end());
  return comparison;
}

}  // namespace noderig::impact
