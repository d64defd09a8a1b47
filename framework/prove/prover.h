// Finds out whether a scenario can fail: runs it (or one of its sub-tests alone) again and again,
// each time with one thing changed in what the rig receives, and counts how often it failed.
//
// Only what a scenario reads is held against it. Of a message that is known: the peer hands it out.
// A reply's members are withheld instead: those whose absence goes unnoticed were not read, and
// a change that goes unnoticed is held against the scenario only when the removal of that very
// value does not.
//
// Belongs to the runner's thread.
#pragma once

#include <noderig/framework/node/profile.h>
#include <noderig/framework/prove/survivors.h>
#include <noderig/framework/prove/tamper.h>
#include <noderig/framework/runner/runner.h>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace noderig::prove {

struct ProveOptions {
  int most = 40;  // changes tried a scenario
  std::uint64_t seed = 0;
};

// Runs these executions, several at a time, and returns them in order; nothing for those that did
// not come to an end because the user wants to stop.
using RunBatch =
    std::function<std::vector<std::optional<Execution>>(const std::vector<PlannedExecution>&)>;

// What is shown while it goes on: "follows_each_choice" and the like.
using Say = std::function<void(const std::string& line)>;

struct Survivor {
  std::string what;
  std::string where;
  std::string change;
  std::string why;  // it is accepted; empty when it is not
};

struct Proof {
  std::string scenario;
  int tampered = 0;  // changes of what the scenario reads
  int noticed = 0;
  int unread = 0;       // changes that it could not have noticed
  int not_reached = 0;  // changes whose place did not come up again
  std::vector<Survivor> survived{};
  std::vector<std::string> crashes{};  // the change and how the worker ended
  std::string skipped{};               // why it cannot run here
  std::string failed{};                // why it fails when nothing is changed
  bool interrupted = false;

  // Nothing when there was nothing to notice.
  std::optional<double> score() const;
  // "preciousblock: noticed 11 of 11 changes, score 1.00 (1 were not read)"
  std::string summary() const;
  bool any_unexplained() const;
};

void to_json(nlohmann::json& json, const Proof& proof);

class Prover {
 public:
  Prover(Scenario scenario, DaemonProfile daemon, ProveOptions options, RunBatch run, Say say);

  Proof prove();

 private:
  // What is run at a time: a sub-test alone, or a whole scenario that has none.
  struct Unit {
    std::vector<std::string> subtests;
    double seconds = 0;  // as it runs with nothing changed
    std::vector<Point> points{};
    std::set<Member> members{};  // of its replies
    std::set<Member> read{};
  };

  // Members of which at least one is read.
  struct Suspects {
    std::size_t unit;
    std::vector<Member> members;
  };

  struct Trial {
    std::size_t unit;
    Point point;
    std::uint64_t seed;
  };

  enum class Outcome { Noticed, Survived, NotReached, Crashed, Interrupted };

  struct Result {
    Outcome outcome;
    std::string text;  // the change; how the worker crashed
  };

  void record();
  void find_what_is_read();
  void divide(std::vector<Suspects> suspects);
  std::vector<Trial> choose() const;
  std::vector<Result> carry_out(const std::vector<Trial>& trials);
  void weigh(const std::vector<Trial>& trials, const std::vector<Result>& results);
  std::vector<std::size_t> keep_read(const std::vector<std::size_t>& doubtful,
                                     const std::vector<Trial>& trials,
                                     std::optional<Point> (*removal)(const Point&));
  PlannedExecution plan(const Unit& unit, Order order) const;
  bool withheld(const Unit& unit, const Point& point) const;

  const Scenario scenario_;
  const DaemonProfile daemon_;
  const ProveOptions options_;
  const RunBatch run_;
  const Say say_;
  const AcceptedSurvivors accepted_;
  std::vector<Unit> units_;
  Proof proof_;
};

}  // namespace noderig::prove
