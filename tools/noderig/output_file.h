// Files that a command leaves for other programs: refused early when they cannot be written, and
// never half written. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace noderig {

// Throws EnvironmentError, naming the file and the reason, when write_file() could not write it
// now: no such directory, a directory itself, no permission. Leaves nothing behind.
void require_writable(const std::string& file);

// An option and the file that it names; an empty name: the option was not given.
using NamedOutput = std::pair<std::string_view, std::string>;

// For before the work: throws UsageError when two options name one file, however they name it, and
// what require_writable() throws.
void require_outputs(const std::vector<NamedOutput>& outputs);

// Writes the whole file: beside it under another name, then renamed, so that a reader finds the old
// file or the new one. What is there and no regular file, such as /dev/stdout, is written to.
// Throws EnvironmentError, naming the file and the reason.
void write_file(const std::string& file, const std::string& text);

}  // namespace noderig
