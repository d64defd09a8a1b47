// Where the time of a run went: the whole of it by worker, and each execution by step.
#include <fmt/format.h>
#include <noderig/framework/report/html.h>
#include <noderig/framework/report/html_parts.h>
#include <algorithm>

namespace noderig {
namespace {

using html::escape;
using html::percent;
using html::pixels;

constexpr double kRow = 26;
constexpr double kBar = 20;
// What a bar must be wide, as a share of the whole, to hold a mark.
constexpr double kMarked = 0.03;
// A scenario that loops over its steps has thousands; the first tell how it goes.
constexpr std::size_t kShownSteps = 300;

// A scale below a picture of `height`: its beginning, middle and end.
std::string scale(double height, double seconds) {
  const std::string y = pixels(height + 14);
  return html::line("0", pixels(height), percent(1), pixels(height), "axis") +
         html::text("0", y, "start", "0 s") +
         html::text(percent(0.5), y, "middle", fmt::format("{:.1f} s", seconds / 2)) +
         html::text(percent(1), y, "end", fmt::format("{:.1f} s", seconds));
}

constexpr double kScale = 18;

// A bar with what tells it apart where colours do not.
std::string bar(double from, double share, double y, std::string_view css_class,
                std::string_view mark, const std::string& tip) {
  std::string text =
      html::rect({percent(from), pixels(y), percent(share), pixels(kBar)}, css_class, tip);
  if (share >= kMarked) {
    text += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" class=\"on\">{}</text>",
                        percent(from + share / 2), pixels(y + 14), escape(mark));
  }
  return text;
}

// The row of each execution: the first that is free when it starts. Skipped ones have none.
std::vector<std::size_t> rows_of(const RunResult& run, std::size_t& rows) {
  // By time, which is not always the order of the run.
  std::vector<std::size_t> order(run.executions.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return run.executions[i].started; });
  std::vector<double> free_from;
  std::vector<std::size_t> row_of(run.executions.size());
  for (const std::size_t i : order) {
    const Execution& one = run.executions[i];
    const auto row =
        std::ranges::find_if(free_from, [&](double time) { return time <= one.started + 1e-6; });
    row_of[i] = static_cast<std::size_t>(row - free_from.begin());
    if (row == free_from.end()) {
      free_from.push_back(one.started + one.wall);
    } else {
      *row = one.started + one.wall;
    }
  }
  rows = free_from.size();
  return row_of;
}

std::string steps_picture(const Execution& one) {
  const double whole = one.wall > 0 ? one.wall : 1;
  const double before = one.steps.empty() ? one.wall : one.steps.front().offset;
  std::string shapes = bar(0, before / whole, 0, "shade-start", "",
                           fmt::format("before the first step: {}", seconds_text(before)));
  for (std::size_t i = 0; i < one.steps.size(); ++i) {
    const StepTime& step = one.steps[i];
    shapes += bar(step.offset / whole, step.seconds / whole, 0, i % 2 == 0 ? "shade-0" : "shade-1",
                  std::to_string(i + 1),
                  fmt::format("{}. {}: {}", i + 1, step.text, seconds_text(step.seconds)));
  }
  return html::svg(percent(1), kBar + kScale,
                   fmt::format("Time line of {} steps in {:.2f} seconds; the table says the same",
                               one.steps.size(), one.wall),
                   shapes + scale(kBar, one.wall));
}

std::string steps_table(const Execution& one) {
  std::string text =
      "<div class=\"scroll\"><table>\n<caption>Steps; the last includes the end of the nodes"
      "</caption>\n<thead><tr><th scope=\"col\" class=\"number\">No.</th><th scope=\"col\">Step"
      "</th><th scope=\"col\" class=\"number\">From</th><th scope=\"col\" "
      "class=\"number\">Took</th>"
      "</tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < std::min(one.steps.size(), kShownSteps); ++i) {
    const StepTime& step = one.steps[i];
    text += fmt::format(
        "<tr><td class=\"number\">{}</td><td>{}</td><td class=\"number\">{}</td>"
        "<td class=\"number\">{}</td></tr>\n",
        i + 1, escape(step.text), seconds_text(step.offset), seconds_text(step.seconds));
  }
  text += "</tbody>\n</table></div>\n";
  if (one.steps.size() > kShownSteps) {
    text += fmt::format("<p>{} more steps.</p>\n", one.steps.size() - kShownSteps);
  }
  return text;
}

std::string subtests_table(const Execution& one) {
  if (one.subtests.empty()) return {};
  std::string text =
      "<div class=\"scroll\"><table>\n<caption>Sub-tests</caption>\n<thead><tr>"
      "<th scope=\"col\">Verdict</th><th scope=\"col\">Sub-test</th>"
      "<th scope=\"col\" class=\"number\">Took</th><th scope=\"col\">Reason</th></tr></thead>\n"
      "<tbody>\n";
  for (const SubtestResult& subtest : one.subtests) {
    const std::string reason =
        subtest.reason.empty() ? "" : fmt::format("<pre>{}</pre>", escape(subtest.reason));
    text += fmt::format("<tr><td>{}</td><td>{}</td><td class=\"number\">{}</td><td>{}</td></tr>\n",
                        verdict_badge(subtest.verdict), escape(subtest.name),
                        seconds_text(subtest.seconds), reason);
  }
  return text + "</tbody>\n</table></div>\n";
}

