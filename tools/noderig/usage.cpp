#include "usage.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/nearest.h>
#include <noderig/framework/numbers.h>
#include <poll.h>
#include <unistd.h>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace noderig {
namespace {

std::vector<std::string> subcommands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!sub->get_group().empty()) names.push_back(sub->get_name());
  }
  return names;
}

std::vector<std::string> words_of(const CLI::App& app) {
  std::vector<std::string> words = subcommands_of(app);
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
    for (const std::string& name : option->get_snames()) words.push_back("-" + name);
  }
  return words;
}

// The subcommand the line had come to when it went wrong.
const CLI::App& innermost(const CLI::App& app) {
  const auto given = app.get_subcommands();
  return given.empty() ? app : innermost(*given.front());
}

// A reader that has left does not mind that something could not be printed; whoever keeps the
// output in a file does.
void require_told() {
  const bool flushed = std::fflush(stdout) == 0;
  const std::string reason = flushed ? "some of them could not be written" : std::strerror(errno);
  if (flushed && std::ferror(stdout) == 0) return;
  pollfd reader{.fd = STDOUT_FILENO, .events = 0, .revents = 0};
  if (::poll(&reader, 1, 0) == 1 && (reader.revents & POLLERR) != 0) return;
  throw EnvironmentError(fmt::format("cannot print the results: {}", reason));
}

}  // namespace

int usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = innermost(app);
  std::string name = command.get_name();
  for (const CLI::App* up = command.get_parent(); up != nullptr; up = up->get_parent()) {
    name = up->get_name() + " " + name;
  }
  const auto extras = command.remaining();
  std::string text = error.what();
  if (!extras.empty()) {
    text = fmt::format("{}: no such {}: {}{}", name,
                       extras.front().starts_with('-') ? "option" : "command", extras.front(),
                       did_you_mean(extras.front(), words_of(command)));
  } else if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr &&
             command.get_require_subcommand_min() > 0) {
    text = fmt::format("{} needs a command: {}", name, fmt::join(subcommands_of(command), ", "));
  }
  fmt::print(stderr, "noderig: {}\nRun `{} --help` for what there is.\n", text, name);
  return kExitUsage;
}

CLI::Validator whole_number(std::uint64_t least) {
  const auto check = [least](const std::string& text) {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [behind, error] = std::from_chars(text.data(), end, value);
    const bool whole = error == std::errc() && behind == end;
    const bool octal = text.size() > 1 && text.front() == '0';  // to those that read it later
    if (whole && !octal && value >= least) return std::string();
    return fmt::format("\"{}\" is no whole number from {} to 2^64 - 1", text, least);
  };
  return {check, ""};
}

CLI::Validator finite() {
  const auto check = [](const std::string& text) {
    return number_in(text) ? std::string() : fmt::format("\"{}\" is no number", text);
  };
  return {check, ""};
}

CLI::Validator file_name() {
  const auto check = [](const std::string& text) {
    if (text.empty()) return std::string("an empty word names no file");
    return text == "-" ? std::string("\"-\" names no file; ./- does") : std::string();
  };
  return {check, ""};
}

CLI::Validator above_zero() {
  const auto check = [](const std::string& text) {
    return number_in(text).value_or(0) > 0 ? std::string()
                                           : fmt::format("\"{}\" is no number above 0", text);
  };
  return {check, ""};
}

CLI::Validator timeout_factor() {
  static constexpr double kMost = 1000;  // of a minute make most of a day
  const auto check = [](const std::string& text) {
    const double value = number_in(text).value_or(0);
    return value > 0 && value <= kMost
               ? std::string()
               : fmt::format("\"{}\" is no number above 0 and up to {}", text, kMost);
  };
  return {check, ""};
}

CLI::Validator share() {
  const auto check = [](const std::string& text) {
    const auto value = number_in(text);
    return value && *value >= 0 && *value <= 1
               ? std::string()
               : fmt::format("\"{}\" is no number from 0 to 1", text);
  };
  return {check, ""};
}

int exit_status_of(const std::function<int()>& program) {
  try {
    const int status = program();
    require_told();
    return status;
  } catch (const UsageError& error) {
    fmt::print(stderr, "noderig: {}\n", error.what());
    return kExitUsage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "noderig: {}\n", error.what());
    return kExitEnvironment;
  }
}

}  // namespace noderig
