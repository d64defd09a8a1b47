// From the facts of two versions to the atomic changes between them. Pure functions; any thread.
#pragma once

#include <impact/model/change.h>
#include <impact/source/source_tree.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace noderig::impact {

// The changes of the programs alone.
Diff diff(const Program& before, const Program& after);

// Files that differ between the trees, except those that one of `ignored` (globs) matches; a
// submodule with a slash at the end.
std::vector<std::string> changed_files(const SourceTree& before, const SourceTree& after,
                                       const std::vector<std::string>& ignored);

// Why such files mean that everything may have changed: build files, and whatever is no source of a
// unit.
std::vector<Reason> file_reasons(const std::vector<std::string>& changed, const Program& before,
                                 const Program& after);

// What `impact diff --json` prints: the contract of machine output.
nlohmann::json to_json(const Diff& diff);

// A version as people read it: the beginning of a commit's hash, or "the work tree".
std::string short_name(const std::string& revision);

// The same for people: by file, with lookups as sentences.
std::string to_text(const Diff& diff);

}  // namespace noderig::impact
