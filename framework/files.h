// Whole files as text, and where the program's own files are. Free functions; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace noderig {

// What the file holds from byte `from` on; empty when it is not there.
std::string read_file(const std::filesystem::path& file, std::uintmax_t from = 0);

// What tells a file from one that takes its place later: its size, and when it was written. Throws
// std::filesystem::filesystem_error when it is not there.
std::string file_stamp(const std::filesystem::path& file);

// The directory whose bin/ holds the running program; the files that come with it are below its
// lib/ and share/, in an installation as in a build directory.
std::filesystem::path program_prefix();

}  // namespace noderig
