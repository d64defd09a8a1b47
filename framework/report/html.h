// What every page that noderig writes is made of: escaping, one skeleton with its style, and small
// pictures in SVG. A page is one file that needs nothing else: no network, no other file; its own
// policy forbids both. Pure functions; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace noderig::html {

// Text for the content or a quoted attribute of HTML, SVG and XML alike, made printable (text.h). A
// line break survives in attributes too.
std::string escape(std::string_view text);

struct Page {
  std::string title;     // plain text
  std::string body;      // HTML, within <main>; begins with an <h1>
  std::string style{};   // CSS, after the common one
  std::string script{};  // JavaScript, at the end of the page; the page reads well without it
};

// The whole document. The common style has light and dark colours, readable on paper and phones:
//   variables  --ink --quiet --line --paper --raised --good --bad --warn --accent
//   classes    good, bad, warn, quiet (text), fill-good ... fill-accent (SVG shapes), badge,
//              scroll (around a wide table or picture), number (a column), hidden (read aloud only)
std::string page(const Page& page);

// ---- SVG. Lengths are in pixels unless made by percent(): a picture that is wide in percent and
// high in pixels follows the width of the page while its text keeps its size.

std::string pixels(double length);
std::string percent(double share);  // 0.25 is "25%"

struct Box {
  std::string x;
  std::string y;
  std::string width;
  std::string height;
};

// A picture; `label` says what it shows to those who do not see it. `width` as in percent(1).
std::string svg(std::string_view width, double height, std::string_view label,
                std::string_view shapes);

// `tip` is shown when pointed at, and read aloud where the shape stands alone; may be empty.
std::string rect(const Box& box, std::string_view css_class, std::string_view tip = {});
std::string line(std::string_view x1, std::string_view y1, std::string_view x2, std::string_view y2,
                 std::string_view css_class);
// `anchor` is "start", "middle" or "end".
std::string text(std::string_view x, std::string_view y, std::string_view anchor,
                 std::string_view content);
// Lines through points in pixels.
std::string polyline(std::span<const std::pair<double, double>> points, std::string_view css_class);

// The values as a small line, from the first at its left to the last, with a dot on that one.
std::string sparkline(std::span<const double> values, std::string_view label);

}  // namespace noderig::html
