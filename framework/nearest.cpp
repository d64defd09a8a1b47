#include <noderig/framework/nearest.h>
#include <algorithm>
#include <numeric>

namespace noderig {
namespace {

// Levenshtein's distance: insertions, deletions and replacements, each counted as one.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

// A word that was cut short is as near as it gets.
std::size_t edits_between(std::string_view word, std::string_view candidate) {
  const bool begins = word.size() >= 3 && candidate.starts_with(word);
  return begins ? 1 : distance(word, candidate);
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  const auto best = std::ranges::min_element(
      known, {}, [word](const std::string& candidate) { return edits_between(word, candidate); });
  return best == known.end() ? std::string() : *best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const std::string best = nearest(word, known);
  if (best.empty()) return {};
  const bool related = edits_between(word, best) <= std::max<std::size_t>(2, word.size() / 2);
  return related ? ", did you mean \"" + best + "\"?" : "; the nearest is \"" + best + "\"";
}

}  // namespace noderig
