// What the fetching of every daemon has in common: one at a time, the work in a directory of its
// own, the result moved into place in one step. Private to the fetching; any thread.
#pragma once

#include <noderig/framework/node/daemon_fetch.h>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace noderig::fetch {

// How one flavour is fetched.
struct Recipe {
  std::string_view flavour;
  std::string_view program;  // what is run of a fetched version: DAEMONS/FLAVOUR/VERSION/PROGRAM
  std::string_view title;    // in sentences: "Knots"
};

extern const Recipe kKnots;
extern const Recipe kBcoin;

// Makes the version of a daemon complete in a directory and returns its name: looks for the version
// to fetch, and unless `home`/VERSION is there already, builds the tree in `work` and has it
// placed.
using Fetch = std::function<std::string(const std::filesystem::path& home,
                                        const std::filesystem::path& work)>;

// Runs `fetch` under the lock of the flavour, in a work directory that goes away, and makes the
// version it returns the current one. Throws EnvironmentError.
FetchedDaemon fetch_in_turn(const Recipe& recipe, const std::filesystem::path& daemons_dir,
                            const FetchProgress& progress, IfPresent if_present,
                            const Fetch& fetch);

// Moves a finished tree to its place, instead of one that lacks its program.
void place_tree(const std::filesystem::path& tree, const std::filesystem::path& destination);

// Runs a command that must succeed and returns its standard output.
std::string must_run(const std::vector<std::string>& argv,
                     std::vector<std::string> environment = {});

void write_file(const std::filesystem::path& path, const std::string& text);

// Writes a shell script that can be executed.
void write_script(const std::filesystem::path& path, const std::string& text);

bool executable(const std::filesystem::path& path);

// What to do instead, for the end of error texts.
inline constexpr std::string_view kUseAnother =
    "To use a daemon of your own instead: --daemon PATH, or NODERIG_DAEMON=PATH.";

}  // namespace noderig::fetch
