// What a program that is about to be started gets, in the form in which exec takes it. Internal to
// framework/node; any thread.
#pragma once

#include <string>
#include <vector>

namespace noderig::detail {

// This process's environment with `additions` (NAME=VALUE) over it.
std::vector<std::string> merged_environment(const std::vector<std::string>& additions);

// The words and a null behind them. Valid as long as `words` is, and unchanged.
std::vector<char*> null_terminated(const std::vector<std::string>& words);

}  // namespace noderig::detail
