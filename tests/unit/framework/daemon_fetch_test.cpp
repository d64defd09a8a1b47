#include <noderig/framework/node/daemon_fetch.h>

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace noderig {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

class DaemonFetch : public testing::Test {
 protected:
  DaemonFetch() {
    std::string name = testing::TempDir() + "daemon_fetch.XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    root_ = name;
  }
  ~DaemonFetch() override { fs::remove_all(root_); }

  static void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }

  // What a fetch of that version leaves behind, with a program that does nothing.
  void place_fetched(const std::string& version) {
    write(daemons() / "knots" / version / "bitcoind", "#!/bin/sh\n");
    fs::permissions(daemons() / "knots" / version / "bitcoind", fs::perms::owner_all);
    fs::remove(daemons() / "knots" / "current");
    fs::create_symlink(version, daemons() / "knots" / "current");
  }

  FetchedDaemon fetch_from(const PackageSource& source, IfPresent if_present) {
    return fetch_knots(
        daemons(), source, [this](std::string_view line) { progress_.emplace_back(line); },
        if_present);
  }

  // Everything in the directory of the fetched daemons except the lock.
  std::vector<std::string> fetched_files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(daemons() / "knots")) {
      if (entry.path().filename() != ".lock") names.push_back(entry.path().filename().string());
    }
    return names;
  }

  fs::path daemons() const { return root_ / "daemons"; }

  fs::path root_;
  std::vector<std::string> progress_;
};

TEST_F(DaemonFetch, FindsNothingWhereNothingWasFetched) {
  EXPECT_FALSE(find_fetched(daemons(), "knots"));
}

TEST_F(DaemonFetch, FindsTheVersionFetchedLast) {
  place_fetched("29.4-1");
  place_fetched("29.3-1");
  const auto found = find_fetched(daemons(), "knots");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->flavour, "knots");
  EXPECT_EQ(found->version, "29.3-1");
  EXPECT_EQ(found->executable, daemons() / "knots/29.3-1/bitcoind");
}

TEST_F(DaemonFetch, DoesNotFindOneWithoutItsProgram) {
  place_fetched("29.4-1");
  fs::remove(daemons() / "knots/29.4-1/bitcoind");
  EXPECT_FALSE(find_fetched(daemons(), "knots"));
}

TEST_F(DaemonFetch, ReturnsWhatIsThereWithoutAWord) {
  place_fetched("29.4-1");
  const PackageSource nowhere{.uri = "file:/nonexistent", .keyring = "/nonexistent.gpg"};
  EXPECT_EQ(fetch_from(nowhere, IfPresent::Keep).version, "29.4-1");
  EXPECT_THAT(progress_, IsEmpty());
}

TEST_F(DaemonFetch, RefusesAPathThatTheLoaderCannotTake) {
  const PackageSource nowhere{.uri = "file:/nonexistent", .keyring = "/nonexistent.gpg"};
  EXPECT_THAT([&] { fetch_knots(root_ / "a:b", nowhere, [](std::string_view) {}); },
              ThrowsMessage<EnvironmentError>(AllOf(HasSubstr("a:b"), HasSubstr("NODERIG_HOME"))));
}

class DaemonFetchFromArchive : public DaemonFetch {
 protected:
  void SetUp() override {
    if (!fs::exists("/usr/bin/apt-get")) GTEST_SKIP() << "apt-get is not here";
  }
};

// The archive is complete but for its signature.
TEST_F(DaemonFetchFromArchive, RefusesAnUnsignedArchive) {
  write(root_ / "archive/dists/testing/Release",
        "Origin: Debian\nSuite: testing\nArchitectures: amd64 arm64 i386\nComponents: main\n"
        "Date: Sat, 01 Nov 2025 00:00:00 UTC\nSHA256:\n");
  const PackageSource source{.uri = "file:" + (root_ / "archive").string(),
                             .keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"};
  EXPECT_THAT([&] { fetch_from(source, IfPresent::Update); },
              ThrowsMessage<EnvironmentError>(AllOf(
                  HasSubstr("apt-get"), HasSubstr("is not signed"), HasSubstr("--daemon PATH"))));
  EXPECT_THAT(fetched_files(), IsEmpty());
}

TEST_F(DaemonFetchFromArchive, RemovesWhatAnInterruptedFetchLeft) {
  place_fetched("29.4-1");
  write(daemons() / "knots/.tmp-abcdef/apt/apt.conf", "");
  const PackageSource source{.uri = "file:" + (root_ / "archive").string(),
                             .keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"};
  EXPECT_THROW(fetch_from(source, IfPresent::Update), EnvironmentError);
  EXPECT_THAT(fetched_files(), testing::UnorderedElementsAre("29.4-1", "current"));
  EXPECT_EQ(find_fetched(daemons(), "knots")->version, "29.4-1");
}

}  // namespace
}  // namespace noderig
