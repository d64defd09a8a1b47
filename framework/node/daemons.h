// Which daemon a run uses, and what it can do. Free functions; the calling process must have one
// thread, since a daemon that was never probed is started once to see what it offers.
#pragma once

#include <noderig/framework/node/profile.h>
#include <filesystem>
#include <string>
#include <vector>

namespace noderig {

class Interruption;

// The daemon that `choice` names: a path (it has a '/'), "knots" (the fetched one) or "core" (found
// on PATH). Empty: NODERIG_DAEMON, else "knots". The profile is probed when the daemon is new or
// has changed. Throws UsageError for an unknown name, EnvironmentError when the daemon is not there
// or is none. An `interruption` ends probing by some exception; it stays pending.
DaemonProfile find_daemon(const std::string& choice, const Interruption* interruption = nullptr);

// The profile of the daemon at `executable`, probed now; `home` remembers it.
DaemonProfile probe_daemon(const std::filesystem::path& executable,
                           const Interruption* interruption = nullptr);

// A flavour, and the daemon it stands for here.
struct KnownDaemon {
  std::string flavour;
  std::filesystem::path executable;  // empty when it is not there
  std::string version;
  std::string how;  // how it is found, or got
};

std::vector<KnownDaemon> known_daemons();

// Where fetched daemons are kept.
std::filesystem::path daemons_directory();

}  // namespace noderig
