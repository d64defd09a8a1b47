#include "test_id.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>

namespace noderig::impact {

TestId TestId::parse(std::string_view text) {
  const auto colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  const std::string_view rest = colon == text.npos ? "" : text.substr(colon + 1);
  if (kind == "ctest" && !rest.empty()) return {TestKind::Ctest, {}, std::string(rest)};
  if (kind == "scenario" && !rest.empty()) return {TestKind::Scenario, {}, std::string(rest)};
  const auto slash = rest.find('/');
  if (kind == "gtest" && slash != rest.npos && slash + 1 < rest.size()) {
    return {TestKind::Gtest, std::string(rest.substr(0, slash)),
            std::string(rest.substr(slash + 1))};
  }
  throw UsageError(fmt::format(
      "\"{}\" is no test: gtest:TARGET/Suite.Case, ctest:NAME or scenario:NAME is one", text));
}

std::string TestId::text() const {
  switch (kind) {
    case TestKind::Gtest:
      return fmt::format("gtest:{}/{}", target, name);
    case TestKind::Ctest:
      return "ctest:" + name;
    case TestKind::Scenario:
      return "scenario:" + name;
  }
  return {};
}

}  // namespace noderig::impact
