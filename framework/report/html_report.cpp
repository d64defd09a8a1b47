#include <fmt/format.h>
#include <noderig/framework/report/html.h>
#include <noderig/framework/report/html_parts.h>
#include <noderig/framework/report/html_report.h>
#include <noderig/framework/report/text.h>
#include <algorithm>
#include <vector>

namespace noderig {
namespace {

using html::escape;

constexpr std::string_view kReportStyle = R"(
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0; }
dl.facts dt { color: var(--quiet); } dl.facts dd { margin: 0; }
.counts { font-size: 1.15rem; } .counts .badge { margin-right: 1rem; }
article { border-top: 1px solid var(--line); padding: .6rem 0; }
article > h3 { margin: .2rem 0; }
details { border-top: 1px solid var(--line); padding: .4rem 0 .4rem 1rem; }
details > summary { margin-left: -1rem; } details > .scroll { margin-top: .8rem; }
.scroll th[scope=row] { overflow-wrap: break-word; max-width: max(11rem, 30vw); }
.columns { columns: 14rem; padding-left: 1.2rem; }
svg rect { stroke: var(--paper); } dd code { display: inline-block; max-width: 100%; }
.shade-0 { fill: var(--accent); } .shade-1 { fill: var(--accent); opacity: .55; }
.shade-start { fill: var(--quiet); opacity: .4; }
svg text.on { fill: var(--paper); font-weight: 600; }
@media (max-width: 40rem) { dl.facts { grid-template-columns: 1fr; }
  dl.facts dd { margin-bottom: .4rem; } }
)";

// A path as a link's address: what has a meaning in one is written by number.
std::string address_of(const std::string& path) {
  constexpr std::string_view kPlain = "-._~/+,=@";
  std::string address;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || kPlain.find(c) != std::string_view::npos) {
      address += c;
    } else {
      address += fmt::format("%{:02X}", byte);
    }
  }
  return address;
}

bool went_wrong(const Execution& execution) {
  return execution.verdict == Verdict::Failed || execution.verdict == Verdict::Interrupted;
}

std::string fact(std::string_view name, const std::string& html) {
  return fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, html);
}

std::string counts(const RunResult& run) {
  std::string text = "<p class=\"counts\">";
  for (const Verdict verdict :
       {Verdict::Failed, Verdict::Interrupted, Verdict::Passed, Verdict::Skipped}) {
    const auto count = std::ranges::count(run.executions, verdict, &Execution::verdict);
    if (count > 0) text += fmt::format("{} {} ", count, verdict_badge(verdict));
  }
  if (run.executions.empty()) text += "Nothing ran.";
  const auto flaky = std::ranges::count(run.executions, true, &Execution::flaky);
  if (flaky > 0) text += fmt::format("{} flaky. ", flaky);
  const auto excused = std::ranges::count_if(
      run.executions, [](const Execution& one) { return !one.quarantine.empty(); });
  if (excused > 0) text += fmt::format("{} failed in quarantine and not counted.", excused);
  text += "</p>\n";
  if (run.planned > run.executions.size()) {
    text += fmt::format(
        "<p class=\"warn\"><strong>! The run ended early:</strong> {} of {} "
        "executions did not begin.</p>\n",
        run.planned - run.executions.size(), run.planned);
  }
  return text;
}

