// What a failed scenario leaves: a directory RUN/SCENARIO below the home's bundles/, with the
// nodes' data directories, the recording and bundle.json, which says what it is a bundle of. Free
// functions on value types; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace noderig {

inline constexpr std::string_view kBundleFactsName = "bundle.json";

struct BundleNode {
  std::string name;
  std::vector<std::string> arguments{};  // of its latest start, without the program
};

// bundle.json.
struct BundleFacts {
  std::string run;
  std::string scenario;
  std::vector<std::string> subtests{};  // those that were asked for; empty: all
  std::string flavour{};                // the daemon's
  std::string version{};
  std::string path{};
  std::uint64_t seed = 0;
  std::string command{};  // that repeats it
  std::string verdict{};
  std::string reason{};
  std::string step{};  // the last one the runner heard of
  double wall = 0;     // seconds
  std::vector<BundleNode> nodes{};
};

void to_json(nlohmann::json& json, const BundleFacts& facts);
// Members that are missing stay as they are.
void from_json(const nlohmann::json& json, BundleFacts& facts);

// Throws EnvironmentError when it cannot be written.
void write_bundle_facts(const std::filesystem::path& bundle, const BundleFacts& facts);
// Nothing when the bundle has none that can be read: of an older version, say.
std::optional<BundleFacts> read_bundle_facts(const std::filesystem::path& bundle);

struct BundlePlace {
  std::filesystem::path path;
  std::string run;
  std::string scenario;  // the directory's name: a repeated scenario has a number behind its own
  std::filesystem::file_time_type time;
};

// Every bundle below `bundles`, the oldest run first.
std::vector<BundlePlace> list_bundles(const std::filesystem::path& bundles);

// The bundles of the run that `run` names: "last", its name, or a beginning of it that no other run
// has. Throws UsageError that says what there is.
std::vector<BundlePlace> bundles_of_run(const std::vector<BundlePlace>& all,
                                        const std::string& run);

// The one of `scenario` among the bundles of one run: its name or a beginning of it that no other
// has. Throws UsageError that says what there is.
BundlePlace bundle_of_scenario(const std::vector<BundlePlace>& run, const std::string& scenario);

// What its files take on the disk.
std::uintmax_t size_of_bundle(const std::filesystem::path& bundle);

}  // namespace noderig
