#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/bundle/html_page.h>
#include <noderig/framework/report/html.h>
#include <nlohmann/json.hpp>

namespace noderig {
namespace {

using Json = nlohmann::json;

// Over the common style: the list takes what the window has, and scrolls by itself.
constexpr std::string_view kBundleStyle = R"css(
body { height: 100vh; font-size: 14px; }
main { max-width: none; height: 100%; padding: 0; display: flex; flex-direction: column; }
header, form, #whole { padding: 6px 14px; }
header { background: var(--raised); border-bottom: 1px solid var(--line); }
header h1 { font-size: 16px; margin: 0; }
header p { margin: 0; }
header pre { max-height: 9em; overflow: auto; font-size: 12px; }
form { display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: center; }
form input[type=search] { min-width: 16em; padding: 3px 6px; }
select { max-width: 20em; padding: 3px; }
#list { flex: 1; min-height: 8em; overflow: auto; position: relative;
        border-top: 1px solid var(--line); font: 12px/20px ui-monospace, monospace; }
#rows { position: absolute; left: 0; right: 0; }
.row { display: flex; height: 20px; padding: 0 14px; white-space: pre; cursor: pointer; }
.row:hover { background: var(--raised); }
.row span { overflow: hidden; text-overflow: ellipsis; flex: none; padding-right: 10px; }
.time { width: 130px; color: var(--quiet); }
.source { width: 130px; }
.kind { width: 48px; color: var(--quiet); }
.row .text { flex: 1; padding: 0; }
.step .text { font-weight: 700; color: var(--accent); }
.failed .text { color: var(--bad); }
.chosen { outline: 2px solid var(--accent); outline-offset: -2px; }
#whole { max-height: 35vh; overflow: auto; margin: 0; font-size: 12px; }
)css";

constexpr std::string_view kControls = R"html(<form id="filter">
<span id="kinds"></span>
<label>node <select id="node"><option value="">all</option></select></label>
<label>peer <select id="peer"><option value="">all</option></select></label>
<label>step <select id="step"><option value="">go to ...</option></select></label>
<label>matching <input id="grep" type="search" placeholder="regular expression" autocomplete="off"></label>
<span id="count" role="status"></span><span id="wrong" class="bad" role="alert"></span>
</form>
<div id="list" tabindex="0" aria-label="time line"><div id="rows"></div></div>
<pre id="whole" hidden></pre>
<noscript>This page lists the time line by a script of its own, which is switched off here. The same is
in the bundle's timeline.jsonl, and noderig logs prints it.</noscript>
)html";

// Every text is set as text, never as HTML.
constexpr std::string_view kScript = R"js(
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const ROW = 20;  // pixels
const byId = id => document.getElementById(id);
const list = byId("list"), rows = byId("rows"), whole = byId("whole");
const kinds = ["step", "rpc", "p2p", "node", "log"];
const hues = [212, 140, 28, 280, 340, 180, 60, 100];
const dark = matchMedia("(prefers-color-scheme: dark)");
// An entry: time, kind, source, node's number or -1, text, failed.
let shown = data.entries, chosen = null;

function option(select, value, text) {
  const one = document.createElement("option");
  one.value = value;
  one.textContent = text;
  select.append(one);
}
data.nodes.forEach((name, i) => option(byId("node"), i, name));
data.peers.forEach(name => option(byId("peer"), name, name));
data.entries.forEach((entry, i) => { if (entry[1] === "step") option(byId("step"), i, entry[4]); });
for (const kind of kinds) {
  const label = document.createElement("label"), box = document.createElement("input");
  box.type = "checkbox";
  box.checked = true;
  box.id = "kind-" + kind;
  label.append(box, kind + " ");
  byId("kinds").append(label);
}

