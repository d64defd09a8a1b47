// bcoin from npm.
#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/framework/node/fetch/fetch_support.h>
#include <noderig/framework/node/search_path.h>
#include <nlohmann/json.hpp>

namespace noderig {
namespace fetch {

const Recipe kBcoin{.flavour = "bcoin", .program = "bcoin", .title = "bcoin"};

}  // namespace fetch
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// What is asked for by name; the rest are packages that these name, and npm checks them against its
// registry's hashes. The leveldown that bcoin 1.0.2 names loads on no present Node.js; 6.1.1 brings
// a native part that is built already. `bindings` is loaded by packages that do not name it.
struct Pinned {
  std::string_view name;
  std::string_view version;
  std::string_view integrity;
};
constexpr Pinned kBcoinPackage{
    "bcoin", "1.0.2",
    "sha512-eG7j7giwjWHa6et1ZSTgqELRKOFRaQYWDdpA0AbQQO1Xw5K8nqIDPuXySwO18Y9S2Ik+VkvAqL6IlmfnYzA3mw="
    "="};
constexpr Pinned kLeveldown{"leveldown", "6.1.1",
                            "sha512-88c+E+Eizn4CkQOBHwqlCJaTNEjGpaEIikn1S+cINc5E9HEvJ77bqY4JY/"
                            "HxT5u0caWqsc3P3DcFIKBI1vHt+A=="};
constexpr Pinned kBindings{"bindings", "1.5.0",
                           "sha512-p2q/t/mhvuOj/UeLlV6566GD/"
                           "guowlr0hHxClI0W9m7MWYkL1F0hLo+0Aexs9HSPCtR1SXQ0TD3MMKrXZajbiQ=="};

void check_tools() {
  std::string missing;
  if (find_on_path("node").empty()) missing += " nodejs";
  if (find_on_path("npm").empty()) missing += " npm";
  if (missing.empty()) return;
  throw EnvironmentError(fmt::format(
      "it takes Node.js and npm, and this is missing:{0}. On Debian: apt-get install{0}", missing));
}

// Whether npm has put there what is pinned. Its notes list every package with the hash it checked.
void check_pinned(const fs::path& tree) {
  const Json notes =
      Json::parse(read_file(tree / "node_modules" / ".package-lock.json"), nullptr, false);
  for (const Pinned& pinned : {kBcoinPackage, kLeveldown, kBindings}) {
    const Json there =
        notes.is_object()
            ? notes.value(
                  Json::json_pointer(fmt::format("/packages/node_modules~1{}", pinned.name)),
                  Json::object())
            : Json::object();
    const auto version = there.value("version", "none");
    const auto integrity = there.value("integrity", "none");
    if (version == pinned.version && integrity == pinned.integrity) continue;
    throw EnvironmentError(
        fmt::format("npm installed {} {} with the hash {}, where {} with {} was expected",
                    pinned.name, version, integrity, pinned.version, pinned.integrity));
  }
}

void install(const fs::path& tree, const fs::path& work) {
  fs::create_directories(tree);
  const Json wanted = {
      {"private", true},
      {"dependencies",
       {{kBcoinPackage.name, kBcoinPackage.version}, {kBindings.name, kBindings.version}}},
      {"overrides", {{kLeveldown.name, kLeveldown.version}}}};
  fetch::write_file(tree / "package.json", wanted.dump(1) + "\n");
  // No script of a package runs. The cache is npm's own business elsewhere.
  fetch::must_run({"npm", "install", "--prefix", tree.string(), "--cache",
                   (work / "cache").string(), "--ignore-scripts", "--no-audit", "--no-fund",
                   "--no-update-notifier", "--no-package-lock", "--loglevel=error"});
  check_pinned(tree);
  fetch::write_script(tree / fetch::kBcoin.program, R"(#!/bin/sh
# Runs bcoin with the packages installed beside it and without native modules but the database's.
self=$0
[ -L "$self" ] && self=$(readlink -f "$self")
here=${self%/*}
NODE_BACKEND=js exec node "$here/node_modules/bcoin/bin/node" "$@"
)");
  // Everything that a node loads, the native part of its database too.
  fetch::must_run({"node", "--eval",
                   "const path = process.argv[1] + '/node_modules/';"
                   "require(path + 'bcoin/lib/node/fullnode'); require(path + 'leveldown');",
                   tree.string()},
                  {"NODE_BACKEND=js"});
}

}  // namespace

FetchedDaemon fetch_bcoin(const fs::path& daemons_dir, const FetchProgress& progress,
                          IfPresent if_present) {
  return fetch::fetch_in_turn(fetch::kBcoin, daemons_dir, progress, if_present,
                              [&](const fs::path& home, const fs::path& work) {
                                const std::string version(kBcoinPackage.version);
                                if (fetch::executable(home / version / fetch::kBcoin.program))
                                  return version;
                                check_tools();
                                progress(fmt::format("installing bcoin {} with npm", version));
                                install(work / "tree", work);
                                fetch::place_tree(work / "tree", home / version);
                                return version;
                              });
}

}  // namespace noderig
