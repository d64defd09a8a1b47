// What several sub-tests build on: a node that is fed, a wallet that is filled. The first sub-test
// that needs it builds it, so that each can be run alone and none pays for another's; the later
// ones find it there. One that cannot be built is not tried again: whoever needs it is told so.
//
//   Prerequisite mined("101 blocks", [&] { node.mine(101); });
//   Prerequisite funded("a wallet with coins", [&] { mined(); ... });
//   rig.subtest("spends", [&] { funded(); ... });
//
// What is built must outlive the sub-test: nodes that the metadata declares, not peers. Belongs to
// the rig's thread.
#pragma once

#include <noderig/framework/errors.h>
#include <functional>
#include <string>
#include <utility>

namespace noderig {

namespace detail {

// How many the process has built: when a sub-test that built one fails, nodes stay as they are.
void count_prerequisite() noexcept;
int prerequisites_built() noexcept;

}  // namespace detail

class Prerequisite {
 public:
  // `what` completes the sentence "... could not be built".
  Prerequisite(std::string what, std::function<void()> build)
      : what_(std::move(what)), build_(std::move(build)) {}
  Prerequisite(const Prerequisite&) = delete;
  Prerequisite& operator=(const Prerequisite&) = delete;

  // Builds it unless it is there. Throws what the building throws, and AssertionError when that
  // failed before.
  void operator()() {
    if (state_ == State::Built) return;
    if (state_ == State::Failed) {
      throw AssertionError(what_ + " could not be built, see the failure before");
    }
    state_ = State::Failed;
    build_();
    state_ = State::Built;
    detail::count_prerequisite();
  }

  bool built() const { return state_ == State::Built; }

 private:
  enum class State { Absent, Built, Failed };

  std::string what_;
  std::function<void()> build_;
  State state_ = State::Absent;
};

}  // namespace noderig
