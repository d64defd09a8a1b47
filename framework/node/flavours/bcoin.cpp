// bcoin, a full node in JavaScript (`noderig daemon get bcoin`). It has no wallet here: its wallet
// is a server of its own with calls of its own.
#include <fmt/format.h>
#include <noderig/framework/node/command.h>
#include <noderig/framework/node/flavours/flavour.h>
#include <algorithm>
#include <functional>
#include <map>

namespace noderig {
namespace {

namespace fs = std::filesystem;

// Guards a node on a loopback address for the seconds it lives.
constexpr std::string_view kApiKey = "noderig-regtest-only";

// `--version` prints the number alone, so a program that does is asked for its help too.
std::optional<std::string> version(const fs::path& executable, std::string_view banner) {
  const bool number =
      !banner.empty() && banner.front() >= '0' && banner.front() <= '9' &&
      banner.find_first_not_of("0123456789.-abcdefghijklmnopqrstuvwxyz") == std::string_view::npos;
  if (!number) return std::nullopt;
  const CommandResult help = run_command({executable.string(), "--help"});
  if ((help.out + help.err).find("bcoin") == std::string::npos) return std::nullopt;
  return std::string(banner);
}

using Translation = std::function<std::string(const std::string& value)>;

Translation same(std::string_view option) {
  return [option](const std::string& value) { return fmt::format("--{}={}", option, value); };
}

std::string negated(std::string_view option, const std::string& value) {
  return fmt::format("--{}={}", option, value == "0" ? "1" : "0");
}

// What can be said to bcoin in bitcoind's words.
const std::map<std::string, Translation, std::less<>>& translations() {
  static const std::map<std::string, Translation, std::less<>> all = {
      {"acceptnonstdtxn",
       [](const std::string& value) { return negated("require-standard", value); }},
      {"listen", same("listen")},
      {"maxconnections", same("max-inbound")},
      {"maxmempool", same("mempool-size")},
      {"peerbloomfilters", same("bip37")},
      {"persistmempool", same("persistent-mempool")},
      {"txindex", same("index-tx")},
  };
  return all;
}

// Options that tune or check a bitcoind and change nothing that a peer or client could see.
constexpr std::string_view kWithoutMeaning[] = {
    "checkblockindex", "checkmempool", "dbcache", "debug", "debugexclude", "par", "rpcthreads"};

std::set<std::string> options(const fs::path&) {
  std::set<std::string> names;
  for (const auto& [name, translation] : translations()) names.insert(name);
  return names;
}

std::optional<std::string> argument(const std::string& argument) {
  const auto equals = argument.find('=');
  const auto begin = std::min(argument.find_first_not_of('-'), argument.size());
  const std::string name = argument.substr(begin, equals - begin);
  if (std::ranges::find(kWithoutMeaning, name) != std::end(kWithoutMeaning)) return "";
  const auto found = translations().find(name);
  if (found == translations().end()) return std::nullopt;
  return found->second(equals == std::string::npos ? "1" : argument.substr(equals + 1));
}

std::vector<std::string> arguments_of_all(const DaemonProfile&) {
  return {"--network=regtest", "--no-wallet=true", "--listen=1",
          // Blocks of a few transactions are verified sooner than worker processes start.
          "--workers=0", "--max-inbound=100", "--log-level=debug", "--log-console=0",
          // With an address of its own it asks no name server what its address is.
          "--public-host=1.2.3.4"};
}

std::vector<std::string> place_arguments(const DaemonProfile&, const NodePlace& place) {
  return {"--prefix=" + place.data_directory.string(), "--host=" + place.host,
          fmt::format("--port={}", place.p2p_port), "--http-host=" + place.host,
          fmt::format("--http-port={}", place.rpc_port), fmt::format("--api-key={}", kApiKey),
          // Its own seed is 127.0.0.1, where a user's node may listen. Here nobody does.
          fmt::format("--seeds={}:1", place.host)};
}

decltype(rpc::ClientOptions::auth) auth(const NodePlace&) {
  return rpc::UserPassword{"noderig", std::string(kApiKey)};
}

std::string cli_command(const DaemonProfile& profile, const NodePlace& place) {
  const fs::path beside = profile.executable.parent_path() / "bcoin-cli";
  std::error_code error;
  return quote_command({fs::exists(beside, error) ? beside.string() : "bcoin-cli",
                        "--network=regtest", "--http-host=" + place.host,
                        fmt::format("--http-port={}", place.rpc_port),
                        fmt::format("--api-key={}", kApiKey), "rpc"});
}

}  // namespace

const Flavour kBcoin = {
    .name = "bcoin",
    .version = version,
    .options = options,
    .default_arguments = arguments_of_all,
    .place_arguments = place_arguments,
    .argument = argument,
    // Without native modules; without Node's own warnings that their interfaces are old.
    .environment = {"NODE_BACKEND=js", "NODE_NO_WARNINGS=1"},
    .auth = auth,
    .cli_command = cli_command,
    .ready_lines = {"(net) Pool server listening on"},
    .port_taken = "EADDRINUSE",
    .activity_in_log = {"] (net) ", "] (chain) ", "] (mempool) "},
    .rejection_prefix = "rejected: ",
    .stops_by_rpc = true,
    .fault_signs_in_log = {"AssertionError", "TypeError", "RangeError", "ReferenceError"},
    .addresses = {.bech32_prefix = "rcrt"},
};

}  // namespace noderig