std::string summary(const RunResult& run) {
  const double bound = run.bound();
  std::string text = "<section aria-labelledby=\"summary\">\n<h2 id=\"summary\">Summary</h2>\n";
  text += counts(run) + "<dl class=\"facts\">\n";
  text += fact("Begun", escape(rfc3339(run.begin)));
  text += fact("Took", seconds_text(run.wall));
  text += fact("At least possible", bound > 0 ? fmt::format("{}; the run took {:.2f} times that",
                                                            seconds_text(bound), run.wall / bound)
                                              : "nothing ran");
  text += fact("Seed", fmt::format("<code>{}</code>", run.seed));
  text +=
      fact("Revision", run.revision.empty() ? "none: not run in a git work tree"
                                            : fmt::format("<code>{}</code>", escape(run.revision)));
  text += fact("Machine", fmt::format("{}, {}, {} cores, {:.1f} GiB", escape(run.machine.host),
                                      escape(run.machine.system), run.machine.cores,
                                      static_cast<double>(run.machine.memory_bytes) / (1 << 30)));
  text += "</dl>\n";
  for (const DaemonUsed& daemon : run.daemons) {
    text += fmt::format("<h3>Daemon {}</h3>\n<dl class=\"facts\">\n", escape(daemon.name));
    text += fact("Version", escape(daemon.flavour + " " + daemon.version));
    text += fact("Program", fmt::format("<code>{}</code>", escape(daemon.path)));
    std::string flags;
    for (const std::string& argument : daemon.arguments) {
      flags += fmt::format("<code>{}</code> ", escape(argument));
    }
    text += fact("Flags of every node", flags.empty() ? "none" : flags) + "</dl>\n";
  }
  return text + "</section>\n";
}

// The executions of one scenario on one daemon, with how many sub-tests passed.
std::string table_cell(const RunResult& run, const std::string& scenario,
                       const std::string& daemon) {
  std::string text;
  for (std::size_t i = 0; i < run.executions.size(); ++i) {
    const Execution& one = run.executions[i];
    if (one.scenario != scenario || one.daemon != daemon) continue;
    if (!text.empty()) text += "<br/>";
    text += fmt::format("<a href=\"#{}\">{}</a>", execution_id(i), verdict_badge(one));
    if (one.verdict == Verdict::Skipped) continue;
    text += " " + seconds_text(one.wall);
    if (one.subtests.empty()) continue;
    text += fmt::format(", {} of {} parts",
                        std::ranges::count(one.subtests, Verdict::Passed, &SubtestResult::verdict),
                        one.subtests.size());
  }
  return text.empty() ? "<span class=\"quiet\">not run</span>" : text;
}

std::string scenario_table(const RunResult& run) {
  std::vector<std::string> scenarios;
  for (const Execution& one : run.executions) {
    if (std::ranges::find(scenarios, one.scenario) == scenarios.end()) {
      scenarios.push_back(one.scenario);
    }
  }
  std::string text =
      "<section aria-labelledby=\"scenarios\">\n<h2 id=\"scenarios\">Scenarios</h2>\n"
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Scenarios and daemons\">"
      "<table>\n<caption>What came of each scenario on each daemon; a link leads to the details"
      "</caption>\n<thead><tr><th scope=\"col\">Scenario</th>";
  for (const DaemonUsed& daemon : run.daemons) {
    text += fmt::format("<th scope=\"col\">{}</th>", escape(daemon.name));
  }
  text += "</tr></thead>\n<tbody>\n";
  for (const std::string& scenario : scenarios) {
    text += fmt::format("<tr><th scope=\"row\">{}</th>", escape(scenario));
    for (const DaemonUsed& daemon : run.daemons) {
      text += "<td>" + table_cell(run, scenario, daemon.name) + "</td>";
    }
    text += "</tr>\n";
  }
  return text + "</tbody>\n</table></div>\n</section>\n";
}

std::string failure(const ReportInput& input, std::size_t index) {
  const Execution& one = input.run.executions[index];
  std::string text =
      fmt::format("<article>\n<h3>{} <a href=\"#{}\">{} on {}</a></h3>\n", verdict_badge(one),
                  execution_id(index), escape(one.scenario), escape(one.daemon));
  if (!one.reason.empty()) {
    text += fmt::format("<div class=\"scroll\"><pre>{}</pre></div>\n", escape(one.reason));
  }
  text += "<dl class=\"facts\">\n";
  if (!one.quarantine.empty()) text += fact("In quarantine", escape(one.quarantine));
  if (!one.repeat.empty()) {
    text += fact("Repeat it by", fmt::format("<code>{}</code>", escape(one.repeat)));
  }
  if (!one.bundle.empty()) {
    text += fact("What it left",
                 fmt::format("<a href=\"{}{}/\"><code>{}</code></a>",
                             one.bundle.starts_with('/') ? "file://" : address_of(input.to_project),
                             address_of(one.bundle), escape(one.bundle)));
  }
  return text + "</dl>\n</article>\n";
}

