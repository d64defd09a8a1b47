#include <fmt/format.h>
#include <noderig/framework/report/html.h>
#include <noderig/framework/report/text.h>
#include <algorithm>
#include <vector>

namespace noderig::html {
namespace {

constexpr std::string_view kStyle = R"(
:root {
  color-scheme: light dark;
  --ink: #1b1f24; --quiet: #57606a; --line: #d0d7de; --paper: #ffffff; --raised: #f3f5f7;
  --good: #1a7f37; --bad: #b3261e; --warn: #8a5a00; --accent: #0b5cad;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6edf3; --quiet: #a0abb6; --line: #3a434d; --paper: #0f1419; --raised: #1a2129;
    --good: #56d364; --bad: #ff8d85; --warn: #e3b341; --accent: #79b8ff;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
       font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 75rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.25rem; margin-top: 2.25rem; }
h3 { font-size: 1.05rem; margin-bottom: .4rem; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; }
caption { text-align: left; color: var(--quiet); padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem .3rem 0;
         border-bottom: 1px solid var(--line); }
th { font-weight: 600; } .number { text-align: right; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; } .scroll td, .scroll th { overflow-wrap: normal; }
.scroll caption { max-width: calc(100vw - 3rem); }
pre, code, .code { font: .9em/1.45 ui-monospace, monospace; }
pre { white-space: pre-wrap; background: var(--raised); padding: .6rem .8rem; margin: .4rem 0;
      border-left: 4px solid var(--line); }
summary { cursor: pointer; }
svg { display: block; overflow: visible; } svg text { fill: var(--ink); font-size: 12px; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
.quiet { color: var(--quiet); }
.badge { font-weight: 600; white-space: nowrap; }
.fill-good { fill: var(--good); } .fill-bad { fill: var(--bad); } .fill-warn { fill: var(--warn); }
.fill-quiet { fill: var(--quiet); } .fill-accent { fill: var(--accent); }
.stroke { stroke: var(--accent); stroke-width: 1.5; fill: none; } .axis { stroke: var(--line); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media print { details > * { display: block; } }
)";

std::string tip_element(std::string_view tip) {
  return tip.empty() ? "" : "<title>" + escape(tip) + "</title>";
}

}  // namespace

std::string escape(std::string_view text) {
  std::string result;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      case '\n':
        result += "&#10;";
        break;
      case '\t':
        result += "&#9;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string page(const Page& page) {
  std::string text = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'{}\"/>\n"
      "<title>{}</title>\n<style>{}{}</style>\n</head>\n<body>\n<main>\n{}</main>\n",
      page.script.empty() ? "" : "; script-src 'unsafe-inline'", escape(page.title), kStyle,
      page.style, page.body);
  if (!page.script.empty()) text += "<script>" + page.script + "</script>\n";
  return text + "</body>\n</html>\n";
}

std::string pixels(double length) {
  return fmt::format("{:.6g}", length);
}

std::string percent(double share) {
  return fmt::format("{:.5g}%", share * 100);
}

std::string svg(std::string_view width, double height, std::string_view label,
                std::string_view shapes) {
  return fmt::format("<svg width=\"{}\" height=\"{}\" role=\"img\" aria-label=\"{}\">{}</svg>",
                     width, pixels(height), escape(label), shapes);
}

std::string rect(const Box& box, std::string_view css_class, std::string_view tip) {
  return fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" class=\"{}\">{}</rect>",
                     box.x, box.y, box.width, box.height, css_class, tip_element(tip));
}

std::string line(std::string_view x1, std::string_view y1, std::string_view x2, std::string_view y2,
                 std::string_view css_class) {
  return fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" class=\"{}\"/>", x1, y1, x2, y2,
                     css_class);
}

std::string text(std::string_view x, std::string_view y, std::string_view anchor,
                 std::string_view content) {
  return fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>", x, y, anchor,
                     escape(content));
}

std::string polyline(std::span<const std::pair<double, double>> points,
                     std::string_view css_class) {
  std::string list;
  for (const auto& [x, y] : points) list += fmt::format("{},{} ", pixels(x), pixels(y));
  if (!list.empty()) list.pop_back();
  return fmt::format("<polyline points=\"{}\" class=\"{}\"/>", list, css_class);
}

std::string sparkline(std::span<const double> values, std::string_view label) {
  constexpr double kWidth = 96;
  constexpr double kHeight = 20;
  constexpr double kDot = 2;
  if (values.empty()) return {};
  const auto [least, most] = std::ranges::minmax(values);
  const double range = most > least ? most - least : 1;
  const double step =
      values.size() > 1 ? (kWidth - 2 * kDot) / static_cast<double>(values.size() - 1) : 0;
  std::vector<std::pair<double, double>> points;
  for (const double value : values) {
    points.emplace_back(kDot + step * static_cast<double>(points.size()),
                        kHeight - kDot - (value - least) / range * (kHeight - 2 * kDot));
  }
  const auto [x, y] = points.back();
  const std::string dot = fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" class=\"{}\"/>",
                                      pixels(x), pixels(y), pixels(kDot), "fill-accent");
  return svg(pixels(kWidth), kHeight, label, polyline(points, "stroke") + dot);
}

}  // namespace noderig::html
