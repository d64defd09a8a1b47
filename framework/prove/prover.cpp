#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/history/failure_class.h>
#include <noderig/framework/prove/prover.h>
#include <algorithm>
#include <filesystem>
#include <map>

namespace noderig::prove {
namespace {

using Json = nlohmann::json;

// A sub-test costs a few runs before anything is changed in it, so that few are taken for few
// changes.
constexpr int kChangesAUnit = 4;
// After that many rounds, all members that are still withheld are taken to be read.
constexpr int kMostRounds = 10;
// When what is read hides in more groups than that, all of them is taken to be.
constexpr std::size_t kMostGroups = 64;

// A run that is this much slower than the clean one hangs. Generous, since another may be running.
std::chrono::milliseconds time_for(double clean_seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>((2 + 4 * clean_seconds) * 1000));
}

// The member that a reply's path leads to or through, if it is one: positions at its end apart.
std::string member_pattern(std::string pattern) {
  while (pattern.ends_with("/*")) pattern.resize(pattern.size() - 2);
  return pattern;
}

std::string last_segment(const std::string& pattern) {
  return pattern.substr(pattern.rfind('/') + 1);
}

// What shows whether the thing that was changed is read at all; nothing where the change itself
// took it away, or is one of a whole call.
std::optional<Point> removal_for(const Point& changed) {
  Point point = changed;
  switch (changed.change) {
    case Change::Alter:
    case Change::Shorten:
      point.change = Change::Remove;
      return point;
    case Change::Repeat:
    case Change::AlterBit:
      point.change = Change::Lose;
      return point;
    default:
      return std::nullopt;
  }
}

// The same for an element of an array in which a member was changed, as a whole: one that is passed
// over on the way to another has its members read and does not matter. Nothing outside of arrays.
std::optional<Point> element_for(const Point& changed) {
  const std::size_t position = changed.pattern().rfind("/*/");
  if (changed.change != Change::Alter || position == std::string::npos) return std::nullopt;
  Point point = changed;
  point.change = Change::Remove;
  // Patterns and paths have their segments in common.
  const auto depth = std::ranges::count(changed.pattern().substr(0, position), '/') + 1;
  std::size_t end = 0;
  for (auto segment = depth; segment > 0; --segment) end = point.path.find('/', end + 1);
  point.path.resize(end);
  return point;
}

Report report_of(const Execution& execution) {
  return execution.tampering.is_null() ? Report() : execution.tampering.get<Report>();
}

}  // namespace

std::optional<double> Proof::score() const {
  if (tampered == 0) return std::nullopt;
  return static_cast<double>(noticed) / tampered;
}

std::string Proof::summary() const {
  std::vector<std::string> others;
  if (unread > 0) others.push_back(fmt::format("{} were not read", unread));
  if (not_reached > 0) others.push_back(fmt::format("{} were not reached", not_reached));
  const auto known = score();
  return fmt::format(
      "{}: {}{}{}", scenario,
      known ? fmt::format("noticed {} of {} changes, score {:.2f}", noticed, tampered, *known)
            : "nothing to change",
      others.empty() ? "" : fmt::format(" ({})", fmt::join(others, ", ")),
      interrupted ? ", interrupted" : "");
}

bool Proof::any_unexplained() const {
  return std::ranges::any_of(survived, [](const Survivor& one) { return one.why.empty(); });
}

void to_json(Json& json, const Proof& proof) {
  const auto text_or_null = [](const std::string& text) {
    return text.empty() ? Json() : Json(text);
  };
  Json survived = Json::array();
  for (const Survivor& one : proof.survived) {
    survived.push_back({{"what", one.what},
                        {"where", one.where},
                        {"change", one.change},
                        {"why", text_or_null(one.why)}});
  }
  json = {{"name", proof.scenario},
          {"tampered", proof.tampered},
          {"noticed", proof.noticed},
          {"score", proof.score() ? Json(*proof.score()) : Json()},
          {"survived", survived},
          {"unread", proof.unread},
          {"not_reached", proof.not_reached},
          {"crashes", proof.crashes},
          {"skipped", text_or_null(proof.skipped)},
          {"failed", text_or_null(proof.failed)},
          {"interrupted", proof.interrupted}};
}

Prover::Prover(Scenario scenario, DaemonProfile daemon, ProveOptions options, RunBatch run, Say say)
    : scenario_(std::move(scenario)),
      daemon_(std::move(daemon)),
      options_(options),
      run_(std::move(run)),
      say_(std::move(say)),
      accepted_(std::filesystem::path(scenario_.definition->source_file).parent_path() /
                kSurvivorsFile) {
  proof_.scenario = scenario_.name();
}

PlannedExecution Prover::plan(const Unit& unit, Order order) const {
  PlannedExecution planned{.scenario = scenario_,
                           .daemon = daemon_,
                           .daemon_name = daemon_.flavour,
                           .subtests = unit.subtests,
                           .tamper = std::move(order)};
  if (unit.seconds > 0) planned.timeout = time_for(unit.seconds);
  return planned;
}

