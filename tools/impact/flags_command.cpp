// noderig impact flags: how to build what is to be recorded.
#include "commands.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <impact/record/flags.h>
#include <noderig/json_output.h>

namespace noderig::impact {

void add_flags_command(CLI::App& impact, Action& action) {
  CLI::App* command = impact.add_subcommand(
      "flags", "Compiler and linker flags for an instrumented build of any project, by clang 16");
  auto json = std::make_shared<JsonOutput>();
  json->add_options(*command);
  command->callback([json, &action] {
    action = [json] {
      const Flags flags = instrumentation_flags();
      json->write({{"schema", 1}, {"compile", flags.compile}, {"link", flags.link}});
      if (json->to_stdout) return kExitPassed;
      fmt::print("CXXFLAGS={}\nLDFLAGS={}\n", fmt::join(flags.compile, " "),
                 fmt::join(flags.link, " "));
      return kExitPassed;
    };
  });
}

}  // namespace noderig::impact
