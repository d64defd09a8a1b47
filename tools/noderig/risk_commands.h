// The subcommands of `noderig risk`, one file each. They only register themselves here.
#pragma once

#include "command.h"

namespace noderig {

void add_risk_rank(CLI::App& risk, Action& action);
void add_risk_explain(CLI::App& risk, Action& action);
void add_risk_heatmap(CLI::App& risk, Action& action);
void add_risk_burndown(CLI::App& risk, Action& action);
void add_risk_decide(CLI::App& risk, Action& action);
void add_risk_evaluate(CLI::App& risk, Action& action);
void add_risk_methods(CLI::App& risk, Action& action);

}  // namespace noderig
