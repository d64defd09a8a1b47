// Two source trees compared from beginning to end: analysis of both, file-level reasons, changes.
#pragma once

#include <impact/analysis/analyse.h>
#include <impact/diff/diff.h>
#include <string>
#include <vector>

namespace noderig::impact {

struct Comparison {
  Program before{};
  Program after{};
  Diff diff{};
  std::vector<std::string> changed{};  // files that differ
};

// `ignored`: globs of files that no test reads.
Comparison compare(Analyser& analyser, SourceTree& before, SourceTree& after,
                   const std::vector<std::string>& ignored);

}  // namespace noderig::impact
