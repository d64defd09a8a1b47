// `noderig refactor ...`: one subcommand a refactoring, with what they have in common.
#include "commands.h"
#include "recording_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <impact/refactor/pull_up.h>
#include <impact/refactor/push_down.h>
#include <impact/refactor/refactoring.h>
#include <impact/refactor/rename.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/command.h>
#include <chrono>
#include <functional>
#include <memory>

namespace noderig::impact {
namespace {

struct RefactorOptions {
  RecordingOptions common{};
  RefactorRequest request{};
  std::string to{};
  PullUpOptions pull_up{};
};

// So that files which are new since it was configured are seen.
void configure_again(const std::filesystem::path& build) {
  if (!std::filesystem::exists(build / "CMakeCache.txt")) return;
  const CommandResult cmake =
      run_command({"cmake", build.string()}, {.timeout = std::chrono::minutes(30)});
  if (cmake.ok()) return;
  throw EnvironmentError(fmt::format("configuring {} failed:\n{}", build.string(),
                                     last_lines(cmake.out + cmake.err, 30)));
}

int run(const RefactorOptions& options, RefactorRequest request) {
  options.common.json.check();
  request.project = options.common.project.project_root();
  request.build = options.common.build_directory();
  request.database = options.common.database_file();
  request.limited_to = options.common.tests;
  request.jobs = jobs_or_cores(options.common.project.jobs);
  request.say = [](std::string_view what) { fmt::print(stderr, "{}\n", what); };
  Interruption interruption;
  configure_again(request.build);
  Analyser analyser = options.common.analyser();
  const RefactorResult result = refactor(request, analyser, interruption);
  options.common.json.write(to_json(result, request.project));
  if (!request.limited_to.empty()) {
    fmt::print(options.common.out(), "limited to the tests of your choice: {}\n",
               fmt::join(request.limited_to, ", "));
  }
  fmt::print(options.common.out(), "{}", to_text(result, request.project));
  return result.accepted ? kExitPassed : kExitFailed;
}

// What every refactoring takes.
CLI::App* add_refactoring(CLI::App& refactor, RefactorOptions& options, const std::string& name,
                          const std::string& description) {
  CLI::App* command = refactor.add_subcommand(name, description);
  options.common.add_options(*command);
  command
      ->add_option("--method", options.request.method,
                   "NS::Class::method, with its parameters "
                   "where there are several of that name")
      ->type_name("METHOD")
      ->required();
  CLI::Option* apply = command->add_flag("--apply", options.request.apply,
                                         "Make the edit in the work tree, when all affected tests "
                                         "do as before and nothing is untested");
  command
      ->add_flag("--preview", options.request.preview_only, "Show the edit; build and test nothing")
      ->excludes(apply);
  command
      ->add_option("--allow-untested", options.request.allowed_untested,
                   "A change that may stay untested, by its id; repeatable")
      ->type_name("ID")
      ->allow_extra_args(false);
  return command;
}

// What the command does; `complete` adds to the request what only this refactoring takes.
void set_action(CLI::App& command, const std::shared_ptr<RefactorOptions>& options, Action& action,
                const std::function<void(RefactorRequest&)>& complete) {
  command.callback([options, &action, complete] {
    action = [options, complete] {
      RefactorRequest request = options->request;
      complete(request);
      return run(*options, request);
    };
  });
}

void add_pull_up(CLI::App& refactor, Action& action) {
  auto options = std::make_shared<RefactorOptions>();
  CLI::App* command =
      add_refactoring(refactor, *options, "pull-up-method",
                      "Move a method, and its identical siblings, from derived classes to a base");
  command->add_option("--to", options->to, "The base class, NS::Base")
      ->type_name("CLASS")
      ->required();
  command->add_flag("--allow-inheriting", options->pull_up.allow_inheriting,
                    "Let classes without the method inherit it in place of another one");
  set_action(*command, options, action, [options](RefactorRequest& request) {
    request.classes = {options->to};
    request.plan = [options](const CodeView& code, const MethodName& method) {
      return plan_pull_up(code, method, options->to, options->pull_up);
    };
  });
}

void add_push_down(CLI::App& refactor, Action& action) {
  auto options = std::make_shared<RefactorOptions>();
  CLI::App* command = add_refactoring(refactor, *options, "push-down-method",
                                      "Move a method from a base to classes derived from it");
  command
      ->add_option("--to", options->request.classes,
                   "A derived class, NS::Class; repeatable. Default: every class directly below")
      ->type_name("CLASS")
      ->allow_extra_args(false);
  set_action(*command, options, action, [options](RefactorRequest& request) {
    request.plan = [options](const CodeView& code, const MethodName& method) {
      return plan_push_down(code, method, options->request.classes);
    };
  });
}

void add_rename(CLI::App& refactor, Action& action) {
  auto options = std::make_shared<RefactorOptions>();
  CLI::App* command =
      add_refactoring(refactor, *options, "rename-method",
                      "Rename a method with all that it overrides and that overrides it");
  command->add_option("--new-name", options->to, "The name without class")
      ->type_name("NAME")
      ->required();
  set_action(*command, options, action, [options](RefactorRequest& request) {
    request.names = {options->to};
    request.plan = [options](const CodeView& code, const MethodName& method) {
      return plan_rename(code, method, options->to);
    };
  });
}

}  // namespace

void add_refactor_command(CLI::App& app, Action& action) {
  CLI::App* refactor = app.add_subcommand(
      "refactor", "Edits that keep what the program does, shown by its tests before they are made");
  refactor->require_subcommand(1);
  add_pull_up(*refactor, action);
  add_push_down(*refactor, action);
  add_rename(*refactor, action);
}

}  // namespace noderig::impact
