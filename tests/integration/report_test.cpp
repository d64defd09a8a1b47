// The reports of a run, written by the program and read back: each option on its own file, all at
// once, also when the run is interrupted, and refused before anything runs when a file cannot be
// written.
#include "rig_test.h"

#include <sys/stat.h>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <csignal>
#include <fstream>
#include <map>
#include <sstream>

namespace noderig {
namespace {

namespace fs = std::filesystem;
using boost::property_tree::ptree;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class Reports : public RigTest {
 protected:
  void SetUp() override {
    RigTest::SetUp();
    if (IsSkipped()) return;
    fs::create_directory(directory_ / "reports");
  }

  fs::path file(const std::string& name) const { return directory_ / "reports" / name; }

  std::vector<std::string> all_options() const {
    return {"--junit", file("junit.xml"), "--ctrf", file("ctrf.json"),
            "--tap",   file("tap"),       "--html", file("run.html")};
  }

  std::vector<std::string> files_left() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory_ / "reports")) {
      names.push_back(entry.path().filename());
    }
    return names;
  }
};

// Throws when it is no XML; an HTML page of noderig's is, but for its first line.
ptree parse_xml(const std::string& text) {
  std::istringstream in(text.substr(text.find("<ht") == std::string::npos ? 0 : text.find("<ht")));
  ptree tree;
  read_xml(in, tree);
  return tree;
}

TEST_F(Reports, AllAtOnceTellTheSame) {
  auto options = all_options();
  for (const char* more : {"passes", "--plugin"}) options.emplace_back(more);
  options.push_back(plugin("passes"));
  EXPECT_EQ(run("first_subtest_fails", options).status, kFailed);

  const ptree xml = parse_xml(read_file(file("junit.xml")));
  EXPECT_EQ(xml.get<int>("testsuites.<xmlattr>.tests"), 3);
  EXPECT_EQ(xml.get<int>("testsuites.<xmlattr>.failures"), 1);
  std::map<std::string, std::string> failures;
  for (const auto& [element, suite] : xml.get_child("testsuites")) {
    for (const auto& [inner, one] : suite) {
      if (inner != "testcase" || one.count("failure") == 0) continue;
      failures[one.get<std::string>("<xmlattr>.name")] =
          one.get<std::string>("failure.<xmlattr>.message");
    }
  }
  ASSERT_EQ(failures.size(), 1);
  EXPECT_THAT(failures["broken"], HasSubstr("rig.node(1).height() = 0"));

  const auto ctrf = nlohmann::json::parse(read_file(file("ctrf.json")));
  EXPECT_EQ(ctrf["results"]["summary"]["tests"], 3);
  EXPECT_EQ(ctrf["results"]["summary"]["failed"], 1);

  const std::string tap = read_file(file("tap"));
  EXPECT_THAT(tap, AllOf(StartsWith("TAP version 14\n"), HasSubstr("\n1..2\n"),
                         HasSubstr("\n    not ok 1 - broken\n"), HasSubstr("\n    ok 2 - sound\n"),
                         Not(HasSubstr("Bail out!"))));

  const std::string page = read_file(file("run.html"));
  parse_xml(page);
  EXPECT_THAT(page, AllOf(HasSubstr("rig.node(1).height() = 0"),
                          HasSubstr("noderig run first_subtest_fails --seed"),
                          HasSubstr("<code>getblockcount</code>")));
}

TEST_F(Reports, OfAnInterruptedRunTellWhatRan) {
  auto options = all_options();
  for (const char* more : {"--repeat", "2", "-j", "1"}) options.emplace_back(more);
  RigProcess rig = start("waits_forever", options);
  rig.await_output("wait for what never comes");
  rig.signal(SIGINT);
  EXPECT_EQ(rig.wait().status, kFailed);
  EXPECT_THAT(read_file(file("tap")),
              AllOf(HasSubstr("\n1..2\n"), HasSubstr("\nBail out! interrupted: 0 of 2")));
  EXPECT_EQ(parse_xml(read_file(file("junit.xml"))).get<int>("testsuites.<xmlattr>.errors"), 1);
  const auto ctrf = nlohmann::json::parse(read_file(file("ctrf.json")));
  EXPECT_EQ(ctrf["results"]["summary"]["other"], 1);
  EXPECT_THAT(read_file(file("run.html")), HasSubstr("1 of 2 executions did not begin"));
}

