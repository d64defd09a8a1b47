// The burn-down: how much risk remains while tests run. A pass removes a test's risk, a failure
// keeps it, scope that is added raises it. Value types; any thread.
#pragma once

#include "rank.h"

namespace noderig::risk {

struct BurndownPoint {
  std::string test{};  // empty at the beginning
  std::string what{};  // passed, failed, skipped, added
  double seconds = 0;  // elapsed
  int low = 0;         // remaining, by level
  int medium = 0;
  int high = 0;

  int remaining() const { return low + medium + high; }
};

class Burndown {
 public:
  // Adds risk before or while tests run. A test without a value adds none.
  void add(const std::string& test, std::optional<int> risk, double seconds = 0);
  // The first point after all that was there from the beginning.
  void begin();
  // A failure after a pass puts the risk back. A verdict of a test that was not added changes
  // nothing but the time.
  void ended(const std::string& test, RunVerdict verdict, double seconds);

  const std::vector<BurndownPoint>& points() const { return points_; }

 private:
  struct Held {
    int risk = 0;
    bool open = true;  // the test has not passed
  };

  void set_open(Held& held, bool open);
  void point(const std::string& test, const std::string& what, double seconds);

  std::map<std::string, Held> tests_;
  BurndownPoint now_;  // what remains
  std::vector<BurndownPoint> points_;
  bool begun_ = false;
};

// The tests of a ranking in its order, all passing: what the plan promises.
Burndown planned_burndown(const Ranking& ranking, const Register& tests);

std::string burndown_text(const Burndown& burndown, bool colour);
nlohmann::json to_json(const Burndown& burndown);
// A part of a page: remaining risk over tests and over time, by level, with the ideal line. Its
// headings are of that level.
std::string burndown_html(const Burndown& burndown, int heading = 2);

}  // namespace noderig::risk
