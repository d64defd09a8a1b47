// What the tests are called in every output: `gtest:TARGET/Suite.Case`, `ctest:NAME`,
// `scenario:NAME`. Value type; any thread.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace noderig::impact {

enum class TestKind { Gtest, Ctest, Scenario };

struct TestId {
  TestKind kind = TestKind::Gtest;
  std::string target{};  // of a GoogleTest case: the program; else empty
  std::string name{};    // Suite.Case, CTest's name, or the scenario's (with /SUBTEST)

  // Throws UsageError when `text` is no test id.
  static TestId parse(std::string_view text);
  std::string text() const;

  auto operator<=>(const TestId&) const = default;
};

}  // namespace noderig::impact