Proof Prover::prove() {
  record();
  if (!units_.empty()) find_what_is_read();
  if (!proof_.interrupted && !units_.empty()) {
    const std::vector<Trial> trials = choose();
    say_(fmt::format("{} changes in {} parts", trials.size(), units_.size()));
    weigh(trials, carry_out(trials));
  }
  return proof_;
}

// Runs each unit once with nothing changed, and keeps those that pass.
void Prover::record() {
  std::mt19937_64 random(options_.seed);
  std::vector<Unit> units;
  for (const std::string& name : scenario_.metadata().subtests)
    units.push_back({.subtests = {name}});
  if (units.empty()) units.push_back({.subtests = {}});
  std::ranges::shuffle(units, random);
  const auto most = static_cast<std::size_t>((options_.most + kChangesAUnit - 1) / kChangesAUnit);
  if (units.size() > most) units.resize(most);
  say_(fmt::format("{} parts run with nothing changed", units.size()));

  std::vector<PlannedExecution> plans;
  for (const Unit& unit : units) plans.push_back(plan(unit, {.seed = options_.seed}));
  const auto executions = run_(plans);
  for (std::size_t i = 0; i < units.size(); ++i) {
    Unit& unit = units[i];
    const std::string part = fmt::format("{}", fmt::join(unit.subtests, ", "));
    if (!executions[i] || executions[i]->verdict == Verdict::Interrupted) {
      proof_.interrupted = true;
      continue;
    }
    const Execution& execution = *executions[i];
    if (execution.verdict == Verdict::Skipped) {
      proof_.skipped = execution.reason;
      continue;
    }
    if (execution.verdict != Verdict::Passed) {
      proof_.failed += fmt::format("{}{}{}", proof_.failed.empty() ? "" : "\n",
                                   part.empty() ? "" : part + ": ", execution.reason);
      continue;
    }
    unit.seconds = execution.wall;
    unit.points = report_of(execution).points;
    for (const Point& point : unit.points) {
      const std::string member = member_pattern(point.pattern());
      if (!member.empty()) unit.members.insert({point.name, member});
    }
    units_.push_back(std::move(unit));
  }
  if (!units_.empty()) proof_.skipped.clear();
}

// Withholds every member of every reply; what the failure names was read and is given back, until
// the unit passes.
void Prover::find_what_is_read() {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < units_.size(); ++i) {
    if (!units_[i].members.empty()) open.push_back(i);
  }
  say_("find out what is read");
  std::vector<Suspects> suspects;
  for (int round = 0; !open.empty() && round < kMostRounds && !proof_.interrupted; ++round) {
    std::vector<PlannedExecution> plans;
    for (const std::size_t i : open) {
      Order order{.mode = Order::Mode::Withhold, .seed = options_.seed};
      std::ranges::set_difference(units_[i].members, units_[i].read,
                                  std::back_inserter(order.members));
      plans.push_back(plan(units_[i], std::move(order)));
    }
    const auto executions = run_(plans);
    std::vector<std::size_t> still_open;
    for (std::size_t k = 0; k < open.size(); ++k) {
      Unit& unit = units_[open[k]];
      if (!executions[k]) {
        proof_.interrupted = true;
        continue;
      }
      if (executions[k]->verdict == Verdict::Passed) continue;
      const std::size_t before = unit.read.size();
      for (const Member& member : unit.members) {
        const std::string missing = fmt::format("key '{}' not found", last_segment(member.pattern));
        if (executions[k]->reason.find(missing) != std::string::npos) unit.read.insert(member);
      }
      // A failure that names none may be about any.
      if (unit.read.size() == before) {
        suspects.push_back({open[k], plans[k].tamper->members});
      } else {
        still_open.push_back(open[k]);
      }
    }
    open = std::move(still_open);
  }
  for (const std::size_t i : open) units_[i].read = units_[i].members;
  divide(std::move(suspects));
}

// Withholds ever smaller parts of groups in which something is read: a part without which the unit
// passes is not.
void Prover::divide(std::vector<Suspects> suspects) {
  while (!suspects.empty() && !proof_.interrupted) {
    std::vector<Suspects> parts;
    std::vector<PlannedExecution> plans;
    for (const Suspects& group : suspects) {
      Unit& unit = units_[group.unit];
      if (group.members.size() <= 1 || suspects.size() > kMostGroups) {
        unit.read.insert(group.members.begin(), group.members.end());
        continue;
      }
      const auto middle =
          group.members.begin() + static_cast<std::ptrdiff_t>(group.members.size() / 2);
      parts.push_back({group.unit, {group.members.begin(), middle}});
      parts.push_back({group.unit, {middle, group.members.end()}});
    }
    for (const Suspects& part : parts) {
      plans.push_back(plan(units_[part.unit], {.mode = Order::Mode::Withhold,
                                               .seed = options_.seed,
                                               .members = part.members,
                                               .point = {}}));
    }
    const auto executions = run_(plans);
    suspects.clear();
    for (std::size_t k = 0; k < parts.size(); ++k) {
      if (!executions[k]) {
        proof_.interrupted = true;
      } else if (executions[k]->verdict != Verdict::Passed) {
        suspects.push_back(std::move(parts[k]));
      }
    }
  }
}

