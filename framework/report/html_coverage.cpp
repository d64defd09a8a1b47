// What a run covered of what can be asked of a daemon and said to it.
#include <fmt/format.h>
#include <noderig/framework/report/html.h>
#include <noderig/framework/report/html_parts.h>
#include <noderig/p2p/messages/registry.h>
#include <algorithm>
#include <map>
#include <set>

namespace noderig {
namespace {

using html::escape;

struct MethodTotal {
  RpcUse use;
  std::set<std::string> scenarios;  // that called it themselves

  std::int64_t scenario_calls() const { return use.calls - use.rig_calls; }
};

// By method, of all executions on that daemon.
std::map<std::string, MethodTotal> methods_called(const RunResult& run, const std::string& daemon) {
  std::map<std::string, MethodTotal> totals;
  for (const Execution& one : run.executions) {
    if (one.daemon != daemon) continue;
    for (const RpcUse& use : one.rpc) {
      MethodTotal& total = totals[use.method];
      total.use.calls += use.calls;
      total.use.errors += use.errors;
      total.use.seconds += use.seconds;
      total.use.rig_calls += use.rig_calls;
      if (use.calls > use.rig_calls) total.scenarios.insert(one.scenario);
    }
  }
  return totals;
}

std::string methods_table(const std::map<std::string, MethodTotal>& called) {
  std::string text =
      "<details><summary>Called</summary>\n<div class=\"scroll\"><table>\n<caption>Calls that "
      "scenarios made, and those that the rig made to do its own work: connecting and syncing "
      "nodes, "
      "mining, the oracles</caption>\n<thead><tr><th scope=\"col\">Method</th>"
      "<th scope=\"col\" class=\"number\">By scenarios</th>"
      "<th scope=\"col\" class=\"number\">By the rig</th>"
      "<th scope=\"col\" class=\"number\">Errors</th><th scope=\"col\" class=\"number\">Time</th>"
      "<th scope=\"col\" class=\"number\">Scenarios</th></tr></thead>\n<tbody>\n";
  for (const auto& [method, total] : called) {
    text += fmt::format(
        "<tr><th scope=\"row\"><code>{}</code></th><td class=\"number\">{}</td>"
        "<td class=\"number\">{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td>"
        "<td class=\"number\">{}</td></tr>\n",
        escape(method), total.scenario_calls(), total.use.rig_calls, total.use.errors,
        seconds_text(total.use.seconds), total.scenarios.size());
  }
  return text + "</tbody>\n</table></div></details>\n";
}

std::string daemon_coverage(const RunResult& run, const DaemonUsed& daemon) {
  const auto called = methods_called(run, daemon.name);
  if (called.empty()) return {};
  std::string missing;
  std::size_t missing_count = 0;
  std::size_t by_rig_alone = 0;
  for (const std::string& method : daemon.rpcs) {
    if (const auto total = called.find(method); total != called.end()) {
      if (total->second.scenario_calls() == 0) ++by_rig_alone;
      continue;
    }
    ++missing_count;
    missing += fmt::format("<li><code>{}</code></li>\n", escape(method));
  }
  const std::size_t offered = daemon.rpcs.size();
  std::string text = fmt::format(
      "<h3>{}</h3>\n<p>Of the {} methods that it offers, scenarios called {} and the rig "
      "alone {}.</p>\n",
      escape(daemon.name), offered, offered - missing_count - by_rig_alone, by_rig_alone);
  text += methods_table(called);
  if (missing_count > 0) {
    text += fmt::format(
        "<details><summary>Offered and never called: {}</summary>\n<ul class=\"columns\">\n{}</ul>"
        "</details>\n",
        missing_count, missing);
  }
  return text;
}

// A count with its bytes; a dash where there was none.
std::string exchanged(std::int64_t count, std::int64_t bytes) {
  if (count == 0) {
    return "<td class=\"number quiet\"><span aria-hidden=\"true\">\u2013</span>"
           "<span class=\"hidden\">never</span></td><td></td>";
  }
  return fmt::format("<td class=\"number\">{}</td><td class=\"number\">{}</td>", count, bytes);
}

}  // namespace

std::string rpc_coverage(const RunResult& run) {
  std::string text;
  for (const DaemonUsed& daemon : run.daemons) text += daemon_coverage(run, daemon);
  if (text.empty()) return text;
  return "<section aria-labelledby=\"rpc\">\n<h2 id=\"rpc\">RPC coverage</h2>\n" + text +
         "</section>\n";
}

std::string message_coverage(const RunResult& run) {
  std::map<std::string, MessageUse> totals;
  for (const Execution& one : run.executions) {
    for (const MessageUse& use : one.messages) {
      MessageUse& total = totals[use.command];
      total.sent += use.sent;
      total.sent_bytes += use.sent_bytes;
      total.received += use.received;
      total.received_bytes += use.received_bytes;
    }
  }
  if (totals.empty()) return {};
  const auto known = p2p::all_commands();
  const auto count_of = [&](std::int64_t MessageUse::*counter) {
    return std::ranges::count_if(known, [&](std::string_view command) {
      const auto total = totals.find(std::string(command));
      return total != totals.end() && total->second.*counter > 0;
    });
  };
  const auto sent = count_of(&MessageUse::sent);
  const auto received = count_of(&MessageUse::received);
  for (const std::string_view command : known) totals.try_emplace(std::string(command));

  std::string text = fmt::format(
      "<section aria-labelledby=\"messages\">\n<h2 id=\"messages\">Message coverage</h2>\n"
      "<p>Of the {} message types that noderig knows, its peers sent {} and received {}. What "
      "daemons "
      "say to each other is not counted.</p>\n<details><summary>By type</summary>\n"
      "<div class=\"scroll\"><table>\n<caption>Messages of the rig's peers, with the bytes of "
      "their "
      "payloads</caption>\n<thead><tr><th scope=\"col\">Type</th>"
      "<th scope=\"col\" class=\"number\">Sent</th><th scope=\"col\" class=\"number\">Bytes</th>"
      "<th scope=\"col\" class=\"number\">Received</th><th scope=\"col\" "
      "class=\"number\">Bytes</th>"
      "</tr></thead>\n<tbody>\n",
      known.size(), sent, received);
  for (const auto& [command, total] : totals) {
    const bool unknown = std::ranges::find(known, command) == known.end();
    text += fmt::format("<tr><th scope=\"row\"><code>{}</code>{}</th>{}{}</tr>\n", escape(command),
                        unknown ? " <span class=\"quiet\">(not known)</span>" : "",
                        exchanged(total.sent, total.sent_bytes),
                        exchanged(total.received, total.received_bytes));
  }
  return text + "</tbody>\n</table></div></details>\n</section>\n";
}

}  // namespace noderig
