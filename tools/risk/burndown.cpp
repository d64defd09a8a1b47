#include "burndown.h"

#include "paint.h"

#include <fmt/format.h>
#include <noderig/framework/report/html.h>
#include <algorithm>

namespace noderig::risk {
namespace {

constexpr double kWidth = 720;
constexpr double kHeight = 300;
constexpr double kLeft = 50;  // room for the numbers of the axis

using Points = std::vector<std::pair<double, double>>;

// One picture: stacked bars or steps by level at `x`, and the straight line down to nothing.
std::string picture(const std::vector<BurndownPoint>& points, bool by_time,
                    const std::string& label) {
  int most = 1;
  for (const BurndownPoint& point : points) most = std::max(most, point.remaining());
  const double end = by_time ? std::max(points.back().seconds, 1e-9)
                             : static_cast<double>(std::max<std::size_t>(points.size() - 1, 1));
  const auto x = [&](std::size_t i) {
    const double at = by_time ? points[i].seconds : static_cast<double>(i);
    return kLeft + at / end * (kWidth - kLeft);
  };
  const auto height = [&](int risk) { return kHeight * risk / most; };
  std::string shapes;
  for (std::size_t i = 0; i < points.size(); ++i) {
    // What remains holds until the next point.
    const double left = x(i);
    const double right = i + 1 < points.size() ? x(i + 1) : left + 4;
    double top = kHeight;
    for (const auto& [level, risk] :
         {std::pair(Level::Low, points[i].low), std::pair(Level::Medium, points[i].medium),
          std::pair(Level::High, points[i].high)}) {
      if (risk == 0) continue;
      top -= height(risk);
      shapes +=
          html::rect({html::pixels(left), html::pixels(top),
                      html::pixels(std::max(right - left - 1, 0.5)), html::pixels(height(risk))},
                     fmt::format("level-{}", to_string(level)),
                     fmt::format("{} {}: {} {} remains", points[i].test, points[i].what, risk,
                                 to_string(level)));
    }
  }
  const Points ideal = {{kLeft, kHeight - height(points.front().remaining())}, {kWidth, kHeight}};
  shapes += html::polyline(ideal, "ideal");
  shapes += html::line(html::pixels(kLeft), html::pixels(kHeight), html::pixels(kWidth),
                       html::pixels(kHeight), "axis");
  shapes += html::text(html::pixels(kLeft - 6), html::pixels(12), "end", std::to_string(most));
  shapes += html::text(html::pixels(kLeft - 6), html::pixels(kHeight), "end", "0");
  shapes += html::text(html::pixels(kWidth), html::pixels(kHeight + 16), "end",
                       by_time ? fmt::format("{:.1f} s", points.back().seconds)
                               : fmt::format("{} tests", points.size() - 1));
  return html::svg(html::pixels(kWidth), kHeight + 24, label, shapes);
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
  std::string body = fmt::format(
      "<p>{0} at the beginning, {1} at the end. Dashed: the ideal, straight down. Dark is high, "
      "middle is medium, pale is low.</p><h{2}>Over tests</h{2}><div class=\"scroll\">",
      points.front().remaining(), points.back().remaining(), heading);
  body += picture(points, false,
                  fmt::format("Remaining risk over tests, from {} to {}",
                              points.front().remaining(), points.back().remaining()));
  body += "</div>";
  if (points.back().seconds > 0) {
    body += fmt::format("<h{0}>Over time</h{0}><div class=\"scroll\">{1}</div>", heading,
                        picture(points, true, "Remaining risk over time"));
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
