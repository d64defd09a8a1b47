#include "command.h"

#include <noderig/framework/runner/worker.h>

namespace noderig {

void add_worker_command(CLI::App& app, Action& action) {
  CLI::App* worker = app.add_subcommand("worker", "Runs one scenario; started by `run`");
  worker->group("");  // not shown
  worker->callback([&action] { action = run_worker; });
}

}  // namespace noderig
