// Plugins that do not fit: each is refused with its file's name and what to do about it.
#include "rig_test.h"

#include <noderig/framework/plugin.h>
#include <fstream>
#include <stdexcept>

namespace noderig {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Plugins : public RigTest {
 protected:
  // A copy of the plugin `passes` in which `from` is replaced by `to`, of the same length.
  fs::path tampered(const std::string& from, const std::string& to) {
    return tampered({{from, to}});
  }

  fs::path tampered(const std::vector<std::pair<std::string, std::string>>& changes) {
    std::string bytes = read_file(plugin("passes"));
    for (const auto& [from, to] : changes) {
      if (from.size() != to.size() || bytes.find(from) == std::string::npos) {
        throw std::logic_error(from + " cannot be replaced by " + to);
      }
      for (std::size_t at = 0; (at = bytes.find(from, at)) != std::string::npos;) {
        bytes.replace(at, from.size(), to);
      }
    }
    const fs::path file = directory_ / "tampered.so";
    std::ofstream(file, std::ios::binary) << bytes;
    return file;
  }

  // What the program says when it is given the file.
  std::string refusal(const fs::path& file) {
    const CommandResult result =
        noderig({"run", "passes", "--plugin", file.string(), "--daemon", daemon_});
    EXPECT_EQ(result.status, kEnvironment) << result.out;
    EXPECT_THAT(result.err, HasSubstr(file.string()));
    return result.err;
  }

  const std::string version_ = library_version();
  const std::string other_version_ = std::string(version_.size(), '9');
};

TEST_F(Plugins, OfAnotherVersion) {
  EXPECT_THAT(
      refusal(tampered(NODERIG_PLUGIN_STAMP + version_, NODERIG_PLUGIN_STAMP + other_version_)),
      AllOf(HasSubstr("was built for noderig " + other_version_),
            HasSubstr("this is noderig " + version_), HasSubstr("rebuild the plugin")));
}

TEST_F(Plugins, OfOtherHeaders) {
  const std::string fingerprint = library_fingerprint();
  std::string other = fingerprint;
  other[0] = other[0] == '0' ? '1' : '0';
  EXPECT_THAT(refusal(tampered(fingerprint, other)),
              AllOf(HasSubstr("other headers or another compiler"), HasSubstr(other),
                    HasSubstr(fingerprint), HasSubstr("rebuild the plugin")));
}

TEST_F(Plugins, OfAnotherVersionThatCannotEvenBeLoaded) {
  // A function that this library has not.
  const std::pair<std::string, std::string> missing = {"_ZN7noderig3Rig4stepE",
                                                       "_ZN7noderig3Rig4stopE"};
  EXPECT_THAT(
      refusal(tampered(
          {missing, {NODERIG_PLUGIN_STAMP + version_, NODERIG_PLUGIN_STAMP + other_version_}})),
      AllOf(HasSubstr("was built for noderig " + other_version_), HasSubstr("rebuild the plugin"),
            Not(HasSubstr("undefined symbol"))));
  EXPECT_THAT(refusal(tampered({missing})),
              AllOf(HasSubstr("cannot be loaded"), HasSubstr("noderig_add_scenario"),
                    HasSubstr("undefined symbol: _ZN7noderig3Rig4stopE")));
}

TEST_F(Plugins, WithoutTheSymbol) {
  for (const char* incomplete : {"without_stamp", "without_definition"}) {
    EXPECT_THAT(refusal(plugin(incomplete)),
                AllOf(HasSubstr("is a shared library but no noderig plugin"),
                      HasSubstr("NODERIG_SCENARIO")));
  }
}

TEST_F(Plugins, NoSharedLibrary) {
  const fs::path text = directory_ / "text.so";
  std::ofstream(text) << "#include <noderig/scenario.h>\n";
  EXPECT_THAT(refusal(text),
              AllOf(HasSubstr("is not a shared library"), HasSubstr("noderig_add_scenario")));
  EXPECT_THAT(refusal(directory_),
              AllOf(HasSubstr("is a directory"), HasSubstr("NODERIG_PLUGINS")));
}

TEST_F(Plugins, NotThere) {
  EXPECT_THAT(refusal(directory_ / "nowhere.so"), HasSubstr("there is no plugin"));
  environment_.insert(environment_.begin(), "NODERIG_PLUGINS=/nowhere/plugins");
  const CommandResult result = noderig({"list"});
  EXPECT_EQ(result.status, kEnvironment);
  EXPECT_THAT(result.err,
              HasSubstr("NODERIG_PLUGINS names /nowhere/plugins, which cannot be read"));
}

TEST_F(Plugins, TwoOfOneNameAreNamedBoth) {
  fs::copy(plugin("passes"), directory_ / "copy.so");
  const CommandResult result = noderig(
      {"list", "--plugin", plugin("passes"), "--plugin", (directory_ / "copy.so").string()});
  EXPECT_EQ(result.status, kEnvironment);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("two scenarios are named \"passes\""), HasSubstr(plugin("passes")),
                    HasSubstr((directory_ / "copy.so").string()), HasSubstr("passes.cpp")));
}

TEST_F(Plugins, OneFileByTwoWaysIsOneScenario) {
  fs::create_directory(directory_ / "plugins");
  fs::create_symlink(plugin("passes"), directory_ / "plugins" / "passes.so");
  environment_.insert(environment_.begin(), "NODERIG_PLUGINS=" + (directory_ / "plugins").string());
  EXPECT_EQ(run("passes").status, kPassed);
}

}  // namespace
}  // namespace noderig
