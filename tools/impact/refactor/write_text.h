// Files in scratch space and beside those of a project. Free function; any thread.
#pragma once

#include <filesystem>
#include <string>

namespace noderig::impact {

// The file holds just the text afterwards; directories on the way are made. Throws
// EnvironmentError, naming the file, when it cannot be written whole.
void write_text(const std::filesystem::path& file, const std::string& text);

}  // namespace noderig::impact
