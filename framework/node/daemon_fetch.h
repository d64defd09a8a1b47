// Fetches a daemon that the machine does not have and keeps it in a directory of its own:
//
//   DAEMONS/knots/VERSION/bitcoind      a wrapper that execs ...
//   DAEMONS/knots/VERSION/bin/bitcoind  ... this program with ...
//   DAEMONS/knots/VERSION/lib/          ... these libraries and their dynamic loader
//   DAEMONS/knots/current               a link to the VERSION to use
//
//   DAEMONS/bcoin/VERSION/bcoin         a wrapper that execs node with what is in ...
//   DAEMONS/bcoin/VERSION/node_modules  ... this directory
//
// Nothing of the system is changed and no root is needed. Two fetches at once are safe, between
// processes too: the second waits for the first. An interrupted one leaves nothing that counts; the
// next one removes what it left. Any thread.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

struct FetchedDaemon {
  std::string flavour;  // "knots", "bcoin"
  std::string version;  // the package's
  std::filesystem::path executable;
};

// A Debian archive and the keys that its signatures must be made with.
struct PackageSource {
  std::string uri;
  std::filesystem::path keyring;
  std::vector<std::string> suites{"testing", "unstable"};  // the first that has the package serves
};

// The machine's own: the mirror that apt-get is set up with and Debian's archive keyring. Throws
// EnvironmentError when this is no Debian system.
PackageSource system_package_source();

// The daemon of that flavour fetched last; nothing when there is none.
std::optional<FetchedDaemon> find_fetched(const std::filesystem::path& daemons_dir,
                                          std::string_view flavour);

// Called with one line a stage.
using FetchProgress = std::function<void(std::string_view)>;

// Whether a daemon fetched earlier will do, whatever its version. It is then returned at once and
// without a word.
enum class IfPresent { Keep, Update };

// Fetches Bitcoin Knots from `source`, with signatures checked. Throws EnvironmentError, which
// names the command that failed, the end of its output and what to do.
FetchedDaemon fetch_knots(const std::filesystem::path& daemons_dir, const PackageSource& source,
                          const FetchProgress& progress, IfPresent if_present = IfPresent::Keep);

// Installs bcoin with npm, whose packages run no script meanwhile. Throws EnvironmentError; when
// Node.js or npm is missing, it names the packages to install.
FetchedDaemon fetch_bcoin(const std::filesystem::path& daemons_dir, const FetchProgress& progress,
                          IfPresent if_present = IfPresent::Keep);

// The flavours that can be fetched.
std::vector<std::string> fetchable_flavours();

// Fetches the daemon of that flavour from where it usually comes from. Throws UsageError for a
// flavour that cannot be fetched.
FetchedDaemon fetch_daemon(std::string_view flavour, const std::filesystem::path& daemons_dir,
                           const FetchProgress& progress, IfPresent if_present = IfPresent::Keep);

}  // namespace noderig
