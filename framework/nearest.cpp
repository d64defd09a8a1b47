#include <noderig/framework/nearest.h>
#include <algorithm>
#include <numeric>

namespace noderig {
namespace {

// Levenshtein's distance, by insertions, deletions and replacements, each counted as one; or, where
// it is less, that to a beginning of the candidate and one more: a word that was cut short is near.
std::size_t edits_between(std::string_view word, std::string_view candidate) {
  std::vector<std::size_t> row(candidate.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= word.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= candidate.size(); ++j) {
      const std::size_t replaced = diagonal + (word[i - 1] == candidate[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  const std::size_t whole = row.back();
  return word.size() < 3 ? whole : std::min(whole, std::ranges::min(row) + 1);
}

// What is left of a glob: the characters that it names.
std::string without_wildcards(std::string_view word) {
  std::string left(word);
  std::erase_if(left, [](char c) { return c == '*' || c == '?'; });
  return left;
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  const auto best = std::ranges::min_element(
      known, {}, [word](const std::string& candidate) { return edits_between(word, candidate); });
  return best == known.end() ? std::string() : *best;
}

std::string did_you_mean(std::string_view pattern, const std::vector<std::string>& known) {
  const std::string word = without_wildcards(pattern);
  const std::string best = nearest(word, known);
  if (best.empty()) return {};
  const bool related = edits_between(word, best) <= std::max<std::size_t>(2, word.size() / 2);
  return related ? ", did you mean \"" + best + "\"?" : "; the nearest is \"" + best + "\"";
}

}  // namespace noderig
