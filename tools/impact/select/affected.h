// Which recorded tests each change can affect. Value types and pure functions; any thread.
#pragma once

#include <impact/model/change.h>
#include <impact/record/recording.h>
#include <impact/select/references.h>
#include <vector>

namespace noderig::impact {

using TestIndex = std::size_t;  // in Recording::tests

// One change's tests, ascending, and what they had to have executed.
struct ChangeReach {
  Reach targets{};    // where the change is
  Reach receivers{};  // of an LC: where objects of the class come from
  std::vector<TestIndex> tests{};
};

// The tests that executed one of the functions, or all when none is needed.
std::vector<TestIndex> tests_reaching(const Recording& recording, const Reach& reach);

// For every change of the diff, in its order. `before` is the version that was recorded.
std::vector<ChangeReach> affected_by(const Diff& diff, const Recording& recording,
                                     const References& before);

}  // namespace noderig::impact
