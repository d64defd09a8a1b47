// Names of tests in tests. Pure; any thread.
#pragma once

#include <impact/record/recording.h>
#include <string>

namespace noderig::impact {

// A GoogleTest case of the program "unit".
inline TestId gtest(const std::string& name) {
  return {TestKind::Gtest, "unit", name};
}

}  // namespace noderig::impact
