#include "heatmap.h"

#include "paint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/report/html.h>

namespace noderig::risk {
namespace {

const LayerValue& business(const Ranked& test) {
  return test.layers[static_cast<std::size_t>(Layer::Business)];
}

std::string id_of(const Ranking& ranking, const Register& tests, std::size_t index) {
  return tests.tests[ranking.tests[index].test].id;
}

// A value as a cell of a table, with its level as its colour and, read aloud, as a word.
std::string value_cell(std::optional<double> value) {
  const Level level = level_of(value);
  const auto number = value ? std::optional(shown(*value)) : std::nullopt;
  return fmt::format("<td class=\"{}\">{}</td>", to_string(level), level_text(level, number));
}

std::string matrix_html(const Heatmap& heatmap, const Ranking& ranking, const Register& tests) {
  std::string body =
      "<div class=\"scroll\"><table><caption>Tests by likelihood and impact; open a cell for the "
      "tests behind it</caption><tr><th scope=\"col\">Likelihood</th>";
  for (const std::string& column : ranking.business.columns) {
    body += fmt::format("<th scope=\"col\">{}</th>", column);
  }
  body += "</tr>";
  for (std::size_t row = 0; row < kSteps; ++row) {
    body += fmt::format("<tr><th scope=\"row\">{}</th>", ranking.business.rows[row]);
    for (std::size_t column = 0; column < kSteps; ++column) {
      const auto& behind = heatmap.cells[row][column];
      const Level level = level_of(ranking.business.at(row, column));
      body += fmt::format("<td class=\"{}\">", to_string(level));
      if (behind.empty()) {
        body += fmt::format(
            "<span aria-hidden=\"true\">-</span><span class=\"hidden\">no test,</span> "
            "<small>{}</small></td>",
            to_string(level));
        continue;
      }
      body += fmt::format(
          "<details><summary>{}<span class=\"hidden\"> test{},</span> <small>{}</small></summary>",
          behind.size(), behind.size() == 1 ? "" : "s", to_string(level));
      for (const std::size_t index : behind) {
        body += html::escape(id_of(ranking, tests, index)) + "<br>";
      }
      body += "</details></td>";
    }
    body += "</tr>";
  }
  return body + "</table></div>";
}

}  // namespace

std::size_t Heatmap::count() const {
  std::size_t count = 0;
  for (const auto& row : cells) {
    for (const auto& cell : row) count += cell.size();
  }
  return count;
}

Heatmap heatmap_of(const Ranking& ranking) {
  Heatmap heatmap;
  for (std::size_t i = 0; i < ranking.tests.size(); ++i) {
    const LayerValue& layer = business(ranking.tests[i]);
    if (layer.row && layer.column)
      heatmap.cells[*layer.row][*layer.column].push_back(i);
    else
      heatmap.undefined.push_back(i);
  }
  return heatmap;
}

std::string counts_text(const std::array<std::array<int, kSteps>, kSteps>& counts) {
  std::string text;
  for (const auto& row : counts) {
    for (std::size_t i = 0; i < kSteps; ++i) {
      text += fmt::format("{}{}", i == 0 ? "" : " ", row[i] == 0 ? "-" : std::to_string(row[i]));
    }
    text += "\n";
  }
  return text;
}

std::string heatmap_text(const Heatmap& heatmap, const Ranking& ranking, const Register& tests,
                         bool colour) {
  std::string text = fmt::format("{:<16}", "");
  for (const std::string& column : ranking.business.columns) text += fmt::format("{:>15}", column);
  text += "\n";
  for (std::size_t row = 0; row < kSteps; ++row) {
    text += fmt::format("{:<16}", ranking.business.rows[row]);
    for (std::size_t column = 0; column < kSteps; ++column) {
      const std::size_t count = heatmap.cells[row][column].size();
      const Level level = level_of(ranking.business.at(row, column));
      text += painted(
          level,
          fmt::format("{:>15}", fmt::format("{} {}", count == 0 ? "-" : std::to_string(count),
                                            to_string(level))),
          colour);
    }
    text += "\n";
  }
  text += fmt::format("{} tests in cells, {} without likelihood or impact\n", heatmap.count(),
                      heatmap.undefined.size());
  for (std::size_t row = 0; row < kSteps; ++row) {
    for (std::size_t column = 0; column < kSteps; ++column) {
      std::vector<std::string> ids;
      for (const std::size_t index : heatmap.cells[row][column]) {
        ids.push_back(id_of(ranking, tests, index));
      }
      if (ids.empty()) continue;
      text += fmt::format("  {} x {}: {}\n", ranking.business.rows[row],
                          ranking.business.columns[column], fmt::join(ids, ", "));
    }
  }
  text += "\n   business history   scope  alloc. coverage  overall\n";
  for (std::size_t i = 0; i < ranking.tests.size(); ++i) {
    const Ranked& test = ranking.tests[i];
    text += "  ";
    for (const LayerValue& layer : test.layers) {
      const std::string value = layer.value ? std::to_string(*layer.value) : "////";
      text += painted(level_of(layer.value), fmt::format("{:>8}", value), colour);
    }
    const auto overall = test.overall();
    text += painted(test.level(), fmt::format("{:>9}", overall ? std::to_string(*overall) : "////"),
                    colour);
    text += "  " + id_of(ranking, tests, i) + "\n";
  }
  text += "  (//// is undefined)\n";
  const std::string inferred = inferred_text(ranking);
  return inferred.empty() ? text : text + inferred + "\n";
}

nlohmann::json to_json(const Heatmap& heatmap, const Ranking& ranking, const Register& tests) {
  using nlohmann::json;
  const auto ids = [&](const std::vector<std::size_t>& indices) {
    json list = json::array();
    for (const std::size_t index : indices) list.push_back(id_of(ranking, tests, index));
    return list;
  };
  json cells = json::array();
  for (std::size_t row = 0; row < kSteps; ++row) {
    for (std::size_t column = 0; column < kSteps; ++column) {
      const auto& behind = heatmap.cells[row][column];
      cells.push_back({{"likelihood", ranking.business.rows[row]},
                       {"impact", ranking.business.columns[column]},
                       {"count", behind.size()},
                       {"level", to_string(level_of(ranking.business.at(row, column)))},
                       {"tests", ids(behind)}});
    }
  }
  json result = to_json(ranking, tests);
  result["cells"] = cells;
  result["undefined"] = ids(heatmap.undefined);
  return result;
}

std::string heatmap_html(const Heatmap& heatmap, const Ranking& ranking, const Register& tests) {
  std::string body = fmt::format(
      "<h2>Business logic</h2><p>{} tests in cells, {} without likelihood or impact.</p>",
      heatmap.count(), heatmap.undefined.size());
  body += matrix_html(heatmap, ranking, tests);
  body +=
      "<h2>Layers</h2><div class=\"scroll\"><table><caption>Each test by layer, the greatest "
      "overall risk first; hatched is undefined</caption><tr><th scope=\"col\">Rank</th><th "
      "scope=\"col\">Test</th><th scope=\"col\">Overall</th>";
  for (std::size_t i = 0; i < kLayers; ++i) {
    body += fmt::format("<th scope=\"col\">{}</th>", to_string(static_cast<Layer>(i)));
  }
  body += "</tr>";
  for (std::size_t i = 0; i < ranking.tests.size(); ++i) {
    const Ranked& test = ranking.tests[i];
    body += fmt::format("<tr><td class=\"number\">{}</td><th scope=\"row\">{}</th>", test.rank,
                        html::escape(id_of(ranking, tests, i)));
    body += value_cell(test.exact);
    for (const LayerValue& layer : test.layers) body += value_cell(layer.value);
    body += "</tr>";
  }
  body += "</table></div>";
  const std::string inferred = inferred_text(ranking);
  return inferred.empty() ? body : body + "<p>" + inferred + "</p>";
}

}  // namespace noderig::risk
