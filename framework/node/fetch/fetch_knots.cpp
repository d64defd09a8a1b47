// Bitcoin Knots from Debian's packages.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/command.h>
#include <noderig/framework/node/fetch/fetch_support.h>
#include <optional>
#include <sstream>

namespace noderig {
namespace fetch {

const Recipe kKnots{.flavour = "knots", .program = "bitcoind", .title = "Knots"};

}  // namespace fetch
namespace {

namespace fs = std::filesystem;
using fetch::executable;
using fetch::kUseAnother;
using fetch::must_run;
using fetch::place_tree;
using fetch::write_file;
using fetch::write_script;

constexpr std::string_view kPackage = "bitcoin-knots";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// apt-get and apt-cache with state, cache and sources of their own under one directory, so that
// they neither read the system's package lists nor change anything outside.
class PrivateApt {
 public:
  PrivateApt(fs::path directory, const PackageSource& source)
      : directory_(std::move(directory)), source_(source) {
    for (const char* folder : {"state/lists/partial", "cache/archives/partial", "etc"}) {
      fs::create_directories(directory_ / folder);
    }
    // What the package needs to be installed, not to run, counts as there: it would bring systemd.
    write_file(
        directory_ / "status",
        "Package: noderig-not-needed\nStatus: install ok installed\nVersion: 1\n"
        "Architecture: all\nMaintainer: noderig\nDescription: stands for what is not needed\n"
        "Provides: debconf, debconf-2.0, systemd-sysusers\n\n");
    // Read after the system's own configuration, which may name a proxy and keeps its say in that;
    // its hooks would touch the system.
    write_file(config(), fmt::format(R"(#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
Dir::State "{0}/state";
Dir::State::status "{0}/status";
Dir::Cache "{0}/cache";
Dir::Etc "{0}/etc";
Dir::Etc::sourcelist "sources.list";
Dir::Log "{0}";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
APT::Get::AllowUnauthenticated "false";
APT::Update::Error-Mode "any";
APT::Install-Recommends "false";
APT::Sandbox::User "";
)",
                                     directory_.string()));
  }

  // Makes the packages of one suite known. Fails when a signature is missing or wrong.
  void update(const std::string& suite) {
    fs::remove_all(directory_ / "state/lists");
    fs::create_directories(directory_ / "state/lists/partial");
    std::string architecture = must_run({"dpkg", "--print-architecture"});
    while (architecture.ends_with('\n')) architecture.pop_back();
    write_file(directory_ / "etc/sources.list",
               fmt::format("deb [arch={} signed-by={}] {} {} main\n", architecture,
                           source_.keyring.string(), source_.uri, suite));
    must_run({"apt-get", "-c", config().string(), "-qq", "update"});
  }

  // The version of `package` in the suite; nothing when the suite has none.
  std::optional<std::string> candidate(std::string_view package) {
    const CommandResult shown = run_command(
        {"apt-cache", "-c", config().string(), "--no-all-versions", "show", std::string(package)});
    for (const std::string& line : lines_of(shown.out)) {
      if (line.starts_with("Version: ")) return line.substr(9);
    }
    return std::nullopt;
  }

  // Downloads `package` and all it depends on; returns the files.
  std::vector<fs::path> download(std::string_view package) {
    must_run({"apt-get", "-c", config().string(), "-qq", "-y", "--download-only", "install",
              std::string(package)});
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory_ / "cache/archives")) {
      if (entry.path().extension() == ".deb") files.push_back(entry.path());
    }
    return files;
  }

 private:
  fs::path config() const { return directory_ / "apt.conf"; }

  fs::path directory_;
  PackageSource source_;
};

fs::path find_loader(const fs::path& unpacked) {
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(unpacked)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("ld-linux") && entry.is_regular_file() && !entry.is_symlink())
      return entry.path();
  }
  throw EnvironmentError(
      fmt::format("no dynamic loader (ld-linux*) among the packages of {}", kPackage));
}

// Copies the libraries that `program` loads, as its own loader finds them.
void copy_libraries(const fs::path& loader, const fs::path& program, const fs::path& unpacked,
                    const fs::path& destination) {
  const std::string listed = must_run({loader.string(), "--inhibit-cache", "--library-path",
                                       loader.parent_path().string(), "--list", program.string()});
  for (const std::string& line : lines_of(listed)) {
    // "libz.so.1 => /path/libz.so.1 (0x00007f...)"
    constexpr std::string_view kArrow = " => ";
    const auto arrow = line.find(kArrow);
    const auto address = line.rfind(" (0x");
    if (arrow == std::string::npos || address == std::string::npos) continue;
    const auto begin = arrow + kArrow.size();
    if (address <= begin || line[begin] != '/') continue;
    const fs::path library = line.substr(begin, address - begin);
    if (library.filename() == loader.filename()) continue;
    if (!library.string().starts_with(unpacked.string() + "/")) {
      throw EnvironmentError(fmt::format("{} of {} is not among its packages: {}",
                                         library.filename().string(), program.filename().string(),
                                         line));
    }
    fs::copy_file(library, destination / library.filename(), fs::copy_options::skip_existing);
  }
}

