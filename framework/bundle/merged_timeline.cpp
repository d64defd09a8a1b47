#include <fmt/format.h>
#include <noderig/framework/bundle/daemon_log.h>
#include <noderig/framework/bundle/merged_timeline.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/framework/nearest.h>
#include <algorithm>

namespace noderig {
namespace fs = std::filesystem;
namespace {

using Entry = Timeline::Entry;
using Kind = Timeline::Kind;

// Of a longer log the end is read.
constexpr std::uintmax_t kLongestLog = 64 << 20;

bool earlier(const Entry& a, const Entry& b) {
  return a.time < b.time;
}

std::vector<std::string> listed(const std::set<std::string>& names) {
  return {names.begin(), names.end()};
}

}  // namespace

MergedTimeline::MergedTimeline(const fs::path& bundle) {
  read_recording(bundle / kRecordingName);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(bundle, error)) {
    const fs::path log = entry.path() / "regtest" / "debug.log";
    if (fs::is_regular_file(log, error)) read_log(entry.path().filename().string(), log);
  }
  std::ranges::stable_sort(entries_, earlier);
  find_nodes_of_connections();
}

const std::vector<Entry>& MergedTimeline::recorded() const {
  static const std::vector<Entry> none;
  return recording_ ? recording_->entries() : none;
}

void MergedTimeline::read_recording(const fs::path& file) {
  try {
    recording_ = std::make_unique<Recording>(file);
  } catch (const EnvironmentError& error) {
    notes_.emplace_back(error.what());
    return;
  }
  entries_ = recording_->entries();
  if (recording_->dropped() > 0) {
    notes_.push_back(fmt::format("the recording is full: {} earlier entries are not in it",
                                 recording_->dropped()));
  }
  for (const Entry& entry : entries_) {
    const bool of_peer = entry.kind == Kind::Message || entry.kind == Kind::Peer;
    if (of_peer) peers_.emplace(entry.source);
    if (entry.kind == Kind::Rpc || entry.kind == Kind::Node) nodes_.emplace(entry.source);
  }
}

void MergedTimeline::read_log(const std::string& node, const fs::path& file) {
  const std::uintmax_t size = fs::file_size(file);
  const std::uintmax_t from = size > kLongestLog ? size - kLongestLog : 0;
  logs_.push_back(std::make_unique<std::string>(read_file(file, from)));
  if (from > 0) {
    notes_.push_back(fmt::format("of {}'s log the first {} bytes are left out", node, from));
    logs_.back()->erase(0, logs_.back()->find('\n'));
  }
  const std::string& name = *nodes_.insert(node).first;
  for (const DaemonLogLine& line : parse_daemon_log(*logs_.back())) {
    entries_.push_back({.time = line.time, .kind = Kind::Log, .source = name, .text = line.text});
  }
}

// By the address a node was started with, which is one end of the connection.
void MergedTimeline::find_nodes_of_connections() {
  std::map<std::string, std::string, std::less<>> node_at;
  for (const Entry& entry : entries_) {
    if (entry.kind == Kind::Node) {
      for (const std::string_view option : {"-bind=", "--port="}) {
        const auto at = entry.text.find(option);
        if (at == std::string_view::npos) continue;
        const auto address = entry.text.substr(at + option.size());
        const auto host_end = address.rfind(':', address.find(' '));
        const auto port = address.substr(host_end == std::string_view::npos ? 0 : host_end + 1);
        node_at.insert_or_assign(std::string(port.substr(0, port.find(' '))),
                                 std::string(entry.source));
        break;
      }
    }
    if (entry.connection == 0 || node_of_connection_.contains(entry.connection)) continue;
    // As the rig names peers unless a scenario does.
    if (const auto at = entry.source.rfind('@'); at != std::string_view::npos) {
      node_of_connection_[entry.connection] = entry.source.substr(at + 1);
    } else if (entry.kind == Kind::Peer && entry.name == "opened" && entry.sent) {
      const auto node = node_at.find(entry.reply.substr(entry.reply.rfind(':') + 1));
      if (node != node_at.end()) node_of_connection_[entry.connection] = node->second;
    }
  }
}

