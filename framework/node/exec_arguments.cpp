#include <noderig/framework/node/exec_arguments.h>
#include <unistd.h>
#include <algorithm>
#include <string_view>

namespace noderig::detail {

std::vector<std::string> merged_environment(const std::vector<std::string>& additions) {
  std::vector<std::string> merged = additions;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view entry = *variable;
    const std::string_view name = entry.substr(0, entry.find('=') + 1);
    const bool replaced = std::ranges::any_of(
        additions, [&](const std::string& addition) { return addition.starts_with(name); });
    if (!replaced) merged.emplace_back(entry);
  }
  return merged;
}

std::vector<char*> null_terminated(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace noderig::detail
