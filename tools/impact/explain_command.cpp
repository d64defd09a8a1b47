// noderig impact explain: why a test is selected, or what a change affects.
#include "commands.h"
#include "recording_options.h"

#include <fmt/format.h>
#include <impact/select/explain.h>
#include <noderig/framework/errors.h>

namespace noderig::impact {
namespace {

struct ExplainOptions {
  RecordingOptions common{};
  std::string test{};
  std::string change{};
};

int explain(const ExplainOptions& options) {
  if (options.test.empty() == options.change.empty()) {
    throw UsageError("explain takes --test ID or --change CHANGE");
  }
  options.common.json.check();
  Analyser analyser = options.common.analyser();
  const Selected selected = select_for(options.common.select_request(), analyser);
  nlohmann::json json;
  std::string text;
  if (!options.test.empty()) {
    const TestExplanation explanation = explain_test(selected, options.test);
    json = to_json(explanation);
    text = text_of(explanation, selected);
  } else {
    const ChangeExplanation explanation = explain_change(selected, options.change);
    json = to_json(explanation);
    text = text_of(explanation);
  }
  if (!options.common.json.to_stdout) fmt::print("{}", text);
  options.common.json.write(json);
  return kExitPassed;
}

}  // namespace

void add_explain_command(CLI::App& impact, Action& action) {
  CLI::App* command = impact.add_subcommand(
      "explain", "Tells why a test is selected, or which tests a change affects");
  auto options = std::make_shared<ExplainOptions>();
  options->common.add_options(*command);
  options->common.add_version_options(*command);
  command->add_option("--test", options->test, "A test, such as gtest:wallet_test/Wallet.Sends")
      ->type_name("ID");
  command
      ->add_option("--change", options->change,
                   "A change's id, or a part of it that no other change has")
      ->type_name("CHANGE");
  command->callback([options, &action] { action = [options] { return explain(*options); }; });
}

}  // namespace noderig::impact
