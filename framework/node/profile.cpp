#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/command.h>
#include <noderig/framework/node/profile.h>
#include <noderig/framework/runner/workspace.h>
#include <regex>
#include <sstream>

namespace noderig {
namespace {

using Json = nlohmann::json;

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

// Names of the options in a help text: lines that begin with two blanks and a dash.
std::set<std::string> documented_options(const std::string& help) {
  static const std::regex option(R"(^\s+-([a-z0-9]+))");
  std::set<std::string> names;
  std::istringstream lines(help);
  std::smatch match;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_search(line, match, option)) names.insert(match[1]);
  }
  return names;
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
          {"punish-loopback", "drops a peer that sends an invalid block from a loopback address"}};
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
      // Transactions between the scenario's own nodes are not held back (BIP-less trickling).
      "-whitelist=in,out,noban@127.0.0.1",
      // Enough for a long poll a node beside ordinary calls.
      "-rpcthreads=16",
      // Checks whose cost grows with the chain run for one block in a hundred; mempool checks, the
      // only ones there are, always.
      "-checkblockindex=100",
      "-checkmempool=1",
      "-keypool=1",
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
  static const std::regex banner(R"(^Bitcoin (Core|Knots)[^\n]* version v([^\s]+))");
  std::smatch match;
  if (!std::regex_search(said.out, match, banner)) {
    throw EnvironmentError(fmt::format(
        "{} is not a daemon that noderig can drive: `{} -version` {}, where \"Bitcoin Core ... "
        "version v...\" or \"Bitcoin Knots ... version v...\" was expected",
        executable.string(), executable.string(),
        said.out.empty() ? fmt::format("printed nothing (status {})", said.status)
                         : fmt::format("printed \"{}\"", first_line(said.out))));
  }
  DaemonProfile profile;
  profile.flavour = match[1] == "Core" ? "core" : "knots";
  profile.version = match[2];
  profile.executable = executable;
  profile.options =
      documented_options(run_command({executable.string(), "-help-debug", data_directory}).out);
  return profile;
}

}  // namespace noderig
