#include <fmt/format.h>
#include <noderig/framework/report/html_parts.h>

namespace noderig {
namespace {

struct Look {
  Verdict verdict;
  std::string_view shape;  // told apart without colours
  std::string_view text_class;
  std::string_view fill_class;
};

constexpr Look kLooks[] = {
    {Verdict::Passed, "\u2713", "good", "fill-good"},
    {Verdict::Failed, "\u2717", "bad", "fill-bad"},
    {Verdict::Skipped, "\u2013", "quiet", "fill-quiet"},
    {Verdict::Interrupted, "!", "warn", "fill-warn"},
};

const Look& look_of(Verdict verdict) {
  for (const Look& look : kLooks) {
    if (look.verdict == verdict) return look;
  }
  return kLooks[0];
}

std::string badge(std::string_view css_class, std::string_view shape, std::string_view word) {
  return fmt::format("<span class=\"badge {}\"><span aria-hidden=\"true\">{}</span> {}</span>",
                     css_class, shape, word);
}

}  // namespace

std::string verdict_badge(Verdict verdict) {
  const Look& look = look_of(verdict);
  return badge(look.text_class, look.shape, to_string(verdict));
}

std::string verdict_badge(const Execution& execution) {
  std::string text = verdict_badge(execution.verdict);
  if (execution.flaky) text += " " + badge("warn", "~", "flaky");
  if (!execution.quarantine.empty()) text += " " + badge("quiet", "\u2016", "in quarantine");
  return text;
}

std::string_view verdict_shape(Verdict verdict) {
  return look_of(verdict).shape;
}

std::string_view verdict_fill(Verdict verdict) {
  return look_of(verdict).fill_class;
}

std::string seconds_text(double seconds) {
  return fmt::format("{:.2f}\u00A0s", seconds);
}

std::string execution_id(std::size_t index) {
  return fmt::format("execution-{}", index + 1);
}

}  // namespace noderig
