// Why something cannot be known, so that everything must be run. Value type; any thread.
#pragma once

#include <string>

namespace noderig::impact {

struct Reason {
  std::string code{};  // for programs: "unparsable", "build-file", "data-file", "toolchain" ...
  std::string file{};  // relative to the project; empty when it is about no file
  std::string text{};  // a sentence for people

  bool operator==(const Reason&) const = default;
};

}  // namespace noderig::impact
