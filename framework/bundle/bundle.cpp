#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/bundle/bundle.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/framework/nearest.h>
#include <sys/stat.h>
#include <algorithm>
#include <fstream>

namespace noderig {
namespace fs = std::filesystem;
using Json = nlohmann::json;
namespace {

template <typename T>
void take(const Json& json, const char* name, T& value) {
  if (const auto found = json.find(name); found != json.end()) found->get_to(value);
}

// The first of those whose name is `word` or, when only one does, begins with it; null when there
// is none.
template <typename Name>
const BundlePlace* one_named(const std::vector<BundlePlace>& places, const std::string& word,
                             Name name) {
  const BundlePlace* found = nullptr;
  for (const BundlePlace& place : places) {
    if (name(place) == word) return &place;
    if (!name(place).starts_with(word)) continue;
    if (found != nullptr && name(*found) != name(place)) {
      throw UsageError(
          fmt::format("\"{}\" is the beginning of {} and of {}", word, name(*found), name(place)));
    }
    if (found == nullptr) found = &place;
  }
  return found;
}

template <typename Name>
std::vector<std::string> names_of(const std::vector<BundlePlace>& places, Name name) {
  std::vector<std::string> names;
  for (const BundlePlace& place : places) names.push_back(name(place));
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

const auto kRunOf = [](const BundlePlace& place) { return place.run; };
const auto kScenarioOf = [](const BundlePlace& place) { return place.scenario; };

}  // namespace

void to_json(Json& json, const BundleFacts& facts) {
  Json nodes = Json::array();
  for (const BundleNode& node : facts.nodes) {
    nodes.push_back({{"name", node.name}, {"arguments", node.arguments}});
  }
  json = {
      {"schema", 1},
      {"run", facts.run},
      {"scenario", facts.scenario},
      {"subtests", facts.subtests},
      {"daemon", {{"flavour", facts.flavour}, {"version", facts.version}, {"path", facts.path}}},
      {"seed", facts.seed},
      {"command", facts.command},
      {"verdict", facts.verdict},
      {"reason", facts.reason},
      {"step", facts.step},
      {"wall", facts.wall},
      {"nodes", std::move(nodes)}};
}

void from_json(const Json& json, BundleFacts& facts) {
  take(json, "run", facts.run);
  take(json, "scenario", facts.scenario);
  take(json, "subtests", facts.subtests);
  if (const auto daemon = json.find("daemon"); daemon != json.end()) {
    take(*daemon, "flavour", facts.flavour);
    take(*daemon, "version", facts.version);
    take(*daemon, "path", facts.path);
  }
  take(json, "seed", facts.seed);
  take(json, "command", facts.command);
  take(json, "verdict", facts.verdict);
  take(json, "reason", facts.reason);
  take(json, "step", facts.step);
  take(json, "wall", facts.wall);
  if (const auto nodes = json.find("nodes"); nodes != json.end()) {
    for (const Json& node : *nodes) {
      facts.nodes.push_back({node.at("name"), node.value("arguments", std::vector<std::string>())});
    }
  }
}

void write_bundle_facts(const fs::path& bundle, const BundleFacts& facts) {
  const fs::path file = bundle / kBundleFactsName;
  std::ofstream out(file);
  out << Json(facts).dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
  if (!out.flush()) throw EnvironmentError("cannot write " + file.string());
}

std::optional<BundleFacts> read_bundle_facts(const fs::path& bundle) {
  try {
    const Json json = Json::parse(read_file(bundle / kBundleFactsName));
    if (json.is_object()) return json.get<BundleFacts>();
  } catch (const Json::exception&) {
    // Of another version, or cut off by a disk that was full.
  }
  return std::nullopt;
}

std::vector<BundlePlace> list_bundles(const fs::path& bundles) {
  std::vector<BundlePlace> places;
  std::error_code error;
  for (const auto& run : fs::directory_iterator(bundles, error)) {
    for (const auto& scenario : fs::directory_iterator(run.path(), error)) {
      if (!scenario.is_directory(error)) continue;
      places.push_back({scenario.path(), run.path().filename().string(),
                        scenario.path().filename().string(), scenario.last_write_time(error)});
    }
  }
  // The names of runs begin with the time.
  std::ranges::sort(places, [](const BundlePlace& a, const BundlePlace& b) {
    return std::tie(a.run, a.time, a.scenario) < std::tie(b.run, b.time, b.scenario);
  });
  return places;
}

std::vector<BundlePlace> bundles_of_run(const std::vector<BundlePlace>& all,
                                        const std::string& run) {
  if (all.empty()) throw UsageError("there is no bundle: no scenario has failed, or kept its own");
  const BundlePlace* one = run == "last" ? &all.back() : one_named(all, run, kRunOf);
  if (one == nullptr) {
    throw UsageError(fmt::format("there is no bundle of a run \"{}\"{}", run,
                                 did_you_mean(run, names_of(all, kRunOf))));
  }
  std::vector<BundlePlace> found;
  std::ranges::copy_if(all, std::back_inserter(found),
                       [&](const BundlePlace& place) { return place.run == one->run; });
  return found;
}

BundlePlace bundle_of_scenario(const std::vector<BundlePlace>& run, const std::string& scenario) {
  if (const BundlePlace* one = one_named(run, scenario, kScenarioOf)) return *one;
  throw UsageError(fmt::format("the run {} has no bundle of \"{}\"; it has {}", run.front().run,
                               scenario, fmt::join(names_of(run, kScenarioOf), ", ")));
}

std::uintmax_t size_of_bundle(const fs::path& bundle) {
  constexpr std::uintmax_t kBlock = 512;  // the unit of st_blocks
  std::uintmax_t size = 0;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(bundle, error)) {
    struct stat status {};
    if (::lstat(entry.path().c_str(), &status) == 0) {
      size += static_cast<std::uintmax_t>(status.st_blocks) * kBlock;
    }
  }
  return size;
}

}  // namespace noderig
