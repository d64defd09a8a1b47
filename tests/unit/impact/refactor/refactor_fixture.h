// A project of a few files in memory, for planning refactorings of it.
#pragma once

#include <impact/refactor/plan.h>
#include <impact/refactor/pull_up.h>
#include <impact/refactor/read_code.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace noderig::impact {

class Sources {
 public:
  // Names are relative to /project; each .cpp is a unit.
  explicit Sources(std::map<std::string, std::string> files);

  const CodeView& read(const std::set<std::string>& names);
  const CodeView& code() const { return before_; }

  // The files as the plan leaves them, once it is verified as well: what does not hold then is
  // added to the plan's refusals.
  std::map<std::string, std::string> edited(Plan& plan);

 private:
  CodeView parse(const std::map<std::string, std::string>& files,
                 const std::map<std::string, std::string>& same) const;

  std::map<std::string, std::string> files_{};
  std::set<std::string> names_{};
  CodeView before_{};
};

struct Outcome {
  Plan plan{};
  std::map<std::string, std::string> files{};  // empty when the plan was refused
};
// Reads the methods of these names, plans, and verifies the edit.
Outcome refactored(const std::map<std::string, std::string>& files,
                   const std::set<std::string>& names,
                   const std::function<Plan(const CodeView&)>& plan);
Outcome pull_up(const std::map<std::string, std::string>& files, const std::string& method,
                const std::string& target, const PullUpOptions& options = {});

// The codes of the refusals, in their order, without repetition.
std::vector<std::string> codes(const std::vector<Refusal>& refusals);

}  // namespace noderig::impact
