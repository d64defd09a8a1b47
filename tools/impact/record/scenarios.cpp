#include <fmt/format.h>
#include <impact/model/facts.h>
#include <impact/record/profile.h>
#include <impact/record/scenarios.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/framework/node/command.h>
#include <noderig/framework/runner/workspace.h>
#include <nlohmann/json.hpp>

namespace noderig::impact {
namespace {

// A run sets its own limit for each scenario; this one is for a run that hangs as a whole.
constexpr auto kLongestScenario = std::chrono::hours(2);

constexpr auto kLongestProbe = std::chrono::minutes(5);

// Runs the daemon, to see that it leaves counters. What this executes is no scenario's: a run on a
// daemon that has changed does it first, and fails with it.
void require_counters(const std::string& noderig, const std::filesystem::path& daemon) {
  const ScratchDirectory profiles("impact");
  const CommandResult result =
      run_command({noderig, "daemon", "probe", daemon.string()},
                  {.environment = {"LLVM_PROFILE_FILE=" + profile_pattern(profiles.path())},
                   .timeout = kLongestProbe});
  if (!result.ok()) {
    throw EnvironmentError(
        fmt::format("noderig cannot use {}:\n{}", daemon.string(), last_lines(result.err, 5)));
  }
  if (read_profiles(profiles.path()).executed.empty()) {
    throw EnvironmentError(
        fmt::format("{} leaves no counters: build it with what `noderig impact flags` prints",
                    daemon.string()));
  }
}

std::string version_of(const std::filesystem::path& plugin) {
  return fmt::format("{:016x}", symbol_id(read_file(plugin)));
}

}  // namespace

std::vector<Test> list_scenarios(const std::filesystem::path& daemon) {
  if (!daemon.empty() && !std::filesystem::is_regular_file(daemon)) {
    throw UsageError(fmt::format("--daemon {}: there is no such program", daemon.string()));
  }
  const std::string noderig = (program_prefix() / "bin" / "noderig").string();
  std::vector<std::string> words = {noderig, "list", "--json"};
  if (daemon.empty()) {
    words.emplace_back("--without-daemon");
  } else {
    require_counters(noderig, daemon);
    words.insert(words.end(), {"--daemon", daemon.string()});
  }
  const CommandResult result = run_command(words, {.environment = {"LLVM_PROFILE_FILE=/dev/null"}});
  const auto json = nlohmann::json::parse(result.out, nullptr, false);
  if (!result.ok() || json.is_discarded()) {
    throw EnvironmentError(
        fmt::format("{} list cannot tell the scenarios:\n{}", noderig, last_lines(result.err, 5)));
  }
  std::vector<Test> tests;
  for (const auto& scenario : json.at("scenarios")) {
    if (!scenario.at("skip").is_null()) continue;
    const auto name = scenario.at("name").get<std::string>();
    tests.push_back(
        {.id = {.kind = TestKind::Scenario, .target = {}, .name = name},
         .launch = {.argv = {noderig, "run", name, "--daemon", daemon.string(), "-j", "1"},
                    .timeout = kLongestScenario},
         .version = version_of(scenario.at("plugin").get<std::string>())});
  }
  return tests;
}

}  // namespace noderig::impact
