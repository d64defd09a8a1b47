#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/command.h>
#include <noderig/framework/node/profile.h>
#include <noderig/framework/runner/workspace.h>
#include <algorithm>
#include <sstream>

namespace noderig {
namespace {

using Json = nlohmann::json;

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

// Names of the options in a help text: what follows the dash in lines that begin with blanks and
// one.
std::set<std::string> documented_options(const std::string& help) {
  constexpr std::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::set<std::string> names;
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) {
    const auto dash = line.find_first_not_of(' ');
    if (dash == std::string::npos || dash == 0 || line[dash] != '-') continue;
    const auto end = std::min(line.find_first_not_of(kNameCharacters, dash + 1), line.size());
    if (end > dash + 1) names.insert(line.substr(dash + 1, end - dash - 1));
  }
  return names;
}

// The word behind " version v" in the first line; empty when there is none.
std::string version_in(std::string_view banner) {
  constexpr std::string_view kMark = " version v";
  const auto mark = banner.find(kMark);
  if (mark == std::string_view::npos) return {};
  const auto rest = banner.substr(mark + kMark.size());
  return std::string(rest.substr(0, rest.find_first_of(" \t\r")));
}

}  // namespace

bool DaemonProfile::can(std::string_view capability) const {
  const auto named = [&](std::string_view prefix, const std::set<std::string>& known) {
    return capability.starts_with(prefix) &&
           known.contains(std::string(capability.substr(prefix.size())));
  };
  return named("rpc:", rpcs) || named("option:", options) ||
         behaviours.contains(std::string(capability));
}

void to_json(Json& json, const DaemonProfile& profile) {
  json = {{"flavour", profile.flavour},
          {"version", profile.version},
          {"path", profile.executable.string()},
          {"options", profile.options},
          {"rpcs", profile.rpcs},
          {"behaviours", profile.behaviours}};
}

void from_json(const Json& json, DaemonProfile& profile) {
  json.at("flavour").get_to(profile.flavour);
  json.at("version").get_to(profile.version);
  profile.executable = json.at("path").get<std::string>();
  json.at("options").get_to(profile.options);
  json.at("rpcs").get_to(profile.rpcs);
  json.at("behaviours").get_to(profile.behaviours);
}

std::vector<std::pair<std::string, std::string>> known_behaviours() {
  return {{"wallet", "built with a wallet"},
          {"zmq", "publishes notifications by ZMQ"},
          {"script-check-log", "logs why a block's scripts are or are not checked"},
          {"punish-loopback", "drops a peer that sends an invalid block from a loopback address"},
          {"names-missing-fee", "a wallet says when its coins cover the amount but not the fee"},
          {"fund-options-true", "fundrawtransaction takes true for the option includeWatching"},
          {"sendcmpct-announce-checked", "drops a peer whose sendcmpct announces neither 0 nor 1"},
          {"getblocktxn-not-empty", "drops a peer that asks for no transactions of a block"},
          {"blocktxn-once", "drops a peer that sends wrong transactions of a block twice"},
          {"cmpctblock-asked-for", "ignores compact blocks that it did not ask for"}};
}

std::vector<std::string> default_arguments(const DaemonProfile& profile) {
  static const std::vector<std::string> wanted = {
      "-regtest",
      "-server=1",
      "-listen=1",
      // Nothing but what a scenario connects.
      "-listenonion=0",
      "-dnsseed=0",
      "-fixedseeds=0",
      "-discover=0",
      "-natpmp=0",
      // Transactions between the scenario's own nodes are not held back.
      "-whitelist=in,out,noban@127.0.0.1",
      // Enough for a long poll a node beside ordinary calls.
      "-rpcthreads=16",
      // Checks whose cost grows with the chain run for one block in a hundred; mempool checks, the
      // only ones there are, always.
      "-checkblockindex=100",
      "-checkmempool=1",
      "-keypool=1",
      // Wallets do not wait for the disk: some write once for each output they receive.
      "-unsafesqlitesync=1",
      // One relay policy on every flavour and version: Knots' own refuses more kinds of scripts,
      // and the lowest fee rates differ. Policy scenarios set what they are about.
      "-corepolicy=1",
      "-minrelaytxfee=0.00001000",
      "-incrementalrelayfee=0.00001000",
      "-printtoconsole=0",
      "-shrinkdebugfile=0",
      "-logtimemicros=1",
      "-logthreadnames=1",
      "-debug=1",
      "-debugexclude=libevent",
      "-debugexclude=leveldb",
  };
  std::vector<std::string> arguments;
  for (const std::string& argument : wanted) {
    if (profile.options.contains(argument.substr(1, argument.find('=') - 1))) {
      arguments.push_back(argument);
    }
  }
  return arguments;
}

bool harmless_stderr(std::string_view line) {
  return line.empty();
}

std::vector<std::string_view> fault_signs_in_log() {
  return {"Assertion `", "Internal bug detected", "ERROR: AddressSanitizer",
          "runtime error: ", "WARNING: ThreadSanitizer"};
}

DaemonProfile identify_daemon(const std::filesystem::path& executable) {
  // Even -version makes a data directory, in the user's home unless told otherwise.
  const ScratchDirectory scratch("identify");
  const std::string data_directory = "-datadir=" + scratch.path().string();
  const CommandResult said = run_command({executable.string(), "-version", data_directory});
  const std::string banner = first_line(said.out);
  DaemonProfile profile;
  if (banner.starts_with("Bitcoin Core")) profile.flavour = "core";
  if (banner.starts_with("Bitcoin Knots")) profile.flavour = "knots";
  profile.version = version_in(banner);
  if (profile.flavour.empty() || profile.version.empty()) {
    throw EnvironmentError(fmt::format(
        "{} is not a daemon that noderig can drive: `{} -version` {}, where \"Bitcoin Core ... "
        "version v...\" or \"Bitcoin Knots ... version v...\" was expected",
        executable.string(), executable.string(),
        said.out.empty() ? fmt::format("printed nothing (status {})", said.status)
                         : fmt::format("printed \"{}\"", banner)));
  }
  profile.executable = executable;
  profile.options =
      documented_options(run_command({executable.string(), "-help-debug", data_directory}).out);
  return profile;
}

}  // namespace noderig
