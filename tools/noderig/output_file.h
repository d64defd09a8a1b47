// Files that a command leaves for other programs: refused early when they cannot be written, and
// never half written. Any thread.
#pragma once

#include <string>

namespace noderig {

// Throws EnvironmentError, naming the file and the reason, when write_file() could not write it
// now: no such directory, a directory itself, no permission. Leaves nothing behind.
void require_writable(const std::string& file);

// Whether write_file() would write both to one place, however they are named.
bool is_same_output(const std::string& one, const std::string& other);

// Writes the whole file: beside it under another name, then renamed, so that a reader finds the old
// file or the new one. What is there and no regular file, such as /dev/stdout, is written to.
// Throws EnvironmentError, naming the file and the reason.
void write_file(const std::string& file, const std::string& text);

}  // namespace noderig
