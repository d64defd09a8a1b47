// -checkmempool=1 is the only check of a mempool that there is, and the daemon ends when it fails:
// all that is left to ask is whether it was on.
#include <fmt/format.h>
#include <noderig/framework/oracle/oracle.h>
#include <ranges>

namespace noderig {
namespace {

std::vector<std::string> examine_mempool(const Node& node) {
  constexpr std::string_view kOption = "-checkmempool=";
  for (const std::string& argument : std::views::reverse(node.command_line())) {
    if (!argument.starts_with(kOption)) continue;
    if (argument.substr(kOption.size()) == "1") return {};
    return {fmt::format("{} runs with {}, -checkmempool=1 was expected", node.name(), argument)};
  }
  return {fmt::format("{} runs without -checkmempool=1", node.name())};
}

}  // namespace

const Oracle kCheckMempoolOracle = {
    .name = "checkmempool",
    .demand = "a daemon checks its whole mempool at every change of it",
    .needs = {"option:checkmempool"},
    .of_running = examine_mempool,
};

}  // namespace noderig
