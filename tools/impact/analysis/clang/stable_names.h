// Names of symbols that code elsewhere in the file does not shift. Clang numbers the lambdas of
// each function by themselves, but those in initialisers of other variables through the whole file:
// one lambda more, and they and all that is made of them (instances of templates) are called
// otherwise. Belongs to one thread and one module.
#pragma once

#include <impact/model/facts.h>
#include <map>
#include <string>

namespace noderig::impact {

class StableNames {
 public:
  // `call_operator`: the linkage name of the lambda's; `name`: what to call the lambda by instead.
  void add(const std::string& call_operator, std::string name);

  // That of the symbol which profiles name so.
  SymbolId key(const std::string& profile_name) const;

 private:
  std::map<unsigned, std::string> names_{};  // by Clang's number
};

}  // namespace noderig::impact
