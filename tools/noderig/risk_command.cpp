#include "command.h"
#include "risk_commands.h"

namespace noderig {

void add_risk_command(CLI::App& app, Action& action) {
  CLI::App* risk = app.add_subcommand("risk", "Which tests carry the most risk, and why");
  risk->require_subcommand(1);
  risk->footer(
      "Without --register, the tests are the scenarios and whatever else the history has results\n"
      "of. Inferred, not given by the method: the business matrix but for one cell, the scope,\n"
      "allocation and coverage values, the complexity and failure bins. A configuration file\n"
      "replaces them; `noderig risk methods` compares the methods.");
  add_risk_rank(*risk, action);
  add_risk_explain(*risk, action);
  add_risk_heatmap(*risk, action);
  add_risk_burndown(*risk, action);
  add_risk_decide(*risk, action);
  add_risk_evaluate(*risk, action);
  add_risk_methods(*risk, action);
}

}  // namespace noderig
