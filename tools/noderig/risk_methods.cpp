// The help page that compares the three methods, and the configuration to begin from.
#include "json_output.h"
#include "output_file.h"
#include "risk_commands.h"
#include "risk_input.h"

#include <fmt/format.h>
#include <risk/config.h>
#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace noderig {
namespace {

// How good a method is at something: '+', 'o' or '-', and why.
struct Grade {
  char mark;
  const char* why;
};

struct Criterion {
  const char* name;
  std::array<Grade, 3> grades;  // of kMethods
};

constexpr std::array kMethods = {"classic", "decision model (Bayes)", "layered"};
constexpr std::array kCommands = {"risk rank --aggregate classic", "risk decide",
                                  "risk rank, heatmap, burndown"};
constexpr std::array kSees = {"likelihood x impact", "costs, experts, past verdicts",
                              "business logic, history, release scope, allocation, coverage"};
constexpr std::array<Criterion, 4> kCriteria = {
    {{"configuration",
      {{{'+', "easy to grasp and set up"},
        {'-', "hard to integrate and to grasp"},
        {'o', "complex, but grasped with a little reading"}}}},
     {"granularity",
      {{{'o', "a number, but in few steps"},
        {'+', "very fine"},
        {'+', "fine, and weighted by itself"}}}},
     {"objectivity",
      {{{'-', "very subjective"},
        {'o', "facts and opinions together"},
        {'+', "facts, seen from many sides"}}}},
     {"adaptability",
      {{{'-', "by hand, again at each release"},
        {'o', "partly automatic"},
        {'+', "automatic for the most part"}}}}}};

constexpr std::string_view kInferred =
    R"(Given by the method: the scale, the history matrix, the cell possible x serious = 233, the keyword
table of registers. Inferred here, and replaced by --config: the other cells of the business matrix,
the bounds of complexity and failure rate, the values of scope, allocation and coverage, the keyword
table of node scenarios.)";

std::string comparison_text() {
  std::string text =
      "Three methods of risk-based testing, all of them here (+ good, o fair, - weak)\n";
  for (const Criterion& one : kCriteria) {
    text += fmt::format("\n{}\n", one.name);
    for (std::size_t i = 0; i < kMethods.size(); ++i) {
      text += fmt::format("  {} {:<24}{}\n", one.grades[i].mark, kMethods[i], one.grades[i].why);
    }
  }
  text += "\nwhat each looks at, and its command\n";
  for (std::size_t i = 0; i < kMethods.size(); ++i) {
    text += fmt::format("    {:<24}{}\n    {:<24}noderig {}\n", kMethods[i], kSees[i], "",
                        kCommands[i]);
  }
  return text + "\n" + std::string(kInferred) + "\n";
}

std::string grade_cell(const Grade& grade) {
  const char* word = grade.mark == '+' ? "good" : grade.mark == 'o' ? "fair" : "weak";
  const char* css = grade.mark == '+' ? "good" : grade.mark == 'o' ? "warn" : "bad";
  return fmt::format("<td><span class=\"{}\">{}:</span> {}</td>", css, word, grade.why);
}

std::string comparison_html() {
  std::string body =
      "<div class=\"scroll\"><table><caption>How good each method is</caption><tr>"
      "<th scope=\"col\">Criterion</th>";
  for (const char* method : kMethods) body += fmt::format("<th scope=\"col\">{}</th>", method);
  body += "</tr>";
  for (const Criterion& one : kCriteria) {
    body += fmt::format("<tr><th scope=\"row\">{}</th>", one.name);
    for (const Grade& grade : one.grades) body += grade_cell(grade);
    body += "</tr>";
  }
  const auto row = [&](const char* name, const auto& cells) {
    body += fmt::format("<tr><th scope=\"row\">{}</th>", name);
    for (const char* cell : cells) body += fmt::format("<td>{}</td>", cell);
    body += "</tr>";
  };
  row("looks at", kSees);
  row("command", kCommands);
  return body + "</table></div><p>" + std::string(kInferred) + "</p>";
}

struct MethodsOptions {
  std::string write_config;
  std::string html;
};

int methods(const MethodsOptions& options) {
  require_outputs({{"--write-config", options.write_config}, {"--html", options.html}});
  if (!options.write_config.empty()) {
    write_file(options.write_config, risk::to_json(risk::Config()).dump(2) + "\n");
  }
  if (!options.html.empty()) {
    write_page(options.html, "Three methods of risk-based testing", comparison_html());
  }
  if (options.write_config.empty() && options.html.empty()) fmt::print("{}", comparison_text());
  return kExitPassed;
}

}  // namespace

void add_risk_methods(CLI::App& risk, Action& action) {
  auto options = std::make_shared<MethodsOptions>();
  CLI::App* command =
      risk.add_subcommand("methods", "Compares the three methods; writes a configuration");
  command
      ->add_option("--write-config", options->write_config,
                   "Write the default configuration, to begin from")
      ->type_name("FILE");
  command->add_option("--html", options->html, "Write the comparison as a page of its own")
      ->type_name("FILE");
  command->callback([options, &action] { action = [options] { return methods(*options); }; });
}

}  // namespace noderig
