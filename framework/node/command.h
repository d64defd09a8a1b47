// Runs a helper program to its end and returns what it printed: apt-get, dpkg-deb, a daemon's
// -version. No shell is involved, its standard input is empty, and it shares the terminal's
// process group, so that Ctrl-C reaches it too. Daemons are started by the Supervisor instead.
// Any thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

struct CommandOptions {
  std::vector<std::string> environment = {};  // NAME=VALUE, over the caller's own
  std::chrono::milliseconds timeout = std::chrono::minutes(1);
};

struct CommandResult {
  int status = 0;   // exit status; 128 + N when signal N killed it, as shells say it
  std::string out;  // standard output, its first 16 MiB
  std::string err;  // standard error, likewise

  bool ok() const { return status == 0; }
};

// Runs argv[0], searched on PATH when it has no slash, and waits for its end. Throws
// EnvironmentError when it cannot be started and, having killed it, when it outlives the timeout.
CommandResult run_command(const std::vector<std::string>& argv, const CommandOptions& options = {});

// The command as one would type it, for messages: words with special characters are quoted.
std::string quote_command(const std::vector<std::string>& argv);

// The last `lines` lines of what a program printed, without trailing empty ones.
std::string_view last_lines(std::string_view text, std::size_t lines);

}  // namespace noderig
