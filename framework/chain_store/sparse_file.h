// Files with holes, as daemons make them that reserve space ahead: handed on as cheaply as the file
// system can, and told apart by what they hold. Free functions; any thread.
#pragma once

#include <noderig/p2p/primitives/uint256.h>
#include <filesystem>

namespace noderig {

// A copy of the file: a reflink where the file system has them, else its data without its holes.
// Throws EnvironmentError, naming the files, when it cannot be made.
void clone_file(const std::filesystem::path& from, const std::filesystem::path& to);

// A hash of the file's content without its pages of zeros, so that it reads no holes and does not
// depend on where they are; compare the sizes, too. Throws EnvironmentError.
Uint256 content_hash(const std::filesystem::path& file);

}  // namespace noderig
