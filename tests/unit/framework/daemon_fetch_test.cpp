#include <noderig/framework/node/daemon_fetch.h>

#include "support.h"

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>
#include <filesystem>
#include <fstream>
#include <optional>
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

TEST_F(DaemonFetch, NamesTheNearestFlavourThatCanBeFetched) {
  EXPECT_THAT([&] { fetch_daemon("bcion", daemons(), [](std::string_view) {}); },
              ThrowsMessage<UsageError>(AllOf(HasSubstr("\"bcion\""), HasSubstr("\"bcoin\""))));
  EXPECT_FALSE(find_fetched(daemons(), "bcion"));
}

// With npm and node that are scripts of the test, alone on PATH.
class BcoinFetch : public DaemonFetch {
 protected:
  void SetUp() override {
    fs::create_directories(root_ / "bin");
    for (const char* tool : {"sh", "mkdir", "cat", "touch"}) {
      fs::create_symlink(fs::path("/bin") / tool, root_ / "bin" / tool);
    }
    path_.emplace("PATH", (root_ / "bin").string());
  }

  void place_tool(const std::string& name, const std::string& script) {
    write(root_ / "bin" / name, "#!/bin/sh\n" + script);
    fs::permissions(root_ / "bin" / name, fs::perms::owner_all);
  }

  // npm install --prefix TREE ...: leaves notes in which bcoin has that hash.
  void place_npm(const std::string& bcoin_hash) {
    place_tool(
        "npm",
        "mkdir -p \"$3/node_modules\"; cat > \"$3/node_modules/.package-lock.json\" <<END\n" +
            notes(bcoin_hash) + "\nEND\ntouch " + (root_ / "npm-ran").string());
  }

  static std::string notes(const std::string& bcoin_hash) {
    return R"({"packages": {
      "node_modules/bcoin": {"version": "1.0.2", "integrity": ")" +
           bcoin_hash + R"("},
      "node_modules/leveldown": {"version": "6.1.1", "integrity": "sha512-88c+E+Eizn4CkQOBHwqlCJaTNEjGpaEIikn1S+cINc5E9HEvJ77bqY4JY/HxT5u0caWqsc3P3DcFIKBI1vHt+A=="},
      "node_modules/bindings": {"version": "1.5.0", "integrity": "sha512-p2q/t/mhvuOj/UeLlV6566GD/guowlr0hHxClI0W9m7MWYkL1F0hLo+0Aexs9HSPCtR1SXQ0TD3MMKrXZajbiQ=="}}})";
  }

  FetchedDaemon fetch() {
    return fetch_bcoin(daemons(), [this](std::string_view line) { progress_.emplace_back(line); });
  }

  std::vector<std::string> left() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(daemons() / "bcoin")) {
      if (entry.path().filename() != ".lock") names.push_back(entry.path().filename().string());
    }
    return names;
  }

  static constexpr const char* kBcoinHash =
      "sha512-eG7j7giwjWHa6et1ZSTgqELRKOFRaQYWDdpA0AbQQO1Xw5K8nqIDPuXySwO18Y9S2Ik+"
      "VkvAqL6IlmfnYzA3mw==";
  std::optional<ScopedVariable> path_;
};

TEST_F(BcoinFetch, NamesThePackagesThatAreMissing) {
  EXPECT_THAT([&] { fetch(); },
              ThrowsMessage<EnvironmentError>(
                  AllOf(HasSubstr("apt-get install nodejs npm"), HasSubstr("--daemon PATH"))));
  place_tool("node", "");
  EXPECT_THAT([&] { fetch(); }, ThrowsMessage<EnvironmentError>(HasSubstr("apt-get install npm")));
  EXPECT_THAT(left(), IsEmpty());
}

TEST_F(BcoinFetch, InstallsWhatIsPinnedOnce) {
  place_tool("node", "");
  place_npm(kBcoinHash);
  const FetchedDaemon fetched = fetch();
  EXPECT_EQ(fetched.version, "1.0.2");
  EXPECT_EQ(fetched.executable, find_fetched(daemons(), "bcoin")->executable);
  EXPECT_THAT(left(), testing::UnorderedElementsAre("1.0.2", "current"));
  fs::remove(root_ / "npm-ran");
  progress_.clear();
  fetch();
  EXPECT_FALSE(fs::exists(root_ / "npm-ran"));
  EXPECT_THAT(progress_, IsEmpty());
}

TEST_F(BcoinFetch, RefusesAPackageWithAnotherHash) {
  place_tool("node", "");
  place_npm("sha512-tampered");
  EXPECT_THAT([&] { fetch(); }, ThrowsMessage<EnvironmentError>(
                                    AllOf(HasSubstr("bcoin 1.0.2"), HasSubstr("sha512-tampered"))));
  EXPECT_THAT(left(), IsEmpty());
}

TEST_F(BcoinFetch, SaysWhatNpmSaid) {
  place_tool("node", "");
  place_tool("npm", "echo 'no such host' >&2; exit 1");
  EXPECT_THAT([&] { fetch(); }, ThrowsMessage<EnvironmentError>(
                                    AllOf(HasSubstr("npm install"), HasSubstr("no such host"))));
  EXPECT_THAT(left(), IsEmpty());
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
