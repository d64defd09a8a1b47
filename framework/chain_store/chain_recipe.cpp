#include <fmt/format.h>
#include <noderig/framework/chain_store/chain_recipe.h>
#include <noderig/framework/chain_store/chain_store.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>

namespace noderig {
namespace fs = std::filesystem;
namespace {

// Says which node builds the chain, as long as there is one.
class Building {
 public:
  Building(Node& builder, const ChainObserver& observer) : observer_(observer) {
    observer_.building(&builder);
  }
  ~Building() { observer_.building(nullptr); }
  Building(const Building&) = delete;
  Building& operator=(const Building&) = delete;

 private:
  const ChainObserver& observer_;
};

// Builds the chain on a node of its own, which has ended when this returns; its network directory.
fs::path build_on_a_node(NodeHost& host, const ChainRecipe& recipe, const ChainObserver& observer) {
  Node builder(host, {.name = recipe.name, .arguments = {}, .mocktime = regtest::kEpoch});
  const Building building(builder, observer);
  builder.start();
  recipe.build(builder);
  builder.stop();
  for (const NodeProblem& problem : builder.problems()) throw EnvironmentError(problem.text);
  return builder.network_directory();
}

}  // namespace

void give_chain(NodeHost& host, const fs::path& chains, const ChainRecipe& recipe, Node& node,
                const ChainObserver& observer) {
  // Which goes with a directory `blocks` and one of `chainstate` beside it.
  if (!host.profile.can("option:blocksdir")) return node.once_started(recipe.build);
  const ChainKey key{.name = recipe.name,
                     .recipe = recipe.text,
                     .daemon = host.profile.to_string(),
                     .arguments = default_arguments(host.profile),
                     .program = host.profile.executable.string(),
                     .stamp = file_stamp(host.profile.executable)};
  const auto build = [&](const std::string& damage) {
    if (damage.empty()) {
      observer.say(fmt::format("build chain {}, which is kept", recipe.name));
    } else {
      const std::string again = fmt::format("build stored chain {} again: {}", recipe.name, damage);
      observer.say(again);
      observer.warn(again);
    }
    return build_on_a_node(host, recipe, observer);
  };
  ChainStore(chains).give(key, node.network_directory(), build);
  fs::remove_all(host.directory / recipe.name);  // the builder's
}

}  // namespace noderig
