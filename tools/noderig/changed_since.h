// What change impact analysis says of scenarios: asked of noderig-impact, the program beside this
// one. One thread.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace noderig {

struct ChangedSince {
  // Scenarios that the change can affect, those first that are to run first, with why.
  std::vector<std::string> affected{};
  std::map<std::string, std::vector<std::string>> reasons{};
  // Recorded ones that it cannot affect. Of any other scenario nothing is known.
  std::set<std::string> unaffected{};
  nlohmann::json selection{};  // all that impact analysis said
};

// Compares the work tree one stands in with a revision of it whose scenarios were recorded
// (`noderig impact record --daemon PATH`); where that cannot be done, everything is affected.
// Throws UsageError when there is no such revision, EnvironmentError when noderig-impact is not
// there or cannot work. `ignored` are globs of files that no scenario reads.
ChangedSince changed_since(const std::string& revision, const std::vector<std::string>& ignored);

// The same from what `noderig impact select --json` prints.
ChangedSince changed_since_from(const std::string& json);

}  // namespace noderig