function cell(row, name, text) {
  const span = document.createElement("span");
  span.className = name;
  span.textContent = text;
  row.append(span);
  return span;
}
function draw() {
  const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 10);
  const last = Math.min(shown.length, first + Math.ceil(list.clientHeight / ROW) + 20);
  rows.replaceChildren();
  rows.style.top = first * ROW + "px";
  for (let i = first; i < last; ++i) {
    const entry = shown[i], row = document.createElement("div");
    row.className = "row " + entry[1] + (entry[5] ? " failed" : "") + (entry === chosen ? " chosen" : "");
    cell(row, "time", entry[0]);
    const source = cell(row, "source", entry[2]);
    if (entry[3] >= 0) {
      source.style.color = "hsl(" + hues[entry[3] % hues.length] + " 70% " + (dark.matches ? "70%" : "35%") + ")";
    }
    cell(row, "kind", entry[1]);
    cell(row, "text", entry[4]);
    row.addEventListener("click", () => choose(entry));
    rows.append(row);
  }
}
function choose(entry) {
  chosen = entry === chosen ? null : entry;
  whole.hidden = chosen === null;
  if (chosen) whole.textContent = chosen[0] + " " + chosen[2] + " " + chosen[1] + "\n" + chosen[4];
  draw();
}
function apply() {
  const wanted = new Set(kinds.filter(kind => byId("kind-" + kind).checked));
  const node = byId("node").value, peer = byId("peer").value, text = byId("grep").value;
  let pattern = null;
  byId("wrong").textContent = "";
  try {
    if (text) pattern = new RegExp(text, "i");
  } catch (error) {
    byId("wrong").textContent = error.message;
  }
  shown = data.entries.filter(entry => {
    if (!wanted.has(entry[1])) return false;
    if (entry[1] !== "step") {
      if (node !== "" && entry[3] !== Number(node)) return false;
      if (peer !== "" && !(entry[1] === "p2p" && entry[2] === peer)) return false;
    }
    return !pattern || pattern.test(entry[2]) || pattern.test(entry[4]);
  });
  byId("count").textContent = shown.length + " of " + data.entries.length;
  let space = byId("space");
  if (!space) {
    space = document.createElement("div");
    space.id = "space";
    list.append(space);
  }
  space.style.height = shown.length * ROW + "px";
  draw();
}
byId("step").addEventListener("change", event => {
  const entry = data.entries[Number(event.target.value)];
  if (event.target.value === "") return;
  event.target.value = "";
  if (!shown.includes(entry)) { byId("filter").reset(); apply(); }
  list.scrollTop = shown.indexOf(entry) * ROW;
  chosen = null;
  choose(entry);
});
byId("filter").addEventListener("input", event => { if (event.target.id !== "step") apply(); });
byId("filter").addEventListener("submit", event => event.preventDefault());
list.addEventListener("scroll", draw);
addEventListener("resize", draw);
dark.addEventListener("change", draw);
apply();
)js";

// JSON inside a script element: "<" is written so that nothing in it ends the element.
std::string script_json(const Json& json) {
  const std::string plain = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string safe;
  safe.reserve(plain.size());
  for (const char c : plain) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

std::string facts_html(const BundleFacts& facts, const std::vector<std::string>& notes) {
  std::string html =
      fmt::format("<h1>{} {}</h1>\n", html::escape(facts.scenario), html::escape(facts.verdict));
  html += fmt::format("<p class=\"quiet\">{} {} &middot; run {} &middot; seed {}</p>\n",
                      html::escape(facts.flavour), html::escape(facts.version),
                      html::escape(facts.run), facts.seed);
  if (!facts.command.empty()) {
    html += fmt::format("<p>repeat: <code>{}</code></p>\n", html::escape(facts.command));
  }
  for (const std::string& note : notes) html += fmt::format("<p>{}</p>\n", html::escape(note));
  if (!facts.reason.empty()) html += fmt::format("<pre>{}</pre>\n", html::escape(facts.reason));
  return html;
}

}  // namespace

std::string html_page(const BundleFacts& facts, const MergedTimeline& timeline,
                      const std::vector<const Timeline::Entry*>& entries) {
  const std::vector<std::string> nodes(timeline.nodes().begin(), timeline.nodes().end());
  std::vector<std::string> notes = timeline.notes();
  const std::size_t left_out = entries.size() - std::min(entries.size(), kPageEntries);
  if (left_out > 0) {
    notes.push_back(fmt::format(
        "the first {} entries are left out; noderig logs has filters for them", left_out));
  }
  Json lines = Json::array();
  for (std::size_t i = left_out; i < entries.size(); ++i) {
    const Timeline::Entry& entry = *entries[i];
    const auto node = std::ranges::find(nodes, timeline.node_of(entry));
    lines.push_back(Json::array({clock_text(entry.time), name_of(entry.kind), entry.source,
                                 node == nodes.end() ? -1 : node - nodes.begin(), describe(entry),
                                 entry.failed ? 1 : 0}));
  }
  const Json data = {{"nodes", nodes}, {"peers", timeline.peers()}, {"entries", std::move(lines)}};
  return html::page({.title = facts.scenario + " in " + facts.run,
                     .body = fmt::format("<header>{}</header>\n{}<script type=\"application/json\" "
                                         "id=\"data\">{}</script>\n",
                                         facts_html(facts, notes), kControls, script_json(data)),
                     .style = std::string(kBundleStyle),
                     .script = std::string(kScript)});
}

}  // namespace noderig
