#include "colours.h"
#include "command.h"
#include "output_file.h"
#include "usage.h"

#include <fmt/format.h>
#include <noderig/framework/bundle/bundle.h>
#include <noderig/framework/bundle/html_page.h>
#include <noderig/framework/bundle/merged_timeline.h>
#include <noderig/framework/bundle/pcap.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/first_line.h>
#include <noderig/framework/home.h>
#include <noderig/framework/nearest.h>
#include <noderig/framework/report/text.h>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace noderig {
namespace {

using Entry = Timeline::Entry;

// Longer lines are cut, unless --full asks for all of them.
constexpr std::size_t kLineBytes = 500;
const std::vector<std::string> kKinds = {"step", "rpc", "p2p", "node", "log"};

struct LogsOptions {
  std::string run;
  std::string scenario;
  std::vector<std::string> nodes;
  std::vector<std::string> peers;
  std::string grep;
  std::string around;
  std::string kinds;
  std::size_t limit = 0;
  bool full = false;
  std::string html;
  std::string pcap;
};

// ---------------------------------------------------------------------------------- What there is

std::string age_text(std::filesystem::file_time_type time) {
  const auto age = std::chrono::duration_cast<std::chrono::minutes>(
      std::filesystem::file_time_type::clock::now() - time);
  if (age.count() < 60) return fmt::format("{} min", age.count());
  if (age.count() < 48 * 60) return fmt::format("{} h", age.count() / 60);
  return fmt::format("{} d", age.count() / (24 * 60));
}

std::string size_text(std::uintmax_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

void print_list(const std::vector<BundlePlace>& places) {
  for (const BundlePlace& place : places) {
    const BundleFacts facts = read_bundle_facts(place.path).value_or(BundleFacts{});
    std::string verdict = facts.verdict.empty() ? "no verdict" : facts.verdict;
    if (!facts.reason.empty()) verdict += ": " + first_line(facts.reason).substr(0, 100);
    fmt::print("{}  {}  {} ago, {}\n    {}\n", place.run, place.scenario, age_text(place.time),
               size_text(size_of_bundle(place.path)), verdict);
  }
}

int list() {
  const auto places = list_bundles(home_directory() / "bundles");
  if (places.empty()) fmt::print("no bundles in {}\n", (home_directory() / "bundles").string());
  print_list(places);
  return kExitPassed;
}

// --------------------------------------------------------------------------------- The time line

class LinePrinter {
 public:
  LinePrinter(const MergedTimeline& timeline, bool full)
      : timeline_(timeline),
        nodes_(timeline.nodes().begin(), timeline.nodes().end()),
        full_(full),
        coloured_(takes_colours(stdout)) {
    for (const Entry& entry : timeline.entries()) {
      source_width_ = std::max(source_width_, std::min<std::size_t>(entry.source.size(), 24));
    }
  }

  // False when nobody reads any more.
  bool print(const Entry& entry) const {
    std::string text = printable(describe(entry));
    if (!full_ && text.size() > kLineBytes) {
      text = fmt::format("{}... ({} characters)", text.substr(0, kLineBytes), text.size());
    }
    const std::string time = clock_text(entry.time);
    std::string line;
    if (entry.kind == Timeline::Kind::Step) {
      line = fmt::format("{} {}", time, painted("1", fmt::format("---- {}", text)));
    } else {
      const std::string what =
          fmt::format("{:<{}} {:<4} {}{}", entry.source, source_width_, name_of(entry.kind),
                      entry.failed ? "FAILED " : "", text);
      line = fmt::format("{} {}", time, painted(colour_of(entry), what));
    }
    line += '\n';
    return std::fwrite(line.data(), 1, line.size(), stdout) == line.size();
  }

 private:
  // A colour a node; red what failed.
  std::string colour_of(const Entry& entry) const {
    static constexpr std::array kColours = {"36", "32", "33", "35", "34", "96", "92", "95"};
    if (entry.failed) return "31";
    const auto node = std::ranges::find(nodes_, timeline_.node_of(entry));
    if (node == nodes_.end()) return "";
    return kColours[static_cast<std::size_t>(node - nodes_.begin()) % kColours.size()];
  }

  std::string painted(const std::string& colour, const std::string& text) const {
    return coloured_ && !colour.empty() ? fmt::format("\033[{}m{}\033[0m", colour, text) : text;
  }

  const MergedTimeline& timeline_;
  const std::vector<std::string> nodes_;
  std::size_t source_width_ = 5;
  bool full_;
  bool coloured_;
};

std::regex pattern_of(const std::string& text) {
  try {
    return std::regex(text, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error& error) {
    throw UsageError(fmt::format("--grep \"{}\" is no regular expression: {}", text, error.what()));
  }
}

TimelineFilter filter_of(const LogsOptions& options) {
  TimelineFilter filter{.nodes = options.nodes,
                        .peers = options.peers,
                        .around = options.around,
                        .limit = options.limit};
  if (!options.grep.empty()) filter.grep = pattern_of(options.grep);
  for (std::size_t begin = 0; begin < options.kinds.size();) {
    const auto end = std::min(options.kinds.find(',', begin), options.kinds.size());
    const std::string kind = options.kinds.substr(begin, end - begin);
    begin = end + 1;
    if (std::ranges::find(kKinds, kind) == kKinds.end()) {
      throw UsageError(fmt::format("there is no kind \"{}\"{}", kind, did_you_mean(kind, kKinds)));
    }
    filter.kinds.insert(kind);
  }
  return filter;
}

// The connections to one of the nodes and of one of the peers asked for, whole: a stream with gaps
// could not be read.
std::vector<Entry> captured(const MergedTimeline& timeline, const LogsOptions& options) {
  std::vector<Entry> entries;
  for (const Entry& entry : timeline.recorded()) {
    const bool node =
        options.nodes.empty() ||
        std::ranges::find(options.nodes, timeline.node_of(entry)) != options.nodes.end();
    const auto named = [&](const std::string& peer) {
      return entry.source.find(peer) != std::string_view::npos;
    };
    if (node && (options.peers.empty() || std::ranges::any_of(options.peers, named))) {
      entries.push_back(entry);
    }
  }
  return entries;
}

void write_capture(const MergedTimeline& timeline, const LogsOptions& options) {
  const Capture capture = capture_of(captured(timeline, options));
  write_file(options.pcap, capture.bytes);
  fmt::print(stderr, "{}: {} messages of {} connections{}\n", options.pcap, capture.messages,
             capture.connections,
             capture.without_ends == 0
                 ? ""
                 : fmt::format(", {} of them with made-up addresses (192.0.2.x), for their "
                               "beginning is no longer kept",
                               capture.without_ends));
}

int show(const BundlePlace& place, const LogsOptions& options) {
  const TimelineFilter filter = filter_of(options);
  const MergedTimeline timeline(place.path);
  const auto entries = filtered(timeline, filter);
  for (const std::string& note : timeline.notes()) fmt::print(stderr, "note: {}\n", note);
  if (!options.pcap.empty()) write_capture(timeline, options);
  if (!options.html.empty()) {
    BundleFacts facts = read_bundle_facts(place.path).value_or(BundleFacts{});
    if (facts.run.empty()) facts.run = place.run;
    if (facts.scenario.empty()) facts.scenario = place.scenario;
    write_file(options.html, html_page(facts, timeline, entries));
    fmt::print(stderr, "{}: {} entries\n", options.html, std::min(entries.size(), kPageEntries));
  }
  if (!options.pcap.empty() || !options.html.empty()) return kExitPassed;
  const LinePrinter printer(timeline, options.full);
  for (const Entry* entry : entries) {
    if (!printer.print(*entry)) break;
  }
  return kExitPassed;
}

void check(const LogsOptions& options) {
  require_outputs({{"--html", options.html}, {"--pcap", options.pcap}});
  if (options.pcap.empty()) return;
  const std::pair<const char*, bool> others[] = {{"--grep", !options.grep.empty()},
                                                 {"--around", !options.around.empty()},
                                                 {"--kind", !options.kinds.empty()},
                                                 {"--limit", options.limit != 0}};
  for (const auto& [name, given] : others) {
    if (!given) continue;
    throw UsageError(
        fmt::format("--pcap takes no {}: a connection with gaps could not be read; --node and "
                    "--peer choose whole ones",
                    name));
  }
}

int logs(const LogsOptions& options) {
  check(options);
  // A pager that is left ends the output, not the program.
  std::signal(SIGPIPE, SIG_IGN);
  if (options.run.empty()) return list();
  const auto run = bundles_of_run(list_bundles(home_directory() / "bundles"), options.run);
  if (!options.scenario.empty()) return show(bundle_of_scenario(run, options.scenario), options);
  if (run.size() == 1) return show(run.front(), options);
  print_list(run);
  return kExitPassed;
}

}  // namespace

void add_logs_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<LogsOptions>();
  CLI::App* command = app.add_subcommand(
      "logs", "Shows the time line of a scenario that failed: steps, RPC calls, messages, logs");
  command->footer(
      "Without a run it lists what there is; with a run alone, that run's scenarios, or the time\n"
      "line when there is but one. Times are UTC, by this machine's clock.");
  command->add_option("RUN", options->run, "A run's name, a beginning of it, or `last`");
  command->add_option("SCENARIO", options->scenario, "The scenario, or a beginning of its name");
  command->add_option("--node", options->nodes, "Only what is about this node (repeatable)")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command
      ->add_option("--peer", options->peers,
                   "Only messages of peers of this name, or with it in theirs (repeatable)")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command->add_option("--grep", options->grep, "Only what matches, in the source or the text")
      ->type_name("REGEX");
  command
      ->add_option(
          "--around", options->around,
          "Only from the step before to the end of the step after the steps that have this\n"
          "in their text")
      ->type_name("STEP");
  command->add_option("--kind", options->kinds, "Only these kinds: step,rpc,p2p,node,log")
      ->type_name("KINDS");
  command->add_option("--limit", options->limit, "At most the last N of them")
      ->check(whole_number(1))
      ->type_name("N");
  command->add_flag("--full", options->full, "Print long lines whole");
  command->add_option("--html", options->html, "Write them as one HTML page instead")
      ->type_name("FILE");
  command
      ->add_option("--pcap", options->pcap,
                   "Write the P2P traffic as a packet capture instead (all, or that of the nodes\n"
                   "and peers asked for)")
      ->type_name("FILE");
  command->callback([options, &action] { action = [options] { return logs(*options); }; });
}

}  // namespace noderig