bool Prover::withheld(const Unit& unit, const Point& point) const {
  const Member member{point.name, member_pattern(point.pattern())};
  return unit.members.contains(member) && !unit.read.contains(member);
}

std::vector<Prover::Trial> Prover::choose() const {
  std::mt19937_64 random(options_.seed);
  std::vector<Trial> trials;
  // What comes before the sub-tests is the same in each, and one failed call is like another.
  std::set<std::string> alike;
  for (std::size_t i = 0; i < units_.size(); ++i) {
    for (const Point& point : units_[i].points) {
      if (withheld(units_[i], point)) continue;
      const std::string kind =
          point.change == Change::Fail
              ? point.what()
              : fmt::format("{}\n{}\n{}\n{}", point.step, point.source, point.what(), point.path);
      if (alike.insert(kind).second) trials.push_back({i, point, random()});
    }
  }
  std::ranges::shuffle(trials, random);
  if (trials.size() > static_cast<std::size_t>(options_.most)) {
    trials.resize(static_cast<std::size_t>(options_.most));
  }
  return trials;
}

std::vector<Prover::Result> Prover::carry_out(const std::vector<Trial>& trials) {
  std::vector<PlannedExecution> plans;
  for (const Trial& trial : trials) {
    plans.push_back(plan(
        units_[trial.unit],
        {.mode = Order::Mode::Tamper, .seed = trial.seed, .members = {}, .point = trial.point}));
  }
  std::vector<Result> results;
  for (const auto& execution : run_(plans)) {
    if (!execution || execution->verdict == Verdict::Interrupted) {
      proof_.interrupted = true;
      results.push_back({Outcome::Interrupted, ""});
    } else if (failure_class(*execution) == FailureClass::Killed) {
      results.push_back({Outcome::Crashed, execution->reason});
    } else if (const std::string done = report_of(*execution).done; done.empty()) {
      results.push_back({Outcome::NotReached, ""});
    } else {
      const bool passed = execution->verdict == Verdict::Passed;
      results.push_back({passed ? Outcome::Survived : Outcome::Noticed, done});
    }
  }
  return results;
}

void Prover::weigh(const std::vector<Trial>& trials, const std::vector<Result>& results) {
  const auto count_survivor = [&](const Point& point, const std::string& change) {
    ++proof_.tampered;
    proof_.survived.push_back(
        {point.what(), point.where(), change, accepted_.reason(scenario_.name(), point.what())});
  };
  std::vector<std::size_t> doubtful;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const Point& point = trials[i].point;
    switch (results[i].outcome) {
      case Outcome::Noticed:
        ++proof_.tampered;
        ++proof_.noticed;
        break;
      case Outcome::Survived:
        if (removal_for(point)) {
          doubtful.push_back(i);
        } else {
          count_survivor(point, results[i].text);
        }
        break;
      case Outcome::NotReached:
        ++proof_.not_reached;
        break;
      case Outcome::Crashed:
        proof_.crashes.push_back(
            fmt::format("{} in {}: {}", point.what(), point.where(), results[i].text));
        break;
      case Outcome::Interrupted:
        break;
    }
  }
  if (doubtful.empty()) return;
  say_(fmt::format("{} changes went unnoticed; was that read?", doubtful.size()));
  for (const std::size_t i :
       keep_read(keep_read(doubtful, trials, removal_for), trials, element_for)) {
    count_survivor(trials[i].point, results[i].text);
  }
}

// Those of the trials whose place is read: where what `removal` makes of it is not missed, it is
// not, and is counted so. Where it makes nothing of it, that says nothing.
std::vector<std::size_t> Prover::keep_read(const std::vector<std::size_t>& doubtful,
                                           const std::vector<Trial>& trials,
                                           std::optional<Point> (*removal)(const Point&)) {
  std::vector<std::size_t> read;
  std::vector<std::size_t> asked;
  std::vector<Trial> removals;
  for (const std::size_t i : doubtful) {
    const std::optional<Point> point = removal(trials[i].point);
    if (!point) {
      read.push_back(i);
      continue;
    }
    asked.push_back(i);
    removals.push_back(trials[i]);
    removals.back().point = *point;
  }
  const std::vector<Result> checks = carry_out(removals);
  for (std::size_t k = 0; k < asked.size(); ++k) {
    switch (checks[k].outcome) {
      case Outcome::Noticed:
      case Outcome::Crashed:
        read.push_back(asked[k]);
        break;
      case Outcome::Survived:
        ++proof_.unread;
        break;
      case Outcome::NotReached:
        ++proof_.not_reached;
        break;
      case Outcome::Interrupted:
        break;
    }
  }
  std::ranges::sort(read);
  return read;
}

}  // namespace noderig::prove
