#include "business.h"

#include <fmt/format.h>
#include <algorithm>
#include <cctype>

namespace noderig::risk {
namespace {

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// Letters beyond ASCII are bytes of 128 and more, and part of a word.
bool in_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || c == '_' || byte >= 128;
}

// Blanks each whole-word occurrence, so that no shorter word is found within; says if there was
// one.
bool take(std::string& text, const std::string& word) {
  bool found = false;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if (at > 0 && in_word(text[at - 1])) continue;
    if (end < text.size() && in_word(text[end])) continue;
    text.replace(at, word.size(), word.size(), '\n');
    found = true;
  }
  return found;
}

std::string all_text(const TestCase& test) {
  std::string text = test.title;
  for (const std::string& one : test.preconditions) text += "\n" + one;
  for (const Step& step : test.steps) text += "\n" + step.action + "\n" + step.expected;
  return lower(text);
}

// 9 and 10 serious, down to 1 and 2 insignificant.
std::size_t impact_of(int score) {
  return static_cast<std::size_t>((10 - score) / 2);
}

}  // namespace

double median_complexity(const std::vector<TestCase>& tests) {
  std::vector<int> all;
  for (const TestCase& test : tests) all.push_back(test.complexity());
  if (all.empty()) return 0;
  std::ranges::sort(all);
  const std::size_t middle = all.size() / 2;
  return all.size() % 2 == 1 ? all[middle] : (all[middle - 1] + all[middle]) / 2.0;
}

Judged automatic_likelihood(int complexity, double median, const Config& config) {
  if (complexity == 0) return {{}, "no preconditions, steps or assertions"};
  if (median <= 0)
    return {{}, "most tests of the project have no preconditions, steps or assertions"};
  const double ratio = complexity / median;
  // Below the first two bounds, up to the others.
  const auto& bounds = config.complexity_bounds;
  std::size_t step = 0;
  if (ratio < bounds[0])
    step = 4;
  else if (ratio < bounds[1])
    step = 3;
  else if (ratio <= bounds[2])
    step = 2;
  else if (ratio <= bounds[3])
    step = 1;
  return {step, fmt::format("complexity {} over the project's median {} is {:.2f}", complexity,
                            median, ratio)};
}

Judged automatic_impact(const TestCase& test, const std::map<std::string, int>& keywords) {
  std::vector<std::pair<std::string, int>> longest_first;
  for (const auto& [word, score] : keywords) longest_first.emplace_back(lower(word), score);
  std::ranges::stable_sort(longest_first, std::ranges::greater(),
                           [](const auto& one) { return one.first.size(); });
  std::string text = all_text(test);
  std::string best;
  int score = 0;
  for (const auto& [word, points] : longest_first) {
    if (!take(text, word) || points <= score) continue;
    best = word;
    score = points;
  }
  if (score == 0) return {{}, "none of the keywords is in its text"};
  return {impact_of(score), fmt::format("keyword \"{}\" scores {}", best, score)};
}

}  // namespace noderig::risk