std::string failures(const ReportInput& input) {
  std::string text;
  for (std::size_t i = 0; i < input.run.executions.size(); ++i) {
    if (went_wrong(input.run.executions[i])) text += failure(input, i);
  }
  if (text.empty()) return text;
  return "<section aria-labelledby=\"failures\">\n<h2 id=\"failures\">Failures</h2>\n" + text +
         "</section>\n";
}

// What was to run and did not, with the reason.
std::string left_out(const RunResult& run) {
  if (run.not_run.empty()) return {};
  std::string text =
      "<section aria-labelledby=\"not-run\">\n<h2 id=\"not-run\">Not run</h2>\n"
      "<div class=\"scroll\"><table>\n<caption>What was planned and did not run</caption>\n"
      "<thead><tr><th scope=\"col\">Scenario</th><th scope=\"col\">Daemon</th>"
      "<th scope=\"col\" class=\"number\">Times</th><th scope=\"col\">Reason</th></tr></thead>\n"
      "<tbody>\n";
  for (const NotRun& one : run.not_run) {
    text += fmt::format(
        "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"number\">{}</td>"
        "<td>{}</td></tr>\n",
        escape(one.scenario), escape(one.daemon), one.times, escape(one.reason));
  }
  return text + "</tbody>\n</table></div>\n</section>\n";
}

std::string section(const ReportSection& one) {
  return fmt::format(
      "<section aria-labelledby=\"{0}\">\n<h2 id=\"{0}\">{1}</h2>\n{2}\n</section>\n", one.id,
      escape(one.name), one.body);
}

// Links to the sections that are there.
std::string contents(const std::string& sections, const std::vector<ReportSection>& more) {
  std::string text = "<nav aria-label=\"Contents\"><p>";
  for (const auto& [id, name] : {std::pair{"summary", "Summary"},
                                 {"failures", "Failures"},
                                 {"scenarios", "Scenarios"},
                                 {"not-run", "Not run"},
                                 {"course", "Course"},
                                 {"executions", "Executions"},
                                 {"rpc", "RPC coverage"},
                                 {"messages", "Message coverage"},
                                 {"trends", "Trends"}}) {
    if (sections.find(fmt::format("<h2 id=\"{}\">", id)) == std::string::npos) continue;
    text += fmt::format("<a href=\"#{}\">{}</a> ", id, name);
  }
  for (const ReportSection& one : more) {
    text += fmt::format("<a href=\"#{}\">{}</a> ", one.id, escape(one.name));
  }
  return text + "</p></nav>\n";
}

}  // namespace

std::string html_report(const ReportInput& input) {
  const RunResult& run = input.run;
  const std::string name = "noderig run " + run.run;
  std::string style(kReportStyle);
  std::string more;
  for (const ReportSection& one : input.sections) {
    style += one.style;
    more += section(one);
  }
  const std::string sections = summary(run) + failures(input) + scenario_table(run) +
                               left_out(run) + run_course(run) + execution_details(run) +
                               rpc_coverage(run) + message_coverage(run) + trends_section(input) +
                               more;
  return html::page(
      {.title = fmt::format(
           "{}: {}", run.failed() > 0 ? fmt::format("{} failed", run.failed()) : "Passed", name),
       .body = fmt::format("<h1>{}</h1>\n{}{}", escape(name), contents(sections, input.sections),
                           sections),
       .style = style});
}

}  // namespace noderig