TEST_F(Reports, ThatCannotBeWrittenAreToldOfBeforeAnythingRuns) {
  for (const char* option : {"--junit", "--ctrf", "--tap", "--html", "--json-file"}) {
    const CommandResult result = run("passes", {option, "/nowhere/report"});
    EXPECT_EQ(result.status, kEnvironment) << option;
    EXPECT_THAT(result.err, HasSubstr("cannot write /nowhere/report: No such file")) << option;
    EXPECT_THAT(result.out, IsEmpty()) << option;
    const CommandResult directory = run("passes", {option, directory_});
    EXPECT_EQ(directory.status, kEnvironment) << option;
    EXPECT_THAT(directory.err, HasSubstr("it is a directory")) << option;
    for (const char* word : {"", "-"}) {
      const CommandResult nameless = run("passes", {option, word});
      EXPECT_EQ(nameless.status, kUsage) << option;
      EXPECT_THAT(nameless.err, HasSubstr("names no file")) << option;
    }
  }
}

TEST_F(Reports, ForAPipeThatNobodyReadsIsAnError) {
  const std::string pipe = file("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const CommandResult result = run("passes", {"--tap", pipe});
  EXPECT_EQ(result.status, kEnvironment);
  EXPECT_THAT(result.err, HasSubstr("cannot write " + pipe + ": nobody reads this pipe"));
}

TEST_F(Reports, DoNotShareAFileHoweverItIsNamed) {
  fs::create_directory_symlink(directory_ / "reports", directory_ / "again");
  for (const fs::path& same : {file("one"), file("./one"), directory_ / "again" / "one"}) {
    for (const std::string option : {"--tap", "--json-file"}) {
      const CommandResult result = run("passes", {option, file("one"), "--html", same});
      EXPECT_EQ(result.status, kUsage) << result.out;
      EXPECT_THAT(result.err, HasSubstr(option + " and --html are to write one file"));
      EXPECT_THAT(result.out, IsEmpty());
    }
  }
  EXPECT_THAT(files_left(), IsEmpty());
}

TEST_F(Reports, AreWrittenWhereAnotherCannotBeAnyMore) {
  const fs::path gone = directory_ / "gone";
  fs::create_directory(gone);
  RigProcess rig = start("waits_forever", {"--json-file", gone / "json", "--junit", gone / "junit",
                                           "--tap", file("tap")});
  rig.await_output("wait for what never comes");
  fs::remove_all(gone);
  rig.signal(SIGINT);
  const CommandResult result = rig.wait();
  EXPECT_EQ(result.status, kEnvironment);
  EXPECT_THAT(result.err, AllOf(HasSubstr("cannot write " + (gone / "json").string()),
                                HasSubstr("cannot write " + (gone / "junit").string())));
  EXPECT_THAT(read_file(file("tap")), StartsWith("TAP version 14"));
  EXPECT_EQ(last_line(result.out), "0 passed, 1 failed, 0 skipped");
}

TEST_F(Reports, TakeThePlaceOfOldOnesAndLeaveNothingElse) {
  std::ofstream(file("tap")) << "old";
  fs::create_symlink("tap", file("link"));
  EXPECT_EQ(run("passes", {"--tap", file("link")}).status, kPassed);
  EXPECT_THAT(read_file(file("tap")), StartsWith("TAP version 14"));
  EXPECT_TRUE(fs::is_symlink(file("link")));
  EXPECT_THAT(files_left(), testing::UnorderedElementsAre("tap", "link"));
}

TEST_F(Reports, GoToStandardOutputWhereThatIsAsked) {
  const CommandResult result = run("passes", {"--tap", "/dev/stdout"});
  EXPECT_EQ(result.status, kPassed);
  EXPECT_THAT(result.out, HasSubstr("TAP version 14\n"));
}

}  // namespace
}  // namespace noderig
