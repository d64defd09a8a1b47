// Whole files as text. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace noderig {

// What the file holds from byte `from` on; empty when it is not there.
std::string read_file(const std::filesystem::path& file, std::uintmax_t from = 0);

}  // namespace noderig
