// How the scenarios of a run did over the latest runs.
#include <fmt/format.h>
#include <noderig/framework/report/html.h>
#include <noderig/framework/report/html_parts.h>
#include <algorithm>

namespace noderig {
namespace {

using html::escape;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::ranges::max_element(values.begin(), middle)) / 2;
}

// The shapes of the verdicts, with their words for those who hear them.
std::string last_verdicts(const Trend& trend) {
  std::string shapes;
  std::string words;
  for (const Verdict verdict : trend.last) {
    shapes += verdict_shape(verdict);
    words += fmt::format("{}{}", words.empty() ? "" : ", ", to_string(verdict));
  }
  return fmt::format(
      "<span aria-hidden=\"true\" title=\"{}\">{}</span><span class=\"hidden\">{}</span>", words,
      shapes, words);
}

std::string row(const Trend& trend) {
  std::string times = "<td></td><td></td>";
  if (!trend.seconds.empty()) {
    const double middle = median(trend.seconds);
    const auto [least, most] = std::ranges::minmax(trend.seconds);
    times = fmt::format(
        "<td class=\"number\">{}</td><td>{}</td>", seconds_text(middle),
        html::sparkline(trend.seconds,
                        fmt::format("{} runs from {:.2f} to {:.2f} seconds, the last {:.2f}",
                                    trend.seconds.size(), least, most, trend.seconds.back())));
  }
  return fmt::format(
      "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"number\">{}</td><td class=\"number\">{}"
      "</td>{}<td>{}</td></tr>\n",
      escape(trend.scenario), escape(trend.daemon), trend.runs, trend.failures, times,
      last_verdicts(trend));
}

}  // namespace

std::string trends_section(const ReportInput& input) {
  if (input.trends.empty()) return {};
  std::string text =
      "<section aria-labelledby=\"trends\">\n<h2 id=\"trends\">Trends</h2>\n"
      "<div class=\"scroll\"><table>\n<caption>The scenarios of this run in the history, this run "
      "among it; times are of runs that passed</caption>\n<thead><tr><th "
      "scope=\"col\">Scenario</th>"
      "<th scope=\"col\">Daemon</th><th scope=\"col\" class=\"number\">Runs</th>"
      "<th scope=\"col\" class=\"number\">Failed</th><th scope=\"col\" class=\"number\">Median</th>"
      "<th scope=\"col\">Time</th><th scope=\"col\">Last verdicts</th></tr></thead>\n<tbody>\n";
  for (const Trend& trend : input.trends) text += row(trend);
  return text + "</tbody>\n</table></div>\n</section>\n";
}

}  // namespace noderig