// Puts a program, its libraries and a wrapper that joins them into `tree`.
void place_program(const std::string& name, const fs::path& unpacked, const fs::path& tree) {
  const fs::path loader = find_loader(unpacked);
  fs::create_directories(tree / "bin");
  fs::create_directories(tree / "lib");
  const fs::path program = tree / "bin" / name;
  fs::copy_file(unpacked / "usr/bin" / name, program);
  fs::copy_file(loader, tree / "lib" / loader.filename(), fs::copy_options::skip_existing);
  copy_libraries(loader, program, unpacked, tree / "lib");
  write_script(tree / name, fmt::format(R"(#!/bin/sh
# Runs {0} with the dynamic loader and the libraries fetched with it.
self=$0
[ -L "$self" ] && self=$(readlink -f "$self")
here=${{self%/*}}
exec "$here/lib/{1}" --library-path "$here/lib" --argv0 "$0" "$here/bin/{0}" "$@"
)",
                                        name, loader.filename().string()));
}

// The result of a fetch, in place, from downloaded packages.
void unpack(const std::vector<fs::path>& packages, const fs::path& work,
            const fs::path& destination) {
  const fs::path unpacked = work / "unpacked";
  const fs::path tree = work / "tree";
  fs::create_directories(unpacked);
  for (const fs::path& package : packages) {
    must_run({"dpkg-deb", "--extract", package.string(), unpacked.string()});
  }
  place_program("bitcoind", unpacked, tree);
  place_program("bitcoin-cli", unpacked, tree);
  // Without a data directory of its own it would create ~/.bitcoin even for this.
  must_run({(tree / "bitcoind").string(), "-datadir=" + work.string(), "-version"});
  place_tree(tree, destination);
}

// Fetches what the first suite that has the package offers; its version.
std::string fetch_from(const PackageSource& source, const fs::path& home, const fs::path& work,
                       const FetchProgress& progress) {
  PrivateApt apt(work / "apt", source);
  for (const std::string& suite : source.suites) {
    progress(fmt::format("reading the package index of Debian {}", suite));
    apt.update(suite);
    const std::optional<std::string> version = apt.candidate(kPackage);
    if (!version) continue;
    const fs::path destination = home / *version;
    if (executable(destination / fetch::kKnots.program)) return *version;
    progress(fmt::format("downloading {} {} and its libraries", kPackage, *version));
    const std::vector<fs::path> packages = apt.download(kPackage);
    progress(fmt::format("unpacking {} packages", packages.size()));
    unpack(packages, work, destination);
    return *version;
  }
  throw EnvironmentError(fmt::format("the package {} is in none of the suites {} of {}", kPackage,
                                     fmt::join(source.suites, ", "), source.uri));
}

fs::path debian_keyring() {
  for (const char* path : {"/usr/share/keyrings/debian-archive-keyring.gpg",
                           "/usr/share/keyrings/debian-archive-keyring.pgp"}) {
    if (fs::exists(path)) return path;
  }
  throw EnvironmentError(fmt::format(
      "no Debian archive keyring in /usr/share/keyrings, and without it no package can be trusted. "
      "On Debian: apt-get install debian-archive-keyring. {}",
      kUseAnother));
}

// The first archive whose lists apt-get has with Debian's name on them.
std::optional<std::string> known_mirror() {
  const std::vector<std::string> uris = lines_of(must_run(
      {"apt-get", "indextargets", "--format", "$(REPO_URI)", "Origin: Debian", "Label: Debian"}));
  if (uris.empty()) return std::nullopt;
  return uris.front();
}

// The same before the first `apt-get update`, when only the addresses are known: the main archive's
// path ends in /debian everywhere, and its component main tells it from other vendors'.
std::optional<std::string> configured_mirror() {
  const std::string listed = must_run({"apt-get", "indextargets", "--no-release-info", "--format",
                                       "$(REPO_URI)", "Component: main"});
  for (const std::string& uri : lines_of(listed)) {
    if (uri.ends_with("/debian") || uri.ends_with("/debian/")) return uri;
  }
  return std::nullopt;
}

}  // namespace

PackageSource system_package_source() {
  if (!executable("/usr/bin/apt-get") || !executable("/usr/bin/dpkg-deb")) {
    throw EnvironmentError(
        fmt::format("Knots is fetched from Debian's packages, which takes apt-get and dpkg-deb, "
                    "and they are not here. {}",
                    kUseAnother));
  }
  std::optional<std::string> uri = known_mirror();
  if (!uri) uri = configured_mirror();
  if (!uri) {
    throw EnvironmentError(fmt::format(
        "apt-get of this system knows no Debian mirror (apt-get indextargets), so Knots cannot be "
        "fetched. {}",
        kUseAnother));
  }
  return {.uri = *uri, .keyring = debian_keyring()};
}

FetchedDaemon fetch_knots(const fs::path& daemons_dir, const PackageSource& source,
                          const FetchProgress& progress, IfPresent if_present) {
  const fs::path home = fs::absolute(daemons_dir) / fetch::kKnots.flavour;
  if (home.string().find_first_of(":;\"\n") != std::string::npos) {
    throw EnvironmentError(fmt::format(
        "cannot fetch Knots: {} cannot hold it: the dynamic loader's and apt-get's settings allow "
        "no colon, semicolon, quote or line break in a path. Set NODERIG_HOME to another "
        "directory.\n{}",
        home.string(), kUseAnother));
  }
  return fetch::fetch_in_turn(fetch::kKnots, daemons_dir, progress, if_present,
                              [&](const fs::path& place, const fs::path& work) {
                                return fetch_from(source, place, work, progress);
                              });
}

}  // namespace noderig
