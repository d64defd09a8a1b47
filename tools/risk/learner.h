// The `risk` order: a mixture of ways to read a test's past, weighted by how well each would have
// ordered the cycles so far. Nothing in it is fitted to one project: on data where only the newest
// verdict matters, the readings that forget fast gain the weight, elsewhere the others. Owned by
// one replay; one thread.
#pragma once

#include "metrics.h"
#include "replay_history.h"

namespace noderig::risk {

class Learner {
 public:
  Learner();

  // One score a row, from earlier cycles alone: log-odds of failure. Rows of a name share theirs.
  std::vector<double> score(const ReplayHistory& history, const Cycle& cycle) const;

  // Takes in how each way would have ordered a cycle, before `history` learns it.
  void learn(const ReplayHistory& history, const Cycle& cycle);

 private:
  // One way to see the past.
  struct Way {
    Reading reading;
    std::size_t decay;  // index into kDecays
    double gained = 0;  // sum of its APFD over the cycles so far
  };
  std::vector<double> weights() const;

  std::vector<Way> ways_;
};

// Rows by score, the greatest first, equal ones as listed.
Order by_score(const std::vector<double>& scores);

}  // namespace noderig::risk