std::string MergedTimeline::node_of(const Entry& entry) const {
  if (entry.connection != 0) {
    const auto found = node_of_connection_.find(entry.connection);
    return found == node_of_connection_.end() ? std::string() : found->second;
  }
  const std::string source(entry.source);
  return nodes_.contains(source) ? source : std::string();
}

namespace {

// For each entry whether it lies in the neighbourhood of a step that has `part` in its text.
std::vector<bool> near_step(const std::vector<Entry>& entries, const std::string& part) {
  std::vector<std::size_t> steps;  // where each one begins
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].kind == Kind::Step) steps.push_back(i);
  }
  std::vector<bool> near(entries.size(), false);
  std::vector<std::string> texts;
  bool found = false;
  for (std::size_t step = 0; step < steps.size(); ++step) {
    const std::string_view text = entries[steps[step]].text;
    texts.emplace_back(text);
    if (text.find(part) == std::string_view::npos) continue;
    found = true;
    const std::size_t begin = step == 0 ? 0 : steps[step - 1];
    const std::size_t end = step + 2 < steps.size() ? steps[step + 2] : entries.size();
    std::fill(near.begin() + static_cast<std::ptrdiff_t>(begin),
              near.begin() + static_cast<std::ptrdiff_t>(end), true);
  }
  if (!found) {
    throw UsageError(
        fmt::format("no step has \"{}\" in its text{}", part, did_you_mean(part, texts)));
  }
  return near;
}

void require_known(const TimelineFilter& filter, const MergedTimeline& timeline) {
  for (const std::string& node : filter.nodes) {
    if (timeline.nodes().contains(node)) continue;
    throw UsageError(fmt::format("there is no node \"{}\" in this bundle{}", node,
                                 did_you_mean(node, listed(timeline.nodes()))));
  }
  for (const std::string& peer : filter.peers) {
    const auto has = [&](const std::string& name) { return name.find(peer) != std::string::npos; };
    if (std::ranges::any_of(timeline.peers(), has)) continue;
    throw UsageError(fmt::format("there is no peer \"{}\" in this bundle{}", peer,
                                 did_you_mean(peer, listed(timeline.peers()))));
  }
}

bool passes(const TimelineFilter& filter, const MergedTimeline& timeline, const Entry& entry) {
  if (!filter.kinds.empty() && !filter.kinds.contains(std::string(name_of(entry.kind)))) {
    return false;
  }
  if (entry.kind != Kind::Step) {
    if (!filter.nodes.empty() &&
        std::ranges::find(filter.nodes, timeline.node_of(entry)) == filter.nodes.end()) {
      return false;
    }
    const bool of_peer = entry.kind == Kind::Message || entry.kind == Kind::Peer;
    const auto named = [&](const std::string& peer) {
      return of_peer && entry.source.find(peer) != std::string_view::npos;
    };
    if (!filter.peers.empty() && std::ranges::none_of(filter.peers, named)) return false;
  }
  if (!filter.grep) return true;
  return std::regex_search(entry.source.begin(), entry.source.end(), *filter.grep) ||
         std::regex_search(describe(entry), *filter.grep);
}

}  // namespace

std::vector<const Entry*> filtered(const MergedTimeline& timeline, const TimelineFilter& filter) {
  require_known(filter, timeline);
  const std::vector<Entry>& entries = timeline.entries();
  std::vector<bool> near;
  if (!filter.around.empty()) near = near_step(entries, filter.around);
  std::vector<const Entry*> passed;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!near.empty() && !near[i]) continue;
    if (passes(filter, timeline, entries[i])) passed.push_back(&entries[i]);
  }
  if (filter.limit != 0 && passed.size() > filter.limit) {
    passed.erase(passed.begin(), passed.end() - static_cast<std::ptrdiff_t>(filter.limit));
  }
  return passed;
}

}  // namespace noderig
