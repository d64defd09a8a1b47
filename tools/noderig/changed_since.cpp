#include "changed_since.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/framework/history/records.h>
#include <noderig/framework/node/command.h>
#include <nlohmann/json.hpp>

namespace noderig {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kSpeaker = "noderig: ";  // it speaks as the same program
constexpr std::size_t kChangesNamed = 5;

std::string scenario_of(const Json& id) {
  return id.get<std::string>().substr(kScenarioPrefix.size());
}

std::vector<std::string> reasons_of(const Json& affected, const Json& everything) {
  std::vector<std::string> reasons;
  for (const Json& reason : everything) {
    if (reasons.size() == kChangesNamed) break;
    reasons.push_back(fmt::format("{} {}", reason.at("file").get<std::string>(),
                                  reason.at("text").get<std::string>()));
  }
  const auto changes = affected.at("changes").get<std::vector<std::string>>();
  const std::size_t named = std::min(changes.size(), kChangesNamed);
  if (named > 0) {
    std::string text = fmt::format("{}", fmt::join(changes.begin(), changes.begin() + named, ", "));
    if (changes.size() > named) text += fmt::format(" and {} more", changes.size() - named);
    reasons.push_back(text);
  }
  if (reasons.empty()) reasons.push_back(affected.at("reason").get<std::string>());
  return reasons;
}

}  // namespace

ChangedSince changed_since_from(const std::string& text) {
  ChangedSince changed{.selection = Json::parse(text)};
  const Json& json = changed.selection;
  for (const Json& one : json.at("affected")) {
    const std::string scenario = scenario_of(one.at("test"));
    changed.affected.push_back(scenario);
    changed.reasons[scenario] = reasons_of(one, json.at("reasons"));
  }
  for (const Json& one : json.at("unaffected")) changed.unaffected.insert(scenario_of(one));
  return changed;
}

ChangedSince changed_since(const std::string& revision, const std::vector<std::string>& ignored) {
  const auto program = program_prefix() / "bin" / "noderig-impact";
  if (!std::filesystem::exists(program)) {
    throw EnvironmentError(
        "--changed-since needs impact analysis, which is not part of this build: `tools/rig "
        "impact --help` installs LLVM and builds it");
  }
  std::vector<std::string> words = {program.string(), "impact",     "select",   "--json",
                                    "--tests",        "scenario:*", "--before", revision};
  for (const std::string& one : ignored) words.insert(words.end(), {"--ignore", one});
  const CommandResult result = run_command(words, {.timeout = std::chrono::hours(1)});
  if (result.status == kExitUsage) {
    std::string_view text = last_lines(result.err, 1);
    if (text.starts_with(kSpeaker)) text.remove_prefix(kSpeaker.size());
    throw UsageError(std::string(text));
  }
  if (!result.ok()) {
    throw EnvironmentError(
        fmt::format("noderig impact select failed:\n{}", last_lines(result.err, 5)));
  }
  try {
    return changed_since_from(result.out);
  } catch (const Json::exception& error) {
    throw EnvironmentError(
        fmt::format("noderig impact select printed no selection: {}", error.what()));
  }
}

}  // namespace noderig
