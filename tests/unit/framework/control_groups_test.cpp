#include <noderig/framework/runner/control_groups.h>

#include "support.h"

#include <gtest/gtest.h>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace noderig {
namespace {

constexpr std::int64_t kMiB = 1 << 20;

// Hierarchies made of files, as the kernel shows them.
class ControlGroups : public testing::Test {
 protected:
  void has(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories((root_.path() / file).parent_path());
    std::ofstream(root_.path() / file) << text << '\n';
  }
  GroupLimits limits(const std::string& membership) const {
    return group_limits(membership, root_.path());
  }

  TemporaryDirectory root_{};
};

TEST_F(ControlGroups, WithoutLimitsLeaveAll) {
  has("a/cpu.max", "max 100000");
  has("a/memory.max", "max");
  has("a/memory.current", "1000");
  for (const char* membership : {"0::/a\n", "0::/nowhere\n", "", "nonsense\n", "1:cpu\n"}) {
    EXPECT_EQ(limits(membership).cores, std::nullopt) << membership;
    EXPECT_EQ(limits(membership).free_bytes, std::nullopt) << membership;
  }
}

TEST_F(ControlGroups, LeastOfAGroupAndThoseAroundItCounts) {
  has("a/cpu.max", "150000 100000");
  has("a/b/cpu.max", "400000 100000");
  has("a/b/c/cpu.max", "max 100000");
  has("a/memory.max", "4294967296");
  has("a/memory.current", "4194304000");  // 4000 MiB
  has("a/b/memory.max", "2147483648");
  has("a/b/memory.current", "1048576");
  EXPECT_EQ(limits("0::/a/b/c\n").cores, 1.5);
  EXPECT_EQ(limits("0::/a/b/c\n").free_bytes, 96 * kMiB);
  EXPECT_EQ(limits("0::/other\n").cores, std::nullopt);
}

TEST_F(ControlGroups, OfAContainerThatSeesItsOwnAsTheRootAreThere) {
  has("cpu.max", "200000 100000");
  has("memory.max", "104857600");
  has("memory.current", "209715200");  // more than it may have: nothing is free
  for (const char* membership : {"0::/\n", "0::/docker/abc\n", "0::/../abc\n"}) {
    EXPECT_EQ(limits(membership).cores, 2) << membership;
    EXPECT_EQ(limits(membership).free_bytes, 0) << membership;
  }
}

TEST_F(ControlGroups, CachedFilesAreFree) {
  has("a/memory.max", "1073741824");
  has("a/memory.current", "1073741824");
  has("a/memory.stat", "anon 5\nactive_file 7\ninactive_file 524288000\n");
  EXPECT_EQ(limits("0::/a\n").free_bytes, 500 * kMiB);
}

TEST_F(ControlGroups, OfTheFirstVersionCountToo) {
  has("cpu/a/cpu.cfs_quota_us", "50000");
  has("cpu/a/cpu.cfs_period_us", "100000");
  has("cpu/cpu.cfs_quota_us", "-1");
  has("cpu/cpu.cfs_period_us", "100000");
  has("memory/memory.limit_in_bytes", "9223372036854771712");
  has("memory/memory.usage_in_bytes", "0");
  has("memory/b/memory.limit_in_bytes", "1073741824");
  has("memory/b/memory.usage_in_bytes", "1063256064");
  has("memory/b/memory.stat", "inactive_file 1\ntotal_inactive_file 10485760\n");
  const GroupLimits found = limits("5:pids:/p\n4:cpuacct,cpu:/a\n3:memory:/b\n0::/\n");
  EXPECT_EQ(found.cores, 0.5);
  EXPECT_EQ(found.free_bytes, 20 * kMiB);
}

}  // namespace
}  // namespace noderig
