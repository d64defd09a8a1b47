// What a daemon is and what it can do. A profile is probed from the program's own output and from a
// node that runs for a moment, never guessed from a name. Value type; any thread.
//
// Where flavours or versions rightly differ, the difference is looked up here and nowhere else.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

struct DaemonProfile {
  std::string flavour;  // "knots", "core", "bcoin"; how it is driven: flavours/flavour.h
  std::string version;  // as the daemon prints it, without the "v"
  std::filesystem::path executable;
  std::set<std::string> options;     // command line options, bitcoind's names without the dash
  std::set<std::string> rpcs;        // RPC methods it offers
  std::set<std::string> behaviours;  // what else was seen, see kBehaviours in profile.cpp

  // Whether the daemon has a capability: "rpc:NAME", "option:NAME" or a behaviour.
  bool can(std::string_view capability) const;

  // Which of the needed capabilities it has not, or which option of `arguments` (written for
  // bitcoind, which is left to refuse what it does not know itself), as a sentence: "bcoin 1.0.2
  // lacks rpc:preciousblock". Empty when it has them all.
  std::string lacks(const std::vector<std::string>& needs,
                    const std::vector<std::string>& arguments = {}) const;

  // Flavour and version: "knots 29.4".
  std::string to_string() const { return flavour + " " + version; }
};

void to_json(nlohmann::json& json, const DaemonProfile& profile);
void from_json(const nlohmann::json& json, DaemonProfile& profile);

// The arguments every node of this daemon starts with, its data directory, addresses and clock
// apart. Options that the daemon does not know are left out.
std::vector<std::string> default_arguments(const DaemonProfile& profile);

// The flavour, version and options, from what the program prints. Throws EnvironmentError when
// the program is not a daemon that noderig knows.
DaemonProfile identify_daemon(const std::filesystem::path& executable);

// Capability names with a sentence each, for --help and error texts.
std::vector<std::pair<std::string, std::string>> known_behaviours();

}  // namespace noderig
