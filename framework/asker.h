// Who makes the RPC calls of a thread. Reports count a scenario's calls apart from those that the
// rig makes to do its work, and `noderig prove` changes only what the scenario itself receives.
#pragma once

namespace noderig {

// While it lives, calls of this thread are the rig's own: whether a node is ready, connecting and
// syncing nodes, what blocks are built on, the stop.
class RigsOwnCalls {
 public:
  RigsOwnCalls();
  ~RigsOwnCalls();
  RigsOwnCalls(const RigsOwnCalls&) = delete;
  RigsOwnCalls& operator=(const RigsOwnCalls&) = delete;

  // Whether one lives on this thread.
  static bool active();
};

// While it lives, calls of this thread are polls: a scenario's questions whose answers only decide
// whether a wait goes on.
class Polls {
 public:
  Polls();
  ~Polls();
  Polls(const Polls&) = delete;
  Polls& operator=(const Polls&) = delete;

  static bool active();
};

}  // namespace noderig
