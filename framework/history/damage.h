// Opening a history that may be damaged: such a file is moved aside, whole, and a new one begun.
// Free functions; any thread, several processes.
#pragma once

#include <noderig/framework/history/history.h>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace noderig {

// Is told, in a sentence, what became of a damaged file.
using SayDamage = std::function<void(const std::string& sentence)>;

// The history in `home`, open for writing; one that cannot be opened for damage was moved aside.
// Throws like History's constructor.
std::unique_ptr<History> open_history(const std::filesystem::path& home, const SayDamage& say);

// To be called when a DamagedError came later, with no History open in this process. Looks again,
// and moves the file to history.sqlite.damaged-TIME (with its -wal and -shm beside it) unless
// another process was faster. Throws EnvironmentError when it cannot be moved, or another process
// has it open and would go on writing.
void set_damaged_history_aside(const std::filesystem::path& home, const SayDamage& say);

}  // namespace noderig
