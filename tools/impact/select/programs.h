// Which tests run code of which source files: what tells functions of one name in several programs
// apart. Immutable once made; any thread.
#pragma once

#include <impact/model/change.h>
#include <impact/record/recording.h>
#include <impact/select/affected.h>
#include <impact/select/references.h>
#include <set>
#include <string>
#include <vector>

namespace noderig::impact {

class Programs {
 public:
  // `references` is of the version that was recorded. What the recording says a program is made of
  // is believed only where that has all the functions that the program's tests executed.
  Programs(const Recording& recording, const References& references);

  // Removes the tests whose programs are known not to have the change in them.
  void leave_out_others(const Change& change, std::vector<TestIndex>& tests) const;

 private:
  std::vector<const std::set<std::string>*> units_{};  // by test; null: not known
};

}  // namespace noderig::impact
