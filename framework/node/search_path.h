// Finding programs on PATH. Any thread, while none changes the environment.
#pragma once

#include <filesystem>
#include <string>

namespace noderig {

// The program of that name on PATH; empty when there is none.
std::filesystem::path find_on_path(const std::string& program);

}  // namespace noderig
