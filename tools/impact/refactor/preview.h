// An edit as people read it: a unified diff. Any thread.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace noderig::impact {

// Paths are shown relative to `project`. Empty when nothing differs.
std::string unified_diff(const std::map<std::string, std::string>& before,
                         const std::map<std::string, std::string>& after,
                         const std::filesystem::path& project);

}  // namespace noderig::impact
