// How a chain that several scenarios begin with is built, and how a node comes to have it. Constant
// data and a function for the rig's thread.
#pragma once

#include <noderig/framework/node/node.h>
#include <functional>
#include <string>

namespace noderig {

struct ChainRecipe {
  std::string name;           // what `noderig cache` calls it
  std::string text;           // all that shapes the chain: another text is another chain
  void (*build)(Node& node);  // on a running node that has the genesis block alone
};

// Chain::Mature.
const ChainRecipe& mature_chain();

// Told while a node is given its chain.
struct ChainObserver {
  std::function<void(const std::string&)> say;   // of what takes longer than usual
  std::function<void(const std::string&)> warn;  // of a stored chain that was damaged
  std::function<void(Node*)> building;           // the node that builds it; null when it has
};

// Lets a node that has not been started begin with the chain: from the store in `chains`, which
// builds it with a node of its own when it lacks it, or, where the daemon keeps its chain in files
// that the store does not know, mined when the node first starts.
void give_chain(NodeHost& host, const std::filesystem::path& chains, const ChainRecipe& recipe,
                Node& node, const ChainObserver& observer);

}  // namespace noderig
