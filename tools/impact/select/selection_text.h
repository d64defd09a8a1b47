// A selection as a person reads it on a terminal: what no test reaches first, then what to run and
// why. Pure functions; any thread.
#pragma once

#include <impact/select/selection.h>
#include <string>

namespace noderig::impact {

struct TextStyle {
  bool colour = false;
  std::size_t most_tests = 30;    // further ones are counted
  std::size_t most_changes = 20;  // of each list
};

std::string selection_text(const Selection& selection, const TextStyle& style);

// "CM ns::f(int)  src/f.cpp:12", or with what a virtual call found and finds.
std::string change_text(const Change& change);

// With the file that it is about.
std::string reason_text(const Reason& reason);

// What is said of a test's reasons in one line, such as "executes CM a, CM b and 3 more".
std::string reason_text(const SelectedTest& test, std::size_t most_changes);

}  // namespace noderig::impact
