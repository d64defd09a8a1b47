// The help page that compares the three methods, and the configuration to begin from.
#include "json_output.h"
#include "output_file.h"
#include "risk_commands.h"

#include <fmt/format.h>
#include <risk/config.h>
#include <memory>

namespace noderig {
namespace {

constexpr std::string_view kComparison = R"(Three methods of risk-based testing, all of them here:

                classic               decision model          layered
                                      (Bayes)
configuration   + easy to grasp and   - hard to integrate     o complex but grasped
                  set up                and to grasp            with a little reading
granularity     o a number, but in    + very fine             + fine, and weighted
                  few steps                                     by itself
objectivity     - very subjective     o facts and opinions    + facts, seen from
                                        together                many sides
adaptability    - by hand, again at   o partly automatic      + automatic for the
                  each release                                  most part

classic          risk rank --aggregate classic      likelihood x impact
decision model   risk decide                        costs, experts, past verdicts
layered          risk rank, heatmap, burndown       business logic, history, release scope,
                                                    tester allocation, code coverage

Given by the method: the scale, the history matrix, the cell possible x serious = 233, the keyword
table of registers. Inferred here, and replaced by --config: the other cells of the business matrix,
the bounds of complexity and failure rate, the values of scope, allocation and coverage.
)";

struct Options {
  std::string write_config;
};

int methods(const Options& options) {
  if (options.write_config.empty()) {
    fmt::print("{}", kComparison);
  } else {
    write_file(options.write_config, risk::to_json(risk::Config()).dump(2) + "\n");
  }
  return kExitPassed;
}

}  // namespace

void add_risk_methods(CLI::App& risk, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      risk.add_subcommand("methods", "Compares the three methods; writes a configuration");
  command
      ->add_option("--write-config", options->write_config,
                   "Write the default configuration, to begin from")
      ->type_name("FILE");
  command->callback([options, &action] { action = [options] { return methods(*options); }; });
}

}  // namespace noderig
