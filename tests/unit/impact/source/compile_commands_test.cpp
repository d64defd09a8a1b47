// What becomes of the commands that CMake exports: read, and made fit for the analysis.
#include "../../framework/support.h"

#include <gmock/gmock.h>
#include <impact/analysis/unit_analysis.h>
#include <impact/source/compile_commands.h>
#include <noderig/framework/errors.h>
#include <nlohmann/json.hpp>

namespace noderig::impact {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;
using testing::ThrowsMessage;

class CompileCommands : public testing::Test {
 protected:
  std::vector<CompileCommand> read(const std::vector<nlohmann::json>& commands) const {
    directory_.write("compile_commands.json", nlohmann::json(commands).dump());
    return read_compile_commands(directory_.path());
  }
  static nlohmann::json entry(const std::string& file, const std::string& command) {
    return {{"directory", "/b"}, {"file", file}, {"command", command}};
  }

  TemporaryDirectory directory_{};
};

TEST_F(CompileCommands, AreTakenApartAsAShellDoes) {
  const auto commands =
      read({entry("../p/a.cpp", R"(c++ -DA="x y" -DB='a\b' -DC=\"q\" -D"E F"  -c a.cpp)")});
  ASSERT_EQ(commands.size(), 1U);
  EXPECT_EQ(commands[0].file, "/p/a.cpp");
  EXPECT_THAT(commands[0].arguments,
              ElementsAre("c++", "-DA=x y", R"(-DB=a\b)", R"(-DC="q")", "-DE F", "-c", "a.cpp"));
}

TEST_F(CompileCommands, BeginWithTheCompilerWhateverStartsIt) {
  const auto commands = read({entry("a.cpp", "/usr/bin/ccache /usr/bin/clang++ -c a.cpp"),
                              entry("b.cpp", "cmake -E env A=1 g++-12 -c b.cpp")});
  EXPECT_EQ(commands.at(0).arguments.at(0), "/usr/bin/clang++");
  EXPECT_EQ(commands.at(1).arguments.at(0), "g++-12");
}

TEST_F(CompileCommands, AreThoseOfCAndCxxAlone) {
  EXPECT_EQ(read({entry("a.cpp", "c++ -c a.cpp"), entry("b.s", "c++ -c b.s")}).size(), 1U);
  EXPECT_THAT([&] { read({entry("b.s", "c++ -c b.s")}); },
              ThrowsMessage<EnvironmentError>(HasSubstr("no C++ file")));
}

TEST_F(CompileCommands, ThatAreDamagedAreRefused) {
  directory_.write("compile_commands.json", "{}");
  EXPECT_THAT([&] { read_compile_commands(directory_.path()); },
              ThrowsMessage<EnvironmentError>(HasSubstr("no list")));
  EXPECT_THAT(
      [&] {
        read({nlohmann::json{{"file", "a.cpp"}, {"command", "c++ -c a.cpp"}}});
      },
      ThrowsMessage<EnvironmentError>(HasSubstr("no directory")));
}

std::vector<std::string> arguments(const std::string& file, std::vector<std::string> given) {
  given.insert(given.begin(), "c++");
  return analysis_arguments({"/b", file, std::move(given)});
}

TEST(AnalysisArguments, LeaveOutOutputsAndPrecompiledHeaders) {
  const auto left = arguments(
      "a.cpp", {"-Xclang", "-include-pch", "-Xclang", "a.pch", "-Xclang", "-fno-pch-timestamp",
                "-mllvm", "-runtime-counter-relocation", "-o", "a.o", "-MF", "a.d", "-MD", "-g3",
                "-Werror=all", "-fprofile-instr-generate=x", "-DX", "-c", "a.cpp"});
  for (const char* gone :
       {"-Xclang", "-include-pch", "a.pch", "-mllvm", "-runtime-counter-relocation", "-o", "a.o",
        "-MF", "a.d", "-MD", "-g3", "-Werror=all", "-fprofile-instr-generate=x"}) {
    EXPECT_THAT(left, Not(Contains(gone)));
  }
  EXPECT_THAT(left, IsSupersetOf({"-DX", "a.cpp", "-fprofile-instr-generate"}));
}

TEST(AnalysisArguments, KeepTheLanguage) {
  EXPECT_THAT(arguments("a.cpp", {"-c", "a.cpp"}), Contains("--driver-mode=g++"));
  EXPECT_THAT(arguments("a.c", {"-c", "a.c"}), Contains("--driver-mode=gcc"));
  EXPECT_THAT(arguments("a.cpp", {"-gcc-toolchain", "/x"}), Contains("-gcc-toolchain"));
}

}  // namespace
}  // namespace noderig::impact
