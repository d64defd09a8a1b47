#include "burndown.h"

#include "paint.h"

#include <fmt/format.h>
#include <noderig/framework/report/html.h>
#include <algorithm>

namespace noderig::risk {
namespace {

// What a point is about.
std::string named(const BurndownPoint& point) {
  return point.test.empty() ? "beginning" : point.test + " " + point.what;
}

constexpr double kHeight = 300;
constexpr double kHeadroom = 20;  // room for the number at the top
constexpr double kLast = 0.015;   // of the width: what remains at the end

// One picture, as wide as the page: stacked bars or steps by level, and the straight line down to
// nothing. Read aloud it is its label alone; the table has the rest.
std::string picture(const std::vector<BurndownPoint>& points, bool by_time,
                    const std::string& label) {
  int most = 1;
  for (const BurndownPoint& point : points) most = std::max(most, point.remaining());
  const double end = by_time ? std::max(points.back().seconds, 1e-9)
                             : static_cast<double>(std::max<std::size_t>(points.size() - 1, 1));
  const auto x = [&](std::size_t i) {
    const double at = by_time ? points[i].seconds : static_cast<double>(i);
    return at / end * (1 - kLast);
  };
  const auto height = [&](int risk) { return kHeight * risk / most; };
  const std::string bottom = html::pixels(kHeadroom + kHeight);
  std::string shapes;
  for (std::size_t i = 0; i < points.size(); ++i) {
    // What remains holds until the next point.
    const double right = i + 1 < points.size() ? x(i + 1) : 1;
    double top = kHeadroom + kHeight;
    for (const auto& [level, risk] :
         {std::pair(Level::Low, points[i].low), std::pair(Level::Medium, points[i].medium),
          std::pair(Level::High, points[i].high)}) {
      if (risk == 0) continue;
      top -= height(risk);
      shapes +=
          html::rect({html::percent(x(i)), html::pixels(top), html::percent(right - x(i)),
                      html::pixels(height(risk))},
                     fmt::format("level-{}", to_string(level)),
                     fmt::format("{}: {} {} remains", named(points[i]), risk, to_string(level)));
    }
  }
  const double start = kHeadroom + kHeight - height(points.front().remaining());
  shapes += html::line("0", html::pixels(start), html::percent(1 - kLast), bottom, "ideal");
  shapes += html::line("0", bottom, "100%", bottom, "axis");
  shapes += html::text("0", "14", "start", fmt::format("{} remaining", most));
  const std::string below = html::pixels(kHeadroom + kHeight + 16);
  shapes += html::text("0", below, "start", "0");
  shapes += html::text("100%", below, "end",
                       by_time ? fmt::format("{:.1f} s", points.back().seconds)
                               : fmt::format("{} tests", points.size() - 1));
  return html::svg("100%", kHeadroom + kHeight + 24, label,
                   "<g aria-hidden=\"true\">" + shapes + "</g>");
}

}  // namespace

void Burndown::add(const std::string& test, std::optional<int> risk, double seconds) {
  if (!risk) return;
  Held& held = tests_.try_emplace(test, Held{.risk = *risk, .open = false}).first->second;
  set_open(held, false);  // it may have had another risk
  held.risk = *risk;
  set_open(held, true);
  if (begun_) point(test, "added", seconds);
}

void Burndown::begin() {
  point("", "", 0);
  begun_ = true;
}

void Burndown::ended(const std::string& test, RunVerdict verdict, double seconds) {
  if (const auto known = tests_.find(test); known != tests_.end()) {
    if (verdict == RunVerdict::Passed) set_open(known->second, false);
    if (verdict == RunVerdict::Failed) set_open(known->second, true);
  }
  const std::string what = verdict == RunVerdict::Passed   ? "passed"
                           : verdict == RunVerdict::Failed ? "failed"
                                                           : "skipped";
  point(test, what, seconds);
}

void Burndown::set_open(Held& held, bool open) {
  if (held.open == open) return;
  held.open = open;
  const Level level = level_of(held.risk);
  int& sum = level == Level::High ? now_.high : level == Level::Medium ? now_.medium : now_.low;
  sum += open ? held.risk : -held.risk;
}

void Burndown::point(const std::string& test, const std::string& what, double seconds) {
  now_.test = test;
  now_.what = what;
  now_.seconds = seconds;
  points_.push_back(now_);
}

Burndown planned_burndown(const Ranking& ranking, const Register& tests) {
  Burndown burndown;
  for (const Ranked& one : ranking.tests) {
    burndown.add(tests.tests[one.test].id, one.overall());
  }
  burndown.begin();
  double elapsed = 0;
  for (const Ranked& one : ranking.tests) {
    if (!one.exact) continue;  // holds no risk that is known
    elapsed += expected_seconds(tests.tests[one.test]).value_or(0);
    burndown.ended(tests.tests[one.test].id, RunVerdict::Passed, elapsed);
  }
  return burndown;
}

std::string burndown_text(const Burndown& burndown, bool colour) {
  constexpr int kColumns = 50;
  int most = 1;
  for (const BurndownPoint& point : burndown.points()) most = std::max(most, point.remaining());
  const auto columns = [&](int risk) {
    return static_cast<std::size_t>((risk * kColumns + most / 2) / most);
  };
  std::string text = "remaining  # high  + medium  . low\n";
  for (const BurndownPoint& point : burndown.points()) {
    text += fmt::format("{:>9}  ", point.remaining());
    text += painted(Level::High, std::string(columns(point.high), '#'), colour);
    text += painted(Level::Medium, std::string(columns(point.medium), '+'), colour);
    text += painted(Level::Low, std::string(columns(point.low), '.'), colour);
    text += point.test.empty() ? " at the beginning\n"
                               : fmt::format(" {} {}\n", point.test, point.what);
  }
  return text;
}

nlohmann::json to_json(const Burndown& burndown) {
  nlohmann::json points = nlohmann::json::array();
  for (const BurndownPoint& point : burndown.points()) {
    points.push_back({{"test", point.test.empty() ? nlohmann::json() : nlohmann::json(point.test)},
                      {"what", point.what},
                      {"seconds", point.seconds},
                      {"remaining", point.remaining()},
                      {"low", point.low},
                      {"medium", point.medium},
                      {"high", point.high}});
  }
  return {{"schema", 1}, {"points", points}};
}

std::string burndown_html(const Burndown& burndown, int heading) {
  const auto& points = burndown.points();
  if (points.empty()) return "<p>No test has a risk.</p>";
  const int begun = points.front().remaining();
  const int left = points.back().remaining();
  std::string body = fmt::format(
      "<p>{0} at the beginning, {1} at the end. <span class=\"key high\">high</span> <span "
      "class=\"key medium\">medium</span> <span class=\"key low\">low</span>, dashed: the ideal, "
      "straight down.</p><h{2}>Over tests</h{2}>",
      begun, left, heading);
  const auto label = [&](const std::string& over) {
    return fmt::format("Remaining risk over {}, from {} down to {}; in numbers below", over, begun,
                       left);
  };
  body += picture(points, false, label("tests"));
  if (points.back().seconds > 0) {
    body += fmt::format("<h{0}>Over time</h{0}>{1}", heading, picture(points, true, label("time")));
  }
  const bool timed = points.back().seconds > 0;
  body += fmt::format(
      "<h{0}>In numbers</h{0}><div class=\"scroll\"><table><caption>What remains after each "
      "test</caption><tr><th scope=\"col\">Test</th><th scope=\"col\">Verdict</th>{1}<th "
      "scope=\"col\">Remaining</th><th scope=\"col\">High</th><th "
      "scope=\"col\">Medium</th><th scope=\"col\">Low</th></tr>",
      heading, timed ? "<th scope=\"col\">Seconds</th>" : "");
  for (const BurndownPoint& point : points) {
    body += fmt::format(
        "<tr><th scope=\"row\">{}</th><td>{}</td>{}<td "
        "class=\"number\">{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td><td "
        "class=\"number\">{}</td></tr>",
        point.test.empty() ? "beginning" : html::escape(point.test), point.what,
        timed ? fmt::format("<td class=\"number\">{:.1f}</td>", point.seconds) : "",
        point.remaining(), point.high, point.medium, point.low);
  }
  return body + "</table></div>";
}

}  // namespace noderig::risk
