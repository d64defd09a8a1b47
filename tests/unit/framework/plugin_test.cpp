#include <noderig/framework/plugin.h>

#include "support.h"

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <noderig/framework/errors.h>

#include <string>

namespace noderig {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(LoadPlugin, RefusesAFileThatIsNoLibrary) {
  const TemporaryDirectory directory;
  const auto file = directory.write("scenario.so", "#include <noderig/scenario.h>\n");
  EXPECT_THAT([&] { load_plugin(file); },
              ThrowsMessage<EnvironmentError>(
                  AllOf(HasSubstr(file.string()), HasSubstr("noderig_add_scenario"))));
}

TEST(LoadPlugin, RefusesALibraryThatIsNoPlugin) {
  Dl_info c_library{};
  ASSERT_NE(::dladdr(::dlsym(RTLD_DEFAULT, "getpid"), &c_library), 0);
  const std::string file = c_library.dli_fname;
  EXPECT_THAT([&] { load_plugin(file); },
              ThrowsMessage<EnvironmentError>(AllOf(HasSubstr(file), HasSubstr("no noderig plugin"),
                                                    HasSubstr("noderig_add_scenario"))));
}

TEST(LoadPlugin, NamesAFileThatIsNotThere) {
  EXPECT_THAT(
      [] { load_plugin("/nonexistent/scenario.so"); },
      ThrowsMessage<EnvironmentError>(HasSubstr("there is no plugin /nonexistent/scenario.so")));
}

TEST(PluginDirectories, AreTheProgramsOwnAndThoseOfTheVariable) {
  const ScopedVariable variable("NODERIG_PLUGINS", "/one::/two");
  const auto directories = plugin_directories();
  ASSERT_EQ(directories.size(), 3u);
  const auto program = std::filesystem::read_symlink("/proc/self/exe");
  EXPECT_EQ(directories[0], program.parent_path().parent_path() / "lib/noderig/scenarios");
  EXPECT_EQ(directories[1], "/one");
  EXPECT_EQ(directories[2], "/two");
}

TEST(DiscoverScenarios, RefusesABrokenPluginOfADirectory) {
  const TemporaryDirectory directory;
  const auto broken = directory.write("broken.so", "");
  directory.write("notes.txt", "no plugin");
  const ScopedVariable variable("NODERIG_PLUGINS", directory.path());
  EXPECT_THAT([] { discover_scenarios(); },
              ThrowsMessage<EnvironmentError>(HasSubstr(broken.string())));
}

}  // namespace
}  // namespace noderig
