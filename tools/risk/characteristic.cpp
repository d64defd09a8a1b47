#include "characteristic.h"

#include <fmt/format.h>
#include <noderig/framework/report/html.h>
#include <algorithm>

namespace noderig::risk {
namespace {

constexpr double kSide = 300;  // with its surroundings not wider than a phone
constexpr double kLeft = 12;
constexpr double kTop = 20;     // room for what marks a point at the edge
constexpr double kSquare = 18;  // of an operating point

// The most failures that are found while no greater share of passing tests runs.
double detected_at(const std::vector<OperatingPoint>& curve, double false_runs) {
  double most = 0;
  for (const OperatingPoint& one : curve) {
    if (one.false_runs <= false_runs) most = std::max(most, one.detected);
  }
  return most;
}

double share(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

}  // namespace

Characteristic characteristic_of(std::vector<Prediction> predictions,
                                 const std::map<std::string, Costs>& phases) {
  std::ranges::stable_sort(predictions, std::ranges::greater(), &Prediction::probability);
  double failed = 0;
  double expected = 0;
  for (const Prediction& one : predictions) {
    failed += one.failed ? 1 : 0;
    expected += one.probability;
  }
  const auto all = static_cast<double>(predictions.size());
  Characteristic result;
  result.empirical.push_back({.threshold = 1});
  result.theoretical.push_back({.threshold = 1});
  double run = 0;
  double found = 0;
  double believed = 0;
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    ++run;
    found += predictions[i].failed ? 1 : 0;
    believed += predictions[i].probability;
    const double threshold = predictions[i].probability;
    // Tests of one probability are run or omitted together.
    if (i + 1 < predictions.size() && predictions[i + 1].probability == threshold) continue;
    result.empirical.push_back({threshold, share(run - found, all - failed), share(found, failed)});
    result.theoretical.push_back(
        {threshold, share(run - believed, all - expected), share(believed, expected)});
  }
  for (const auto& [name, costs] : phases) {
    // Run where p/(1 - p) reaches the cost ratio.
    const double ratio = (costs.c10 - costs.c00) / (costs.c01 - costs.c11);
    const double threshold = ratio / (1 + ratio);
    OperatingPoint point{.threshold = threshold};
    for (const OperatingPoint& one : result.empirical) {
      if (one.threshold < threshold) break;
      point.false_runs = one.false_runs;
      point.detected = one.detected;
    }
    result.phases[name] = point;
  }
  return result;
}

nlohmann::json to_json(const Characteristic& characteristic) {
  using nlohmann::json;
  const auto point = [](const OperatingPoint& one) {
    return json{
        {"threshold", one.threshold}, {"false_runs", one.false_runs}, {"detected", one.detected}};
  };
  const auto list = [&](const std::vector<OperatingPoint>& points) {
    json all = json::array();
    for (const OperatingPoint& one : points) all.push_back(point(one));
    return all;
  };
  json phases = json::object();
  for (const auto& [name, one] : characteristic.phases) phases[name] = point(one);
  return {{"empirical", list(characteristic.empirical)},
          {"theoretical", list(characteristic.theoretical)},
          {"phases", phases}};
}

std::string characteristic_text(const Characteristic& characteristic) {
  std::string text = "phase              runs from p   detects   runs in vain\n";
  for (const auto& [name, point] : characteristic.phases) {
    text += fmt::format("{:<18} {:>11.3f} {:>8.1f} % {:>12.1f} %\n", name, point.threshold,
                        point.detected * 100, point.false_runs * 100);
  }
  return text;
}

std::string characteristic_html(const Characteristic& characteristic) {
  const auto place = [](const OperatingPoint& point) {
    return std::pair(kLeft + point.false_runs * kSide, kTop + kSide - point.detected * kSide);
  };
  const auto curve = [&](const std::vector<OperatingPoint>& points, const char* css) {
    std::vector<std::pair<double, double>> line;
    for (const OperatingPoint& one : points) line.push_back(place(one));
    return html::polyline(line, css);
  };
  std::string shapes = curve({{1, 0, 0}, {0, 1, 1}}, "ideal");
  shapes += curve(characteristic.theoretical, "theory");
  shapes += curve(characteristic.empirical, "stroke");
  std::string rows;
  int number = 0;  // names would cover each other
  for (const auto& [name, point] : characteristic.phases) {
    ++number;
    const auto [x, y] = place(point);
    shapes += html::rect({html::pixels(x - kSquare / 2), html::pixels(y - kSquare / 2),
                          html::pixels(kSquare), html::pixels(kSquare)},
                         "phase", name);
    shapes += html::text(html::pixels(x), html::pixels(y + 4), "middle", std::to_string(number));
    rows += fmt::format(
        "<tr><th scope=\"row\">{} {}</th><td class=\"number\">{:.3f}</td><td "
        "class=\"number\">{:.1f} %</td><td class=\"number\">{:.1f} %</td></tr>",
        number, html::escape(name), point.threshold, point.detected * 100, point.false_runs * 100);
  }
  const std::string bottom = html::pixels(kTop + kSide);
  shapes += html::line(html::pixels(kLeft), bottom, html::pixels(kLeft + kSide), bottom, "axis");
  shapes +=
      html::line(html::pixels(kLeft), html::pixels(kTop), html::pixels(kLeft), bottom, "axis");
  shapes += html::text(html::pixels(kLeft + kSide), html::pixels(kTop + kSide + 18), "end",
                       "passing tests run in vain, 100 %");
  shapes += html::text(html::pixels(kLeft + 4), html::pixels(12), "start", "failures found, 100 %");
  std::string numbers;
  for (const double false_runs : {0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75}) {
    numbers += fmt::format(
        "<tr><th scope=\"row\">{:.0f} %</th><td class=\"number\">{:.1f} %</td><td "
        "class=\"number\">{:.1f} %</td></tr>",
        false_runs * 100, detected_at(characteristic.empirical, false_runs) * 100,
        detected_at(characteristic.theoretical, false_runs) * 100);
  }
  return "<p>Solid: what the replay shows. Dotted: what it would be if every probability were "
         "true. Dashed: running tests by lot. Numbers: where the costs of each phase lead.</p>" +
         html::svg(html::pixels(kLeft + kSide + kSquare), kTop + kSide + 26,
                   "Operating characteristic: failures found over tests run in vain; in numbers "
                   "below",
                   "<g aria-hidden=\"true\">" + shapes + "</g>") +
         "<div class=\"scroll\"><table><caption>Operating points</caption><tr><th "
         "scope=\"col\">Phase</th><th scope=\"col\">Runs from p</th><th scope=\"col\">Failures "
         "found</th><th scope=\"col\">Run in vain</th></tr>" +
         rows +
         "</table></div><div class=\"scroll\"><table><caption>The curves: failures found while no "
         "more than so many passing tests run</caption><tr><th scope=\"col\">Run in vain</th><th "
         "scope=\"col\">Replay</th><th scope=\"col\">If true</th></tr>" +
         numbers + "</table></div>";
}

}  // namespace noderig::risk
