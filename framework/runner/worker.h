// The process that runs one scenario. The runner starts it as `noderig worker`, with the job as
// JSON on standard input; it answers with one JSON object a line on the file descriptor of the job:
//   {"scratch":"path"}         its directory, should it not live to remove it
//   {"step":"text"}            the scenario has come to this step
//   {"warning":"step"}         that step is one which the user is to know of when it is over
//   {"hang":"text"}            its time is up: what its threads wait for
//   {"pause":"text"}           it has failed and goes on when SIGUSR1 comes; how to reach its nodes
//   {"crash":"text"}           an exception left a thread; the process ends next
//   {"result":{...}}           the verdict, once every daemon has ended
// SIGTERM says that its time is up, SIGINT that the user wants to stop: both end all waits, so that
// the scenario fails where it stands, with its place and bundle.
#pragma once

#include <noderig/framework/node/profile.h>
#include <noderig/framework/prove/tamper.h>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace noderig {

struct WorkerJob {
  std::string scenario;
  std::filesystem::path plugin;
  DaemonProfile daemon;
  std::vector<std::string> subtests{};  // empty: all
  std::uint64_t seed = 0;
  double timeout_factor = 1;
  bool keep = false;
  bool trace = false;
  bool pause_on_failure = false;
  bool yields = false;                   // see Schedule; so is the worker started
  std::string repeat_command{};          // for its bundle; the worker has no use for it
  std::optional<prove::Order> tamper{};  // under `noderig prove`, which keeps no bundle
  std::filesystem::path bundle;          // where the scratch directory goes on failure
  int events = -1;                       // file descriptor, inherited
};

void to_json(nlohmann::json& json, const WorkerJob& job);
void from_json(const nlohmann::json& json, WorkerJob& job);

// Reads the job from standard input and runs it. Returns the process's exit status: 0 when there is
// a verdict, whatever it is.
int run_worker();

}  // namespace noderig
