#include <noderig/framework/node/daemon_fetch.h>

#include <noderig/framework/errors.h>
#include <noderig/framework/nearest.h>
#include <noderig/framework/node/fetch/fetch_support.h>
#include <algorithm>

namespace noderig {
namespace {

namespace fs = std::filesystem;

const fetch::Recipe* const kRecipes[] = {&fetch::kKnots, &fetch::kBcoin};

}  // namespace

std::vector<std::string> fetchable_flavours() {
  std::vector<std::string> names;
  for (const fetch::Recipe* recipe : kRecipes) names.emplace_back(recipe->flavour);
  return names;
}

std::optional<FetchedDaemon> find_fetched(const fs::path& daemons_dir, std::string_view flavour) {
  const auto* recipe =
      std::ranges::find(kRecipes, flavour, [](const fetch::Recipe* one) { return one->flavour; });
  if (recipe == std::end(kRecipes)) return std::nullopt;
  const fs::path home = fs::absolute(daemons_dir) / flavour;
  std::error_code missing;
  const fs::path version = fs::read_symlink(home / "current", missing);
  const fs::path program = home / version / (*recipe)->program;
  if (missing || !fetch::executable(program)) return std::nullopt;
  return FetchedDaemon{std::string(flavour), version.string(), program};
}

FetchedDaemon fetch_daemon(std::string_view flavour, const fs::path& daemons_dir,
                           const FetchProgress& progress, IfPresent if_present) {
  if (if_present == IfPresent::Keep) {
    if (const auto there = find_fetched(daemons_dir, flavour)) return *there;
  }
  if (flavour == fetch::kKnots.flavour) {
    return fetch_knots(daemons_dir, system_package_source(), progress, if_present);
  }
  if (flavour == fetch::kBcoin.flavour) return fetch_bcoin(daemons_dir, progress, if_present);
  throw UsageError("no daemon \"" + std::string(flavour) + "\" can be fetched" +
                   did_you_mean(std::string(flavour), fetchable_flavours()));
}

}  // namespace noderig
