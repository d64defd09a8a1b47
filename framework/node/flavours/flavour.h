// How the daemons of one flavour are driven: what tells them from others, how one is started, when
// it is ready, how it is asked to stop. Constant data and pure functions, one table a flavour in a
// file of its own; any thread.
//
// What a daemon can do is probed (profile.h); here is only what every version can (`always`).
#pragma once

#include <noderig/framework/chain/address.h>
#include <noderig/framework/node/profile.h>
#include <noderig/rpc/client.h>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

// Where one node lives and listens.
struct NodePlace {
  std::filesystem::path data_directory;
  std::string host;
  std::uint16_t p2p_port = 0;
  std::uint16_t rpc_port = 0;
};

struct Flavour {
  std::string_view name;  // as `--daemon` takes it

  // ---- Recognising one

  // The version of a program, from the first line that `--version` printed; nothing when it is of
  // another flavour.
  std::optional<std::string> (*version)(const std::filesystem::path& executable,
                                        std::string_view banner);
  // The options it can be given, by bitcoind's names without the dash.
  std::set<std::string> (*options)(const std::filesystem::path& executable);

  // Of known_behaviours(), what every version has. One that has lost it fails what needs it; were
  // it only looked for, that would be skipped.
  std::set<std::string> always{};

  // ---- Starting one

  // What every node is given. Options that the daemon does not know are left out.
  std::vector<std::string> (*default_arguments)(const DaemonProfile& profile);
  // What puts a node in its place.
  std::vector<std::string> (*place_arguments)(const DaemonProfile& profile, const NodePlace& place);
  // A scenario's argument, written for bitcoind, as this daemon takes it: empty when it has no
  // meaning there, nothing when the daemon has no such option.
  std::optional<std::string> (*argument)(const std::string& argument);
  std::vector<std::string> environment{};  // NAME=VALUE, added to the worker's own
  decltype(rpc::ClientOptions::auth) (*auth)(const NodePlace& place);
  // How a user calls RPC methods of a node in a shell; the method and its arguments come behind it.
  std::string (*cli_command)(const DaemonProfile& profile, const NodePlace& place);

  // Lines of its log, in any order: once it has written them all it has loaded, imports no blocks
  // from disk any more, and calls and peers are served, or soon will be.
  std::vector<std::string_view> ready_lines;
  // On its standard error when another program had taken one of its ports.
  std::string_view port_taken;

  // ---- Its course

  // In lines of its log that it writes while its peers, mempool and chain change, and not for
  // calls.
  std::vector<std::string_view> activity_in_log;
  // Put before the reason when submitblock is refused.
  std::string_view rejection_prefix{};
  // Whether it ends well only when the RPC `stop` asks it to, rather than SIGTERM.
  bool stops_by_rpc = false;
  // In lines on its standard error that are no fault.
  std::vector<std::string_view> harmless_stderr{};
  // What its log calls a peer that has sent something invalid, with {} for the peer's number; empty
  // when it says nothing.
  std::string_view blame_in_log{};
  // Texts that a sound daemon never logs: failed assertions, sanitizer reports.
  std::vector<std::string_view> fault_signs_in_log;
  AddressFormat addresses{};
};

// All that noderig knows.
std::span<const Flavour* const> flavours();

// The flavour of that name. Throws EnvironmentError when there is none.
const Flavour& flavour_named(std::string_view name);

extern const Flavour kCore;
extern const Flavour kKnots;
extern const Flavour kBcoin;

}  // namespace noderig
