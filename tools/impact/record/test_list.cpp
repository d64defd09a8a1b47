#include <impact/record/test_list.h>

#include <fmt/format.h>
#include <fnmatch.h>
#include <impact/record/gtest_list.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/command.h>
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace noderig::impact {
namespace {

using Json = nlohmann::json;
using Strings = std::vector<std::string>;

constexpr std::string_view kFilter = "--gtest_filter=";

// What CTest says of one test.
struct Entry {
  std::string name{};
  Launch launch{};  // its command without what only chooses cases
  Strings filters{};
  bool split = true;  // nothing is said of it that holds for the program as a whole
  bool alone = false;
  bool disabled = false;
  Strings needs{};
};

// Properties that a case has as well when it runs by itself.
const std::set<std::string> kHarmless = {"COST",
                                         "ENVIRONMENT",
                                         "LABELS",
                                         "PROCESSORS",
                                         "RUN_SERIAL",
                                         "SKIP_REGULAR_EXPRESSION",
                                         "SKIP_RETURN_CODE",
                                         "TIMEOUT",
                                         "WORKING_DIRECTORY"};

Strings strings_of(const Json& value) {
  return value.is_array() ? value.get<Strings>() : Strings{value.get<std::string>()};
}

void take_property(Entry& entry, const std::string& name, const Json& value) {
  if (!kHarmless.contains(name) && !name.starts_with('_')) entry.split = false;
  if (name == "WORKING_DIRECTORY") entry.launch.directory = value.get<std::string>();
  if (name == "ENVIRONMENT") entry.launch.environment = strings_of(value);
  if (name == "TIMEOUT" && value.get<double>() > 0) {
    entry.launch.timeout =
        std::chrono::milliseconds(static_cast<std::int64_t>(value.get<double>() * 1000));
  }
  if (name == "DISABLED") entry.disabled = value.get<bool>();
  if (name == "RUN_SERIAL" && value.get<bool>()) entry.alone = true;
  if (name == "RESOURCE_LOCK" || name.starts_with("FIXTURES_")) entry.alone = true;
  if (name == "DEPENDS") {
    entry.needs = strings_of(value);
    entry.alone = true;
  }
}

Entry entry_of(const Json& test) {
  Entry entry{.name = test.at("name").get<std::string>()};
  for (const Json& word : test.value("command", Json::array())) {
    const auto text = word.get<std::string>();
    if (text.starts_with(kFilter)) {
      entry.filters.push_back(text.substr(kFilter.size()));
    } else if (text != "--gtest_also_run_disabled_tests") {
      entry.launch.argv.push_back(text);
    }
  }
  for (const Json& property : test.value("properties", Json::array())) {
    take_property(entry, property.at("name").get<std::string>(), property.at("value"));
  }
  return entry;
}

// In CTest's regular expressions for one name.
std::string exactly(const std::string& name) {
  std::string pattern = "^";
  for (const char c : name) {
    if (std::string_view("^$.*+?|()[]\\").find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern + "$";
}

// Run by CTest itself, which knows of fixtures, expected outputs and all other properties.
Test whole_test(const Entry& entry, const std::filesystem::path& build) {
  return {.id = {.kind = TestKind::Ctest, .target = {}, .name = entry.name},
          .launch = {.argv = {"ctest", "--test-dir", build.string(), "--output-on-failure", "-R",
                              exactly(entry.name)}},
          .alone = entry.alone,
          .needs = entry.needs};
}

Test case_test(const Entry& entry, const std::string& target, const std::string& name) {
  Test test{.id = {.kind = TestKind::Gtest, .target = target, .name = name},
            .launch = entry.launch,
            .alone = entry.alone};
  test.launch.argv.push_back(std::string(kFilter) + name);
  return test;
}

bool is_one_case(const Strings& filters) {
  return filters.size() == 1 && filters[0].find_first_of("*?:-") == std::string::npos;
}

// The programs' names; with their directories in the build where two have one name.
class Targets {
 public:
  Targets(const std::vector<Entry>& entries, const std::filesystem::path& build) : build_(build) {
    for (const Entry& entry : entries) {
      if (entry.launch.argv.empty()) continue;
      const std::filesystem::path program = entry.launch.argv.front();
      programs_[program.filename().string()].insert(program.string());
      ways_[program.string()].insert(
          {entry.launch.argv, entry.launch.environment, entry.launch.directory.string()});
    }
  }

  std::string of(const std::filesystem::path& program) const {
    const std::string name = program.filename().string();
    if (programs_.at(name).size() == 1) return name;
    std::string path = program.lexically_relative(build_).string();
    std::ranges::replace(path, '/', '.');
    return path;
  }

  // Whether all tests run it alike, so that a case's name says what happens.
  bool run_alike(const std::string& program) const { return ways_.at(program).size() == 1; }

 private:
  std::filesystem::path build_;
  std::map<std::string, std::set<std::string>> programs_{};  // by name
  std::map<std::string, std::set<std::tuple<Strings, Strings, std::string>>> ways_{};
};

// What a program prints when asked for its cases; nothing when it is none of GoogleTest's.
std::optional<Strings> ask_for_cases(const Launch& launch) {
  const std::filesystem::path program = launch.argv.front();
  if (!is_gtest_program(program)) return {};
  Strings argv = launch.argv;
  argv.emplace_back("--gtest_list_tests");
  Strings environment = launch.environment;
  environment.emplace_back("LLVM_PROFILE_FILE=/dev/null");
  const CommandResult result = run_command(argv, {.environment = environment});
  if (!result.ok()) return {};
  return parse_gtest_list(result.out);
}

}  // namespace

bool matches(const TestId& id, const std::vector<std::string>& globs) {
  bool only = false;
  bool wanted = false;
  for (const std::string& glob : globs) {
    const bool leaves_out = glob.starts_with('!');
    const bool matches = matches_any(id.text(), {leaves_out ? glob.substr(1) : glob});
    if (leaves_out && matches) return false;
    only |= !leaves_out;
    wanted |= !leaves_out && matches;
  }
  return wanted || !only;
}

bool matches_any(const std::string& text, const std::vector<std::string>& globs) {
  return std::ranges::any_of(globs, [&](const std::string& glob) {
    return ::fnmatch(glob.c_str(), text.c_str(), 0) == 0;
  });
}

TestList list_tests(const Json& ctest, const std::filesystem::path& build,
                    const CasesOf& cases_of) {
  std::vector<Entry> entries;
  for (const Json& test : ctest.at("tests")) entries.push_back(entry_of(test));
  std::erase_if(entries, [](const Entry& entry) { return entry.disabled; });
  const Targets targets(entries, build);

  TestList list;
  std::set<TestId> known;
  const auto add = [&](Test test) {
    if (known.insert(test.id).second) list.tests.push_back(std::move(test));
  };
  std::map<Strings, std::optional<Strings>> asked;
  for (const Entry& entry : entries) {
    if (entry.launch.argv.empty() || !std::filesystem::exists(entry.launch.argv.front())) {
      list.not_built.push_back(entry.name);
      continue;
    }
    const std::string& program = entry.launch.argv.front();
    std::optional<Strings> cases;
    if (entry.split && targets.run_alike(program)) {
      Launch launch = entry.launch;
      const bool one = is_one_case(entry.filters);
      if (!one) {
        for (const auto& filter : entry.filters) {
          launch.argv.push_back(std::string(kFilter) + filter);
        }
      }
      const auto known_answer = asked.find(launch.argv);
      cases = known_answer != asked.end()
                  ? known_answer->second
                  : asked.emplace(launch.argv, cases_of(launch)).first->second;
      if (cases && one) cases = entry.filters;
    }
    if (!cases) {
      add(whole_test(entry, build));
      continue;
    }
    for (const std::string& name : *cases) add(case_test(entry, targets.of(program), name));
  }
  return list;
}

TestList list_tests(const std::filesystem::path& build) {
  if (!std::filesystem::exists(build / "CMakeCache.txt")) {
    throw EnvironmentError(
        fmt::format("{} is no build directory: it has no CMakeCache.txt", build.string()));
  }
  const CommandResult result = run_command(
      {"ctest", "--test-dir", build.string(), "--show-only=json-v1"},
      {.environment = {"LLVM_PROFILE_FILE=/dev/null"}, .timeout = std::chrono::minutes(10)});
  const Json json = Json::parse(result.out, nullptr, false);
  if (!result.ok() || json.is_discarded()) {
    throw EnvironmentError(fmt::format("ctest cannot tell the tests of {}:\n{}", build.string(),
                                       last_lines(result.err, 10)));
  }
  return list_tests(json, build, ask_for_cases);
}

}  // namespace noderig::impact
