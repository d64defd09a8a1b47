#include <noderig/framework/bundle/merged_timeline.h>

#include "../support.h"

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>

#include <string>
#include <vector>

namespace noderig {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::ThrowsMessage;
using Kind = Timeline::Kind;
using Time = std::chrono::system_clock::time_point;

// A bundle in which every second something happens, from 1970-01-01T00:00:01Z on.
class MergedTimelineTest : public testing::Test {
 protected:
  static Time at(int second) { return Time(std::chrono::seconds(second)); }

  void SetUp() override {
    RecordingWriter writer(directory_.path() / kRecordingName);
    writer.append({.time = at(1),
                   .kind = Kind::Node,
                   .source = "node0",
                   .text = "started, pid 7: bitcoind -bind=127.5.5.1:18101 -rpcport=18102"});
    writer.append({.time = at(3), .kind = Kind::Step, .text = "first step"});
    writer.append({.time = at(4),
                   .kind = Kind::Rpc,
                   .source = "node1",
                   .name = "stop",
                   .text = "[]",
                   .reply = "broken pipe",
                   .failed = true});
    writer.append({.time = at(6), .kind = Kind::Step, .text = "second step"});
    writer.append({.time = at(7),
                   .kind = Kind::Peer,
                   .source = "miner",
                   .name = "opened",
                   .text = "127.5.5.2:4000",
                   .reply = "127.5.5.1:18101",
                   .sent = true,
                   .connection = 1});
    writer.append({.time = at(8),
                   .kind = Kind::Message,
                   .source = "miner",
                   .name = "verack",
                   .connection = 1});
    writer.append({.time = at(9),
                   .kind = Kind::Message,
                   .source = "peer1@node1",
                   .name = "sendheaders",
                   .sent = true,
                   .connection = 2});
    writer.append({.time = at(10), .kind = Kind::Step, .text = "third step"});
    writer.append({.time = at(11), .kind = Kind::Log, .text = "noted"});
    writer.append({.time = at(12), .kind = Kind::Step, .text = "fourth step"});
    for (const auto& [node, log] :
         {std::pair{"node0", "1970-01-01T00:00:02Z awake\n1970-01-01T00:00:13Z asleep\n"},
          {"node1", "1970-01-01T00:00:05.500000Z (mocktime: 2020-01-01T00:00:00Z) busy\n"}}) {
      std::filesystem::create_directories(directory_.path() / node / "regtest");
      directory_.write(std::string(node) + "/regtest/debug.log", log);
    }
  }

  std::vector<std::string> shown(const TimelineFilter& filter) const {
    const MergedTimeline timeline(directory_.path());
    std::vector<std::string> texts;
    for (const Timeline::Entry* entry : filtered(timeline, filter))
      texts.push_back(describe(*entry));
    return texts;
  }

  const TemporaryDirectory directory_;
};

TEST_F(MergedTimelineTest, PutsTheDaemonsLinesInBetween) {
  EXPECT_THAT(shown({}),
              ElementsAre(HasSubstr("started"), "awake", "first step", HasSubstr("stop"), "busy",
                          "second step", HasSubstr("opened"), "<- verack", "-> sendheaders",
                          "third step", "noted", "fourth step", "asleep"));
  const MergedTimeline timeline(directory_.path());
  EXPECT_THAT(timeline.notes(), IsEmpty());
  EXPECT_THAT(timeline.nodes(), ElementsAre("node0", "node1"));
  EXPECT_THAT(timeline.peers(), ElementsAre("miner", "peer1@node1"));
}

TEST_F(MergedTimelineTest, KnowsTheNodesOfPeersByNameAndByAddress) {
  EXPECT_THAT(shown({.nodes = {"node0"}, .kinds = {"p2p"}}),
              ElementsAre(HasSubstr("opened"), "<- verack"));
  EXPECT_THAT(shown({.nodes = {"node1"}, .kinds = {"p2p"}}), ElementsAre("-> sendheaders"));
}

TEST_F(MergedTimelineTest, ShowsOneNodeWithTheSteps) {
  EXPECT_THAT(shown({.nodes = {"node1"}}),
              ElementsAre("first step", HasSubstr("stop"), "busy", "second step", "-> sendheaders",
                          "third step", "fourth step"));
}

TEST_F(MergedTimelineTest, ShowsOnePeer) {
  EXPECT_THAT(shown({.peers = {"mine"}, .kinds = {"p2p"}}),
              ElementsAre(HasSubstr("opened"), "<- verack"));
}

TEST_F(MergedTimelineTest, SearchesSourceAndText) {
  EXPECT_THAT(shown({.grep = std::regex("^(noted|busy)$")}), ElementsAre("busy", "noted"));
  EXPECT_THAT(shown({.grep = std::regex("^miner$")}), SizeIs(2));
}

TEST_F(MergedTimelineTest, ShowsTheNeighbourhoodOfAStep) {
  const auto texts = shown({.around = "second"});
  EXPECT_EQ(texts.front(), "first step");
  EXPECT_EQ(texts.back(), "noted");
  EXPECT_EQ(shown({.around = "first"}).front().substr(0, 7), "started");
  EXPECT_THAT(shown({.around = "fourth"}),
              ElementsAre("third step", "noted", "fourth step", "asleep"));
}

TEST_F(MergedTimelineTest, ShowsTheLatestOfALimitedNumber) {
  EXPECT_THAT(shown({.limit = 2}), ElementsAre("fourth step", "asleep"));
}

TEST_F(MergedTimelineTest, NamesTheNearestOfWhatIsNotThere) {
  EXPECT_THAT([&] { shown({.nodes = {"node3"}}); },
              ThrowsMessage<UsageError>(AllOf(HasSubstr("\"node3\""), HasSubstr("\"node0\""))));
  EXPECT_THAT([&] { shown({.peers = {"minor"}}); },
              ThrowsMessage<UsageError>(HasSubstr("did you mean \"miner\"")));
  EXPECT_THAT([&] { shown({.around = "therd step"}); },
              ThrowsMessage<UsageError>(HasSubstr("did you mean \"third step\"")));
}

TEST_F(MergedTimelineTest, WithoutARecordingShowsTheLogsAndSaysSo) {
  std::filesystem::remove(directory_.path() / kRecordingName);
  EXPECT_THAT(shown({}), ElementsAre("awake", "busy", "asleep"));
  EXPECT_THAT(MergedTimeline(directory_.path()).notes(), ElementsAre(HasSubstr("no recording")));
}

}  // namespace
}  // namespace noderig