std::string nodes_table(const Execution& one) {
  if (one.nodes.empty()) return {};
  std::string text =
      "<div class=\"scroll\"><table>\n<caption>Daemons</caption>\n<thead><tr>"
      "<th scope=\"col\">Node</th><th scope=\"col\" class=\"number\">CPU</th>"
      "<th scope=\"col\" class=\"number\">Peak memory</th></tr></thead>\n<tbody>\n";
  for (const NodeUsage& node : one.nodes) {
    text += fmt::format(
        "<tr><td>{}</td><td class=\"number\">{}</td><td "
        "class=\"number\">{:.0f}\u00A0MiB</td></tr>\n",
        escape(node.name), seconds_text(node.cpu_seconds),
        static_cast<double>(node.peak_rss_bytes) / (1 << 20));
  }
  return text + "</tbody>\n</table></div>\n";
}

std::string details_of(const Execution& one, std::size_t index) {
  std::string text = fmt::format("<details id=\"{}\"><summary>{} {} on {}, {}</summary>\n",
                                 execution_id(index), verdict_badge(one), escape(one.scenario),
                                 escape(one.daemon), seconds_text(one.wall));
  if (!one.reason.empty()) text += fmt::format("<pre>{}</pre>\n", escape(one.reason));
  if (one.verdict == Verdict::Skipped && one.wall == 0) return text + "</details>\n";
  text += fmt::format(
      "<p>{} assertions; CPU: daemons {}, rig {}; peak memory of the rig {:.0f}"
      "\u00A0MiB.</p>\n",
      one.assertions, seconds_text(one.daemon_cpu()), seconds_text(one.rig_cpu),
      static_cast<double>(one.peak_rss_bytes) / (1 << 20));
  if (one.timeout > 0) {
    text += fmt::format("<p>It had {:.0f}\u00A0s: {}.", one.timeout, escape(one.timeout_basis));
    if (one.expected_seconds) {
      text += fmt::format(" Expected: {}.", seconds_text(*one.expected_seconds));
    }
    text += "</p>\n";
  }
  if (!one.failed_in.empty()) {
    text +=
        fmt::format("<p>The same build failed before, in the run {}.</p>\n", escape(one.failed_in));
  }
  if (!one.reasons.empty()) {
    text += "<p>Why it was planned:</p>\n<ul>\n";
    for (const std::string& reason : one.reasons) {
      text += fmt::format("<li>{}</li>\n", escape(reason));
    }
    text += "</ul>\n";
  }
  text += steps_picture(one);
  if (!one.steps.empty()) text += steps_table(one);
  return text + subtests_table(one) + nodes_table(one) + "</details>\n";
}

}  // namespace

std::string run_course(const RunResult& run) {
  if (run.executions.empty() || run.wall <= 0) return {};
  std::size_t rows = 0;
  const std::vector<std::size_t> row_of = rows_of(run, rows);
  std::string shapes;
  for (std::size_t i = 0; i < run.executions.size(); ++i) {
    const Execution& one = run.executions[i];
    if (one.wall <= 0) continue;  // skipped without a worker
    const double from = one.started / run.wall;
    const double share = one.wall / run.wall;
    // The name where it has room, at about half an em a letter on a page of usual width.
    const bool roomy = share * 120 > static_cast<double>(one.scenario.size());
    const std::string mark =
        fmt::format("{}{}", verdict_shape(one.verdict), roomy ? " " + one.scenario : std::string());
    shapes += fmt::format(
        "<a href=\"#{}\">{}</a>", execution_id(i),
        bar(from, share, static_cast<double>(row_of[i]) * kRow, verdict_fill(one.verdict), mark,
            fmt::format("{} on {}: {}, {}", one.scenario, one.daemon, to_string(one.verdict),
                        seconds_text(one.wall))));
  }
  const double height = static_cast<double>(rows) * kRow;
  return fmt::format(
      "<section aria-labelledby=\"course\">\n<h2 id=\"course\">Course</h2>\n<p>A row a worker, a "
      "bar "
      "an execution: {} passed, {} failed, {} skipped, {} interrupted.</p>\n{}\n</section>\n",
      verdict_shape(Verdict::Passed), verdict_shape(Verdict::Failed),
      verdict_shape(Verdict::Skipped), verdict_shape(Verdict::Interrupted),
      html::svg(percent(1), height + kScale,
                fmt::format("{} executions on {} workers in {:.1f} seconds; the table of scenarios "
                            "has the times",
                            run.executions.size(), rows, run.wall),
                shapes + scale(height, run.wall)));
}

std::string execution_details(const RunResult& run) {
  if (run.executions.empty()) return {};
  std::string text =
      "<section aria-labelledby=\"executions\">\n<h2 id=\"executions\">Executions</h2>\n";
  for (std::size_t i = 0; i < run.executions.size(); ++i) text += details_of(run.executions[i], i);
  return text + "</section>\n";
}

}  // namespace noderig
