// What a scenario declares about itself: what it needs, what it shows, how it is scheduled and
// weighed. Value types; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace noderig {

class Rig;

// What nodes know when the scenario begins.
enum class Chain {
  Clean,   // the genesis block alone
  Mature,  // kMatureBlocks on top of it, whose coinbases pay a RigWallet's CoinKind::OpTrue. Each
           // declared node has them when it first starts; those of add_node() do not.
};

// Of Chain::Mature: in the block after them, the first eleven coinbases can be spent.
inline constexpr int kMatureBlocks = 110;

// Which nodes are connected when the scenario begins.
enum class Topology {
  Unconnected,
};

// When the declared nodes start.
enum class Start {
  Automatic,  // before the body, side by side
  Manual,     // by the body: their arguments depend on what it builds first
};

// The nodes' clock.
enum class Clock {
  Epoch,  // stands at regtest::kEpoch, so that built chains are not old and nodes not in initial
          // block download
  Real,
};

// For risk ordering: how likely the scenario finds a fault, and how bad such a fault is.
enum class Likelihood { Rare, Unlikely, Possible, Likely, AlmostCertain };
enum class Impact { Insignificant, Minor, Moderate, Major, Serious };

// The free disk, in MB, without which no node is worth starting: daemons stop when 50 MiB are left.
inline constexpr int kSmallestDiskMb = 100;

// An oracle (framework/oracle) that the scenario's nodes are not asked, and why not.
struct WithoutOracle {
  std::string oracle{};
  std::string reason{};
};

// Every field has a default. Designated initialisers come in this order.
struct ScenarioMetadata {
  std::string name{};
  std::string summary{};
  int nodes = 1;
  Chain chain = Chain::Clean;
  Topology topology = Topology::Unconnected;
  std::vector<std::string> args{};   // added to every node's arguments
  std::vector<std::string> needs{};  // capabilities (DaemonProfile::can); a missing one is a skip
  std::vector<std::string> tags{};   // become CTest labels
  int memory_mb = 300;               // all its nodes together, for the schedule
  std::chrono::seconds timeout = std::chrono::seconds(60);  // of the whole, on an idle machine
  std::optional<Likelihood> likelihood{};  // without them, `noderig risk` judges by the number of
  std::optional<Impact> impact{};          // needs and sub-tests, and by the words of the summary
  std::vector<std::string> links{};        // what it tests: source paths, BIPs, issues
  std::vector<std::string> subtests{};     // names in order; each must be reached when it runs
  Start start = Start::Automatic;
  Clock clock = Clock::Epoch;
  int disk_mb = kSmallestDiskMb;         // at its peak, all its nodes together; less free is a skip
  std::vector<WithoutOracle> without{};  // {{"supply", "the point is a coinbase that ..."}}
};

// Before the version and fingerprint that a plugin carries as one text: it is found also in a file
// that the loader refuses.
#define NODERIG_PLUGIN_STAMP "noderig plugin of version "

struct ScenarioDefinition {
  ScenarioMetadata metadata;
  const char* source_file;
  void (*body)(Rig& rig);
};

}  // namespace noderig
