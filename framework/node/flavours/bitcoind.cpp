// Bitcoin Core and Bitcoin Knots, which are started and spoken to alike.
#include <fmt/format.h>
#include <noderig/framework/node/command.h>
#include <noderig/framework/node/flavours/flavour.h>
#include <noderig/framework/runner/workspace.h>
#include <sstream>
#include <utility>

namespace noderig {
namespace {

namespace fs = std::filesystem;

// The word behind " version v" in a banner that begins with `product`.
std::optional<std::string> version_of(std::string_view product, std::string_view banner) {
  constexpr std::string_view kMark = " version v";
  const auto mark = banner.find(kMark);
  if (!banner.starts_with(product) || mark == std::string_view::npos) return std::nullopt;
  const auto rest = banner.substr(mark + kMark.size());
  return std::string(rest.substr(0, rest.find_first_of(" \t\r")));
}

std::optional<std::string> core_version(const fs::path&, std::string_view banner) {
  return version_of("Bitcoin Core", banner);
}

std::optional<std::string> knots_version(const fs::path&, std::string_view banner) {
  return version_of("Bitcoin Knots", banner);
}

// Names of the options in the help text: what follows the dash in lines that begin with blanks and
// one.
std::set<std::string> documented_options(const fs::path& executable) {
  constexpr std::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789";
  // Even -help makes a data directory, in the user's home unless told otherwise.
  const ScratchDirectory scratch("identify");
  std::set<std::string> names;
  std::istringstream lines(
      run_command({executable.string(), "-help-debug", "-datadir=" + scratch.path().string()}).out);
  for (std::string line; std::getline(lines, line);) {
    const auto dash = line.find_first_not_of(' ');
    if (dash == std::string::npos || dash == 0 || line[dash] != '-') continue;
    const auto end = std::min(line.find_first_not_of(kNameCharacters, dash + 1), line.size());
    if (end > dash + 1) names.insert(line.substr(dash + 1, end - dash - 1));
  }
  return names;
}

std::vector<std::string> arguments_of_all(const DaemonProfile& profile) {
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
      // Clearing the default, 32 MiB, takes a third of the time in which a node starts and stops.
      "-maxsigcachesize=1",
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

std::vector<std::string> place_arguments(const DaemonProfile& profile, const NodePlace& place) {
  std::vector<std::string> arguments = {
      "-datadir=" + place.data_directory.string(),
      fmt::format("-bind={}:{}", place.host, place.p2p_port),
      "-rpcbind=" + place.host,
      fmt::format("-rpcport={}", place.rpc_port),
      "-rpcallowip=127.0.0.0/8",
  };
  if (profile.options.contains("whitelist")) {
    arguments.push_back("-whitelist=in,out,noban@" + place.host);
  }
  return arguments;
}

// As it is: a daemon that does not know an option says so itself.
std::optional<std::string> argument(const std::string& argument) {
  return argument;
}

decltype(rpc::ClientOptions::auth) auth(const NodePlace& place) {
  return rpc::CookieFile{place.data_directory / "regtest" / ".cookie"};
}

// The client that came with the daemon, if it did.
std::string cli_command(const DaemonProfile& profile, const NodePlace& place) {
  const fs::path beside = profile.executable.parent_path() / "bitcoin-cli";
  std::error_code error;
  return quote_command({fs::exists(beside, error) ? beside.string() : "bitcoin-cli", "-regtest",
                        "-datadir=" + place.data_directory.string(), "-rpcconnect=" + place.host,
                        fmt::format("-rpcport={}", place.rpc_port)});
}

Flavour bitcoind(std::string_view name, decltype(Flavour::version) version,
                 std::set<std::string> always, std::string_view blame_in_log) {
  return {.name = name,
          .version = version,
          .options = documented_options,
          .always = std::move(always),
          .default_arguments = arguments_of_all,
          .place_arguments = place_arguments,
          .argument = argument,
          .auth = auth,
          .cli_command = cli_command,
          // Until its thread that imports blocks ends, blocks from peers are thrown away.
          .ready_lines = {"init message: Done loading", "initload thread exit"},
          .port_taken = "Unable to bind",
          .activity_in_log = {"[msghand]", "[net]", "[opencon]", "[scheduler]"},  // threads
          .blame_in_log = blame_in_log,
          .fault_signs_in_log = {"Assertion `", "Internal bug detected", "ERROR: AddressSanitizer",
                                 "runtime error: ", "WARNING: ThreadSanitizer"}};
}

}  // namespace

const Flavour kCore =
    bitcoind("core", core_version, {"verifychain-answers", "unrequested-blocks", "punish-loopback"},
             "Misbehaving: peer={}: ");
const Flavour kKnots =
    bitcoind("knots", knots_version, {"verifychain-answers", "unrequested-blocks"},
             "peer={} got DoS score ");

}  // namespace noderig
