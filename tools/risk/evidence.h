// What the runs of a test tell of how likely it fails. Value types; any thread.
#pragma once

namespace noderig::risk {

// Decayed counts of failures and passes of one test.
struct Counts {
  double failed = 0;
  double passed = 0;

  void add(double share_failed, double decay) {
    failed = failed * decay + share_failed;
    passed = passed * decay + (1 - share_failed);
  }
  double probability(double rate, double strength) const {
    return (strength * rate + failed) / (strength + failed + passed);
  }
};

// Runs that count as evidence: neither skipped nor flaky failures.
struct Evidence {
  Counts counts{};
  int runs = 0;
  int failed = 0;
  int flaky = 0;  // failures whose test passed later on the same build
  bool failed_first = false;
};

}  // namespace noderig::risk
