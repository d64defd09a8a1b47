#include "refactoring.h"

#include <fmt/format.h>

namespace noderig::impact {
namespace {

std::string shown_path(const std::string& file, const std::filesystem::path& project) {
  const bool below = file.starts_with(project.string() + "/");
  return below ? std::filesystem::path(file).lexically_relative(project).string() : file;
}

nlohmann::json to_json(const std::vector<Refusal>& refusals, const std::filesystem::path& project) {
  nlohmann::json all = nlohmann::json::array();
  for (const Refusal& one : refusals) {
    all.push_back({{"code", one.code},
                   {"file", shown_path(one.file, project)},
                   {"line", one.line},
                   {"text", one.text},
                   {"hint", one.hint}});
  }
  return all;
}

nlohmann::json to_json(const std::vector<Change>& changes) {
  const auto text_or_null = [](const std::optional<std::string>& text) {
    return text ? nlohmann::json(*text) : nlohmann::json();
  };
  nlohmann::json all = nlohmann::json::array();
  for (const Change& one : changes) {
    all.push_back({{"change", one.id},
                   {"entity", one.entity},
                   {"receiver", text_or_null(one.receiver)},
                   {"slot", text_or_null(one.slot)},
                   {"evidence", to_string(Evidence::Recorded)}});
  }
  return all;
}

std::string_view word_for(const std::optional<Verdict>& verdict) {
  return verdict ? to_string(*verdict) : "not there";
}

nlohmann::json verdict_json(const std::optional<Verdict>& verdict) {
  return verdict ? nlohmann::json(word_for(verdict)) : nlohmann::json();
}

void add_refusals(std::string& out, std::string_view word, const std::vector<Refusal>& all,
                  const std::filesystem::path& project) {
  for (const Refusal& one : all) {
    std::string place = shown_path(one.file, project);
    if (one.line > 0) place += fmt::format(":{}", one.line);
    if (!place.empty()) place += ": ";
    out += fmt::format("{}{} [{}]: {}\n", place, word, one.code, one.text);
    if (!one.hint.empty()) out += fmt::format("    {}\n", one.hint);
  }
}

}  // namespace

nlohmann::json to_json(const RefactorResult& result, const std::filesystem::path& project) {
  nlohmann::json affected = nlohmann::json::array();
  for (const TestId& id : result.affected) affected.push_back(id.text());
  nlohmann::json tests = nlohmann::json::array();
  for (const TestVerdicts& one : result.tests) {
    tests.push_back({{"id", one.id.text()},
                     {"before", verdict_json(one.before)},
                     {"after", verdict_json(one.after)}});
  }
  return {{"schema", 1},
          {"accepted", result.accepted},
          {"applied", result.applied},
          {"diff", result.diff},
          {"warnings", to_json(result.warnings, project)},
          {"refusals", to_json(result.refusals, project)},
          {"affected", std::move(affected)},
          {"covered", to_json(result.covered)},
          {"untested", to_json(result.untested)},
          {"tests", std::move(tests)}};
}

std::string to_text(const RefactorResult& result, const std::filesystem::path& project) {
  std::string out = result.diff;
  if (!out.empty()) out += '\n';
  for (const Change& one : result.untested) out += fmt::format("untested: {}\n", one.id);
  for (const Change& one : result.covered) out += fmt::format("covered:  {}\n", one.id);
  for (const TestVerdicts& one : result.tests) {
    out += fmt::format("affected: {} ({} before, {} after)\n", one.id.text(), word_for(one.before),
                       word_for(one.after));
  }
  add_refusals(out, "warning", result.warnings, project);
  add_refusals(out, "refused", result.refusals, project);
  out += result.applied    ? "applied\n"
         : result.accepted ? "accepted; nothing was changed\n"
                           : "refused; nothing was changed\n";
  return out;
}

}  // namespace noderig::impact
