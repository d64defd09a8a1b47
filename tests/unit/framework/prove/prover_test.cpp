// The prover on made-up scenarios that run in this process: their replies go through the layer that
// changes them, and an exception is their failure.
#include <gmock/gmock.h>
#include <noderig/framework/prove/prover.h>
#include <noderig/framework/prove/tampering.h>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "../support.h"

namespace noderig::prove {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Asks a node that always says the same.
using Ask = std::function<Json(const std::string& method)>;

void check(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

class ProverTest : public testing::Test {
 protected:
  using Course = std::function<void(const Ask& ask, const std::vector<std::string>& subtests)>;

  Proof prove(Course course, ProveOptions options = {.most = 1000, .seed = 1}) {
    const ScenarioDefinition definition{
        .metadata = metadata_, .source_file = source_file_.c_str(), .body = nullptr};
    const RunBatch run = [&](const std::vector<PlannedExecution>& plan) {
      std::vector<std::optional<Execution>> executions;
      for (const PlannedExecution& planned : plan) executions.push_back(execute(planned, course));
      return executions;
    };
    Prover prover({.definition = &definition, .plugin = {}}, {}, options, run,
                  [&](const std::string& line) { said_.push_back(line); });
    return prover.prove();
  }

  std::optional<Execution> execute(const PlannedExecution& planned, const Course& course) {
    if (++runs_ > most_runs_) return std::nullopt;
    Execution execution;
    execution.verdict = Verdict::Passed;
    execution.wall = 0.5;
    timeouts_.push_back(planned.timeout);
    Tampering tampering(*planned.tamper);
    const Ask ask = [&](const std::string& method) -> Json {
      rpc::BatchResult outcome(replies_.at(method));
      tampering.reply_filter("node0")(method, outcome);
      return outcome.value();
    };
    try {
      course(ask, planned.subtests);
    } catch (const std::exception& error) {
      execution.verdict = Verdict::Failed;
      execution.reason = error.what();
    }
    execution.tampering = tampering.report();
    return execution;
  }

  // What ends the worker, as the runner tells it.
  struct Crash : std::runtime_error {
    Crash() : std::runtime_error("its worker was killed by signal 11") {}
  };

  static std::vector<std::string> survivors(const Proof& proof) {
    std::vector<std::string> all;
    for (const Survivor& one : proof.survived) all.push_back(one.what);
    return all;
  }

  std::map<std::string, Json> replies_;
  ScenarioMetadata metadata_{.name = "made_up"};
  std::string source_file_ = "/nowhere/made_up.cpp";
  std::vector<std::string> said_;
  std::vector<std::optional<std::chrono::milliseconds>> timeouts_;
  int runs_ = 0;
  int most_runs_ = 1000;
};

TEST_F(ProverTest, CountsWhatIsCheckedAndNamesWhatIsOnlyRead) {
  replies_["getblockcount"] = 5;
  replies_["getnetworkinfo"] = {{"version", 7}, {"connections", 8}};
  const Proof proof = prove([](const Ask& ask, const auto&) {
    check(ask("getblockcount") == 5, "height");
    ask("getnetworkinfo").at("version").get<int>();
  });
  // The height off by one, and an error for each call; a member that is not read is not changed.
  EXPECT_EQ(proof.noticed, 3);
  EXPECT_EQ(proof.tampered, 4);
  EXPECT_EQ(proof.unread, 0);
  EXPECT_THAT(survivors(proof), ElementsAre("getnetworkinfo /version changed"));
  EXPECT_EQ(proof.survived[0].change, "7 -> 8");
  EXPECT_TRUE(proof.any_unexplained());
}

TEST_F(ProverTest, TakesAReplyThatNobodyLooksAtForUnread) {
  replies_["getblockcount"] = 5;
  const Proof proof = prove([](const Ask& ask, const auto&) { ask("getblockcount"); });
  EXPECT_EQ(proof.unread, 1);
  EXPECT_EQ(proof.tampered, 1) << "an error instead of the result";
  EXPECT_THAT(survivors(proof), IsEmpty());
}

// A member that is not there is another value here, and no failure names it.
TEST_F(ProverTest, FindsWhatIsReadWithoutDemandingIt) {
  for (char member = 'a'; member <= 'z'; ++member) replies_["getinfo"][std::string(1, member)] = 1;
  const Proof proof = prove([](const Ask& ask, const auto&) {
    const Json info = ask("getinfo");
    check(info.value("f", 0) == 1 && info.value("q", 0) == 1, "f and q");
  });
  EXPECT_EQ(proof.noticed, 3) << "both members, and an error for the call";
  EXPECT_EQ(proof.tampered, 3);
  EXPECT_EQ(proof.unread, 0);
}

// Two peers are listed, and one of them looked for: the other is passed over.
TEST_F(ProverTest, TakesWhatIsPassedOverInAListForUnread) {
  replies_["getpeerinfo"] = Json::array({{{"addr", "m"}, {"id", 1}}, {{"addr", "b"}, {"id", 2}}});
  const auto look_for = [](const Json& peers, const std::string& addr) {
    for (const Json& peer : peers) {
      if (peer.at("addr") == addr) return peer.at("id").get<int>();
    }
    throw std::runtime_error("no peer " + addr);
  };
  // Which of the two is changed is drawn by the seed.
  int unread = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Proof proof = prove(
        [&](const Ask& ask, const auto&) { check(look_for(ask("getpeerinfo"), "b") == 2, "id"); },
        {.most = 1000, .seed = seed});
    EXPECT_THAT(survivors(proof), IsEmpty());
    unread += proof.unread;
  }
  EXPECT_GT(unread, 0);
}

// The one peer's id is read, and any would do.
TEST_F(ProverTest, HoldsAMemberOfAnElementThatMattersAgainstTheScenario) {
  replies_["getpeerinfo"] = Json::array({{{"id", 1}}});
  const Proof proof =
      prove([&](const Ask& ask, const auto&) { ask("getpeerinfo").at(0).at("id").get<int>(); });
  EXPECT_THAT(survivors(proof), ElementsAre("getpeerinfo /*/id changed"));
  EXPECT_EQ(proof.unread, 0);
}

TEST_F(ProverTest, GivesTheReasonForWhichAChangeIsAccepted) {
  const TemporaryDirectory directory;
  std::ofstream(directory.path() / kSurvivorsFile)
      << "made_up | getblockcount changed | as it is\n";
  source_file_ = directory.path() / "made_up.cpp";
  replies_["getblockcount"] = 5;
  const Proof proof = prove([](const Ask& ask, const auto&) { ask("getblockcount").get<int>(); });
  ASSERT_THAT(survivors(proof), ElementsAre("getblockcount changed"));
  EXPECT_EQ(proof.survived[0].why, "as it is");
  EXPECT_FALSE(proof.any_unexplained());
}

TEST_F(ProverTest, SaysWhatEndsAWorker) {
  replies_["getblockcount"] = 5;
  const Proof proof = prove([](const Ask& ask, const auto&) {
    if (ask("getblockcount") == 6) throw Crash();
  });
  ASSERT_EQ(proof.crashes.size(), 1U);
  EXPECT_THAT(proof.crashes[0], AllOf(HasSubstr("getblockcount changed"), HasSubstr("signal 11")));
}

TEST_F(ProverTest, TakesAHangForNoticedWhateverEndsIt) {
  replies_["getblockcount"] = 5;
  const Proof proof = prove([](const Ask& ask, const auto&) {
    if (ask("getblockcount") == 6) {
      throw std::runtime_error(
          "it took longer than its 5 s and hung at: x\nits worker was killed by signal 15");
    }
  });
  EXPECT_THAT(proof.crashes, IsEmpty());
  EXPECT_EQ(proof.noticed, proof.tampered);
}

TEST_F(ProverTest, LeavesOutPartsThatFailUnchanged) {
  metadata_.subtests = {"sound", "broken"};
  replies_["getblockcount"] = 5;
  const Proof proof = prove([](const Ask& ask, const std::vector<std::string>& subtests) {
    check(ask("getblockcount") == 5, "height");
    check(subtests.front() != "broken", "as ever");
  });
  EXPECT_EQ(proof.failed, "broken: as ever");
  EXPECT_EQ(proof.tampered, 2);
  EXPECT_EQ(proof.noticed, 2);
}

TEST_F(ProverTest, TriesNoMoreThanItIsAllowed) {
  metadata_.subtests = {"a", "b", "c", "d", "e", "f"};
  for (char member = 'a'; member <= 'h'; ++member) replies_["getinfo"][std::string(1, member)] = 1;
  std::set<std::string> parts;
  const Proof proof = prove(
      [&](const Ask& ask, const std::vector<std::string>& subtests) {
        parts.insert(subtests.begin(), subtests.end());
        const Json info = ask("getinfo");
        for (const char* member : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
          check(info.at(member) == 1, member);
        }
      },
      {.most = 5, .seed = 1});
  EXPECT_EQ(proof.tampered, 5);
  EXPECT_EQ(parts.size(), 2U) << "a part for every four changes";
}

TEST_F(ProverTest, GivesAChangedRunNoMoreThanAFewTimesTheCleanOne) {
  replies_["getblockcount"] = 5;
  prove([](const Ask& ask, const auto&) { check(ask("getblockcount") == 5, "height"); });
  EXPECT_EQ(timeouts_.front(), std::nullopt);
  EXPECT_EQ(timeouts_.back(), std::chrono::milliseconds(4000));
}

// The second call is made in the first run only.
TEST_F(ProverTest, CountsChangesWhosePlaceDoesNotComeUpAgain) {
  replies_["getblockcount"] = 5;
  replies_["uptime"] = 6;
  bool first = true;
  const Proof proof = prove([&](const Ask& ask, const auto&) {
    check(ask("getblockcount") == 5, "height");
    if (std::exchange(first, false)) ask("uptime");
  });
  EXPECT_EQ(proof.not_reached, 2) << "the number, and an error for the call";
  EXPECT_EQ(proof.summary(), "made_up: noticed 2 of 2 changes, score 1.00 (2 were not reached)");
}

TEST_F(ProverTest, HasNoScoreWhereNothingIsRead) {
  const Proof proof = prove([](const Ask&, const auto&) {});
  EXPECT_EQ(proof.score(), std::nullopt);
  EXPECT_EQ(Json(proof).at("score"), nullptr);
  EXPECT_EQ(proof.summary(), "made_up: nothing to change");
}

TEST_F(ProverTest, StopsWhenItIsInterrupted) {
  most_runs_ = 2;
  replies_["getblockcount"] = 5;
  const Proof proof =
      prove([](const Ask& ask, const auto&) { check(ask("getblockcount") == 5, "height"); });
  EXPECT_TRUE(proof.interrupted);
  EXPECT_LE(proof.tampered, 1);
}

}  // namespace
}  // namespace noderig::prove
