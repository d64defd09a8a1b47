// All that a bundle tells of one scenario on one time line: what the rig recorded and what each
// daemon logged, by the machine's clock; and the parts of it that somebody asks for. One thread.
#pragma once

#include <noderig/framework/bundle/recording.h>
#include <noderig/framework/timeline.h>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace noderig {

class MergedTimeline {
 public:
  // Reads a bundle: its recording, if there is one, and each node's log. Never throws for what is
  // missing: a worker that was killed leaves what it had.
  explicit MergedTimeline(const std::filesystem::path& bundle);
  MergedTimeline(const MergedTimeline&) = delete;
  MergedTimeline& operator=(const MergedTimeline&) = delete;

  // By time; of one time, the rig's before the daemons'. A daemon's line has the kind Log and its
  // node as the source.
  const std::vector<Timeline::Entry>& entries() const { return entries_; }

  // The recording's part: empty when there is none.
  const std::vector<Timeline::Entry>& recorded() const;

  // What is not there and why, a sentence each: entries that were dropped, a recording that is
  // missing.
  const std::vector<std::string>& notes() const { return notes_; }

  // The nodes, by name, and the peers.
  const std::set<std::string>& nodes() const { return nodes_; }
  const std::set<std::string>& peers() const { return peers_; }

  // The node an entry is about: its source, or the node of the peer that is its source; empty for
  // the scenario's own.
  std::string node_of(const Timeline::Entry& entry) const;

 private:
  void read_recording(const std::filesystem::path& file);
  void read_log(const std::string& node, const std::filesystem::path& file);
  void find_nodes_of_connections();

  std::unique_ptr<Recording> recording_;
  std::vector<std::unique_ptr<std::string>> logs_;  // the entries refer to them
  std::vector<Timeline::Entry> entries_;
  std::vector<std::string> notes_;
  std::set<std::string> nodes_;
  std::set<std::string> peers_;
  std::map<std::uint32_t, std::string> node_of_connection_;
};

struct TimelineFilter {
  std::vector<std::string> nodes{};  // what is about one of these; all when empty
  std::vector<std::string> peers{};  // messages of peers with one of these in their name
  std::optional<std::regex> grep{};  // in the source or the text
  std::string around{};              // a part of a step's text
  std::set<std::string> kinds{};     // "step", "rpc", "p2p", "node", "log"; all when empty
  std::size_t limit = 0;             // at most so many, the latest; 0: all
};

// The entries that pass. Steps pass by nodes and peers, so that one sees where one is. With
// `around`, those from the step before to the end of the step after each step that has it. Throws
// UsageError, with the nearest there is, for a node, peer or step that does not occur.
std::vector<const Timeline::Entry*> filtered(const MergedTimeline& timeline,
                                             const TimelineFilter& filter);

}  // namespace noderig
