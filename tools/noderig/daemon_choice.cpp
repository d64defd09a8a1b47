#include "daemon_choice.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/daemons.h>
#include <algorithm>
#include <filesystem>

namespace noderig {
namespace {

std::vector<DaemonProfile> find_daemons(std::vector<std::string> choices,
                                        const Interruption& interruption) {
  if (choices.empty()) choices.emplace_back();
  std::vector<DaemonProfile> daemons;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    daemons.push_back(find_daemon(choices[i], &interruption));
    const auto same = [&](const DaemonProfile& other) {
      return std::filesystem::equivalent(other.executable, daemons.back().executable);
    };
    const auto first = std::ranges::find_if(daemons, same) - daemons.begin();
    if (static_cast<std::size_t>(first) == i) continue;
    throw UsageError(fmt::format(
        "--daemon {} and --daemon {} are one program, {}; --repeat runs "
        "scenarios on it again",
        choices[static_cast<std::size_t>(first)], choices[i], daemons.back().executable.string()));
  }
  return daemons;
}

}  // namespace

std::optional<std::vector<DaemonProfile>> choose_daemons(std::vector<std::string> choices,
                                                         const Interruption& interruption,
                                                         std::FILE* out) {
  std::vector<DaemonProfile> daemons;
  try {
    daemons = find_daemons(std::move(choices), interruption);
  } catch (const EnvironmentError&) {
    if (!interruption.pending()) throw;
  }
  if (!interruption.pending()) return daemons;
  fmt::print(out, "Stopped before a scenario ran.\n");
  return std::nullopt;
}

}  // namespace noderig
