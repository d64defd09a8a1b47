// The lines of a daemon's own log with the times they were written at. Pure functions; any thread.
#pragma once

#include <chrono>
#include <string_view>
#include <vector>

namespace noderig {

struct DaemonLogLine {
  // By the machine's clock, also under -mocktime: the daemons show the mocked time beside it. Whole
  // seconds where the daemon writes no more.
  std::chrono::system_clock::time_point time;
  std::string_view text;  // without its times
};

// The lines of `log`, which they refer to. Bitcoind's begin with
// "2026-01-02T03:04:05.678901Z (mocktime: ...) ", bcoin's with "[D:2026-01-02T03:04:05Z] "; a line
// without a time has that of the one before.
std::vector<DaemonLogLine> parse_daemon_log(std::string_view log);

}  // namespace noderig
