// The changes that scenarios are known to let pass, each with the reason why that is right. They
// stand in one file beside the scenarios, survivors.txt, a line each:
//
//   SCENARIO | WHAT | REASON
//
// SCENARIO and WHAT, as `noderig prove` prints them, may be globs. Lines that begin with # are
// comments. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace noderig::prove {

inline constexpr std::string_view kSurvivorsFile = "survivors.txt";

class AcceptedSurvivors {
 public:
  // Reads the file; none is accepted where there is no such file. Throws EnvironmentError with the
  // line when one has not three parts.
  explicit AcceptedSurvivors(const std::filesystem::path& file);

  // Why that change may pass; empty when it is not in the list.
  std::string reason(const std::string& scenario, const std::string& what) const;

 private:
  struct Entry {
    std::string scenario;
    std::string what;
    std::string reason;
  };
  std::vector<Entry> entries_;
};

}  // namespace noderig::prove
