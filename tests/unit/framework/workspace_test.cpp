#include <noderig/framework/runner/workspace.h>

#include "support.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <set>
#include <string>

namespace noderig {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;
using testing::ThrowsMessage;

// Another one in each process, so that tests side by side do not meet.
std::uint64_t fresh_hint() {
  std::random_device random;
  return std::uint64_t{random()} << 32 | random();
}

// Listens until it goes.
class Occupant {
 public:
  Occupant(const std::string& host, std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
    listens_ = ::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
               ::listen(fd_, 1) == 0;
  }
  ~Occupant() { ::close(fd_); }
  Occupant(const Occupant&) = delete;
  Occupant& operator=(const Occupant&) = delete;

  bool listens() const { return listens_; }

 private:
  int fd_;
  bool listens_ = false;
};

TEST(LoopbackAddress, BelongsToOneWorkerUntilItGoes) {
  const auto hint = fresh_hint();
  std::optional<LoopbackAddress> first(std::in_place, hint);
  const std::string host = first->host();
  EXPECT_THAT(host, AllOf(MatchesRegex("127\\.[0-9]+\\.[0-9]+\\.1"), Not(StartsWith("127.0."))));
  EXPECT_NE(LoopbackAddress(hint).host(), host);
  first.reset();
  EXPECT_EQ(LoopbackAddress(hint).host(), host);
}

TEST(LoopbackAddress, IsFreeAgainWhenItsWorkerIsKilled) {
  const auto hint = fresh_hint();
  ForkedProcess worker([&](const auto& say) { say(LoopbackAddress(hint).host()); });
  const std::string host = worker.line();
  EXPECT_NE(LoopbackAddress(hint).host(), host);
  worker.kill();
  EXPECT_EQ(LoopbackAddress(hint).host(), host);
}

TEST(LoopbackAddress, SiblingDiffersInTheLastByte) {
  const LoopbackAddress address(fresh_hint());
  const std::string network = address.host().substr(0, address.host().size() - 1);
  EXPECT_EQ(address.sibling(2), network + "2");
  EXPECT_EQ(address.sibling(255), network + "255");
}

TEST(LoopbackAddress, NeverGivesAPortTwice) {
  LoopbackAddress address(fresh_hint());
  std::set<std::uint16_t> ports;
  for (int i = 0; i < 300; ++i) ports.insert(address.free_port());
  EXPECT_EQ(ports.size(), 300u);
  EXPECT_LT(*ports.rbegin(), 32768);  // where the ephemeral ports begin
  EXPECT_TRUE(Occupant(address.host(), *ports.begin()).listens());
}

TEST(LoopbackAddress, PassesOverAPortThatIsTaken) {
  LoopbackAddress address(fresh_hint());
  const auto taken = static_cast<std::uint16_t>(address.free_port() + 1);
  const Occupant occupant(address.host(), taken);
  EXPECT_GT(address.free_port(), taken);
}

TEST(SweepLogs, RemovesThoseWithoutAnOwnerAndNothingElse) {
  TemporaryDirectory bundles;
  const auto log = [&](const std::string& name) {
    fs::create_directories((bundles.path() / name).parent_path());
    bundles.write(name, "x");
    fs::last_write_time(bundles.path() / name,
                        fs::file_time_type::clock::now() - std::chrono::hours(1));
    return bundles.path() / name;
  };
  const fs::path abandoned = log("killed/rest.log");
  const fs::path beside = log("failed/zmq.log");
  const fs::path kept = log("failed/rest/worker.log");
  const fs::path locked = log("living/rest.log");
  const int owner = ::open(locked.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::flock(owner, LOCK_EX), 0);
  const fs::path fresh = log("beginning/rest.log");
  fs::last_write_time(fresh, fs::file_time_type::clock::now());
  sweep_logs(bundles.path());
  EXPECT_FALSE(fs::exists(abandoned.parent_path()));
  EXPECT_FALSE(fs::exists(beside));
  EXPECT_TRUE(fs::exists(kept));
  EXPECT_TRUE(fs::exists(locked));
  EXPECT_TRUE(fs::exists(fresh));
  ::close(owner);
  sweep_logs(bundles.path() / "nowhere");
}

// Whichever port a program listens on at all addresses. Where somebody else has one on a single
// address, there is less to pass over.
TEST(LoopbackAddress, IsNobodysByAPortOfAllAddresses) {
  const Occupant below("0.0.0.0", 18099);
  const Occupant first("0.0.0.0", 18100);
  LoopbackAddress address(fresh_hint());
  EXPECT_TRUE(Occupant(address.host(), address.free_port()).listens());
}

// In a TMPDIR of its own: sweeping is about every directory there is.
class Scratch : public testing::Test {
 protected:
  TemporaryDirectory temporary_;
  ScopedVariable tmpdir_{"TMPDIR", temporary_.path()};
};

TEST_F(Scratch, IsRemovedWithAllThatIsInIt) {
  fs::path path;
  {
    const ScratchDirectory scratch("mempool_chain");
    path = scratch.path();
    EXPECT_THAT(path.filename().string(), StartsWith("mempool_chain"));
    EXPECT_EQ(ScratchDirectory::sweep(), 0);
    fs::create_directories(path / "node0" / "regtest");
    EXPECT_NE(ScratchDirectory("mempool_chain").path(), path);
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(Scratch, IsKeptUnderAnotherName) {
  const fs::path kept = temporary_.path() / "bundles" / "1" / "mempool_chain";
  fs::path path;
  {
    ScratchDirectory scratch("mempool_chain");
    path = scratch.path();
    std::ofstream(path / "debug.log") << "text";
    scratch.keep_as(kept);
  }
  EXPECT_FALSE(fs::exists(path));
  EXPECT_EQ(ScratchDirectory::sweep(), 0);
  EXPECT_EQ(read_file(kept / "debug.log"), "text");
  EXPECT_EQ(std::distance(fs::directory_iterator(kept), {}), 1);  // no lock is left in it
}

TEST_F(Scratch, IsSweptOnceItsOwnerWasKilled) {
  const ScratchDirectory own("own");
  ForkedProcess worker([](const auto& say) {
    const ScratchDirectory scratch("killed");
    std::ofstream(scratch.path() / "debug.log") << "text";
    say(scratch.path());
  });
  const fs::path path = worker.line();
  EXPECT_EQ(ScratchDirectory::sweep(), 0);
  EXPECT_TRUE(fs::exists(path / "debug.log"));
  worker.kill();
  EXPECT_TRUE(fs::exists(path));
  EXPECT_EQ(ScratchDirectory::sweep(), 1);
  EXPECT_FALSE(fs::exists(path));
  EXPECT_TRUE(fs::exists(own.path()));
}

TEST_F(Scratch, IsNotSweptWhileADaemonOfItsOwnerLives) {
  int daemon_ends_with[2];
  ASSERT_EQ(::pipe2(daemon_ends_with, O_CLOEXEC), 0);
  ForkedProcess worker([&](const auto& say) {
    ::close(daemon_ends_with[1]);
    const ScratchDirectory scratch("daemon");
    if (::vfork() == 0) {  // returns here once the other has become its program
      ::dup2(daemon_ends_with[0], STDIN_FILENO);
      ::execl("/bin/cat", "cat", nullptr);
      ::_exit(1);
    }
    say(scratch.path());
  });
  const fs::path path = worker.line();
  worker.kill();
  EXPECT_EQ(ScratchDirectory::sweep(), 0);
  EXPECT_TRUE(fs::exists(path));
  ::close(daemon_ends_with[0]);
  ::close(daemon_ends_with[1]);
}

TEST_F(Scratch, SaysWhereItCannotBeMade) {
  const auto file = temporary_.write("file", "");
  for (const fs::path& unusable : {file, temporary_.path() / "absent"}) {
    const ScopedVariable elsewhere("TMPDIR", unusable);
    EXPECT_THAT(
        [] { ScratchDirectory("any"); },
        ThrowsMessage<EnvironmentError>(AllOf(HasSubstr(unusable.string()), HasSubstr("TMPDIR"))));
  }
}

TEST(Disk, LackNamesNeedPlaceAndWhatIsThere) {
  const TemporaryDirectory directory;
  const ScopedVariable variable("TMPDIR", directory.path());
  EXPECT_EQ(lack_of_disk(1), "");
  EXPECT_THAT(lack_of_disk(2'000'000'000),
              AllOf(StartsWith("needs 2000000000 MB of disk in " + directory.path().string()),
                    MatchesRegex(".*, which has [0-9]+ MB")));
}

}  // namespace
}  // namespace noderig
