#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/first_line.h>
#include <noderig/framework/node/command.h>
#include <noderig/framework/node/flavours/flavour.h>
#include <noderig/framework/node/profile.h>
#include <noderig/framework/runner/workspace.h>
#include <algorithm>

namespace noderig {
namespace {

using Json = nlohmann::json;

}  // namespace

bool DaemonProfile::can(std::string_view capability) const {
  const auto named = [&](std::string_view prefix, const std::set<std::string>& known) {
    return capability.starts_with(prefix) &&
           known.contains(std::string(capability.substr(prefix.size())));
  };
  const std::string behaviour(capability);
  const auto always = [&](const Flavour* one) {
    return one->name == flavour && one->always.contains(behaviour);
  };
  return named("rpc:", rpcs) || named("option:", options) || behaviours.contains(behaviour) ||
         std::ranges::any_of(flavours(), always);
}

std::string DaemonProfile::lacks(const std::vector<std::string>& needs,
                                 const std::vector<std::string>& arguments) const {
  const auto sentence = [this](std::string_view what) {
    return fmt::format("{} lacks {}", to_string(), what);
  };
  for (const std::string& need : needs) {
    if (!can(need)) return sentence(need);
  }
  for (const std::string& argument : arguments) {
    if (flavour_named(flavour).argument(argument)) continue;
    const auto begin = argument.find_first_not_of('-');
    return sentence("option:" + argument.substr(begin, argument.find('=') - begin));
  }
  return {};
}

void to_json(Json& json, const DaemonProfile& profile) {
  json = {{"flavour", profile.flavour},
          {"version", profile.version},
          {"path", profile.executable.string()},
          {"options", profile.options},
          {"rpcs", profile.rpcs},
          {"behaviours", profile.behaviours}};
}

void from_json(const Json& json, DaemonProfile& profile) {
  json.at("flavour").get_to(profile.flavour);
  json.at("version").get_to(profile.version);
  profile.executable = json.at("path").get<std::string>();
  json.at("options").get_to(profile.options);
  json.at("rpcs").get_to(profile.rpcs);
  json.at("behaviours").get_to(profile.behaviours);
}

std::vector<std::pair<std::string, std::string>> known_behaviours() {
  return {{"wallet", "built with a wallet"},
          {"zmq", "publishes notifications by ZMQ"},
          {"verifychain-answers", "verifychain says whether the chain holds"},
          {"script-check-log", "logs why a block's scripts are or are not checked"},
          {"punish-loopback", "drops a peer that sends an invalid block from a loopback address"},
          {"unrequested-blocks", "takes a block that it was not told of and did not ask for"},
          {"names-missing-fee", "a wallet says when its coins cover the amount but not the fee"},
          {"fund-options-true", "fundrawtransaction takes true for the option includeWatching"},
          {"sendcmpct-announce-checked", "drops a peer whose sendcmpct announces neither 0 nor 1"},
          {"getblocktxn-not-empty", "drops a peer that asks for no transactions of a block"},
          {"blocktxn-once", "drops a peer that sends wrong transactions of a block twice"},
          {"cmpctblock-asked-for", "ignores compact blocks that it did not ask for"}};
}

std::vector<std::string> default_arguments(const DaemonProfile& profile) {
  return flavour_named(profile.flavour).default_arguments(profile);
}

DaemonProfile identify_daemon(const std::filesystem::path& executable) {
  // Even --version makes a data directory, in the user's home unless told otherwise.
  const ScratchDirectory scratch("identify");
  const CommandResult said =
      run_command({executable.string(), "--version", "-datadir=" + scratch.path().string()});
  const std::string banner = first_line(said.out);
  for (const Flavour* flavour : flavours()) {
    const auto version = flavour->version(executable, banner);
    if (!version) continue;
    return {.flavour = std::string(flavour->name),
            .version = *version,
            .executable = executable,
            .options = flavour->options(executable),
            .rpcs = {},
            .behaviours = {}};
  }
  throw EnvironmentError(fmt::format(
      "{} is not a daemon that noderig can drive: `{} --version` {}, where \"Bitcoin Core ... "
      "version v...\", \"Bitcoin Knots ... version v...\" or the number of a bcoin was expected",
      executable.string(), executable.string(),
      said.out.empty() ? fmt::format("printed nothing (status {})", said.status)
                       : fmt::format("printed \"{}\"", banner)));
}

}  // namespace noderig
