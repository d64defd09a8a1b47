// A run with all that a report may meet: every verdict, sub-tests and none, two daemons, a flaky
// scenario in quarantine, a run that ended early, and texts that are awkward in every format.
#pragma once

#include <noderig/framework/runner/results.h>
#include <string>

namespace noderig {

// Bytes that are no UTF-8, an escape sequence, a NUL, markup, the end of a CDATA section,
// directives and plans of TAP, and line breaks that begin like its lines.
inline const std::string kAwkward =
    std::string("<b>&amp; \"q\" 'a' ]]> \xFF\xFE \x1b[31m ") + '\0' +
    " C:\\dir # SKIP not\nnot ok 9 - injected\n1..2\nBail out! no\n  ...\n\xC3\xA9 \xEF\xBF\xBF";

inline RunResult sample_run() {
  const Execution passed{
      .scenario = "passes",
      .daemon = "knots",
      .verdict = Verdict::Passed,
      .assertions = 12,
      .started = 0.5,
      .wall = 2.5,
      .reasons = {"changed: <src/net.cpp>"},
      .expected_seconds = 2,
      .timeout = 60,
      .timeout_basis = "20 times the slowest past run",
      .subtests = {{"first", Verdict::Passed, "", 0.5}, {"second", Verdict::Passed, "", 0.25}},
      .nodes = {{"node0", {"-regtest"}, 0.5, 64 << 20}},
      .steps = {{"mine", 0.5, 0.25}, {"first", 0.75, 0.5}, {"second", 1.25, 1.25}},
      .rpc = {{"getblock", 5, 1, 0.125, 2}, {"stop", 1, 0, 0.01, 1}},
      .messages = {{"ping", 2, 16, 1, 8}, {"zzz", 1, 3, 0, 0}}};
  Execution failed{.scenario = "fails",
                   .daemon = "knots",
                   .verdict = Verdict::Failed,
                   .reason = kAwkward,
                   .started = 3,
                   .wall = 1,
                   .bundle = ".noderig/bundles/r 1/fails",
                   .repeat = "noderig run fails --seed 7 --daemon 'a b'",
                   .subtests = {{"sound", Verdict::Passed, "", 0.5},
                                {"broken", Verdict::Failed, kAwkward, 0.25},
                                {"lacking", Verdict::Skipped, "lacks rpc:x # y", 0}},
                   .steps = {{kAwkward, 0.125, 0.875}}};
  const Execution outside{.scenario = "fails_outside",
                          .daemon = "core",
                          .verdict = Verdict::Failed,
                          .reason = "a daemon ended by itself",
                          .started = 0.5,
                          .wall = 4,
                          .subtests = {{"sound", Verdict::Passed, "", 1}}};
  const Execution flaky{.scenario = "flaky",
                        .daemon = "core",
                        .verdict = Verdict::Failed,
                        .reason = "sometimes",
                        .started = 4.5,
                        .wall = 0.5,
                        .flaky = true,
                        .quarantine = "until 2026-03-01: issue 9"};
  const Execution skipped{.scenario = "skipped",
                          .daemon = "core",
                          .verdict = Verdict::Skipped,
                          .reason = "core 29.3 lacks wallet"};
  const Execution interrupted{.scenario = "interrupted",
                              .daemon = "knots",
                              .verdict = Verdict::Interrupted,
                              .reason = "interrupted by the user",
                              .started = 4,
                              .wall = 1};
  return {.run = "20260203T123456Z-7",
          .begin = std::chrono::sys_days(std::chrono::February / 3 / 2026) +
                   std::chrono::hours(12) + std::chrono::milliseconds(250),
          .seed = 7,
          .revision = "abc123",
          .daemons = {{"knots",
                       "knots",
                       "29.4",
                       "/opt/<k>/bitcoind",
                       {"-regtest"},
                       {"getblock", "getblockhash", "stop"}},
                      {"core", "core", "29.3", "/usr/bin/bitcoind", {"-regtest"}, {"getblock"}}},
          .machine = {"builder", "Linux 6.1 x86_64", 2, std::int64_t{4} << 30},
          .wall = 5,
          .jobs = 2,
          .planned = 8,
          .executions = {passed, failed, outside, flaky, skipped, interrupted},
          .not_run = {{"left_out", "core", "interrupted", 2, {"risk 8"}, 8}},
          .interrupted = true};
}

}  // namespace noderig
