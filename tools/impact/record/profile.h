// Which functions a process has executed, read from the counters that code built with the flags of
// `impact flags` leaves in a mapped file. The layout is LLVM's own (InstrProfData.inc, raw version
// 8). A function is known by the hash that the compiler put beside its counters; names stay
// compressed, so that reading costs less than running a small test. Pure functions; any thread.
#pragma once

#include <impact/model/facts.h>
#include <filesystem>
#include <set>
#include <span>
#include <vector>

namespace noderig::impact {

// A test's call graph as selection needs it: the functions executed, ascending, each once.
using CoveredSet = std::vector<SymbolId>;

// Which program or library left counters: a hash of the functions that it has, executed or not.
using ImageId = std::uint64_t;
constexpr ImageId kUnknownImage = 0;

struct Profiles {
  CoveredSet executed{};
  std::set<ImageId> images{};
};

// Appends the functions of one file that have a counter above zero, and says whose they are. A file
// whose process was killed before it had written the header holds nothing, of nobody known. Throws
// EnvironmentError when it is no such file, or one of another LLVM.
ImageId read_profile(const std::filesystem::path& file, std::vector<SymbolId>& executed);
ImageId read_profile(std::span<const std::byte> bytes, const std::string& name,
                     std::vector<SymbolId>& executed);

// From the table of functions, as it stands in a profile and in the program's file.
ImageId image_id(std::span<const std::byte> functions);
// Of a program or library; kUnknownImage when it has no such table.
ImageId image_id(const std::filesystem::path& program);

// The union over all files of a directory: every process, and every library in it, has its own.
Profiles read_profiles(const std::filesystem::path& directory);

// The value of LLVM_PROFILE_FILE with which processes leave their counters in the directory.
std::string profile_pattern(const std::filesystem::path& directory);

// Sorts, and removes what is there twice.
CoveredSet covered_set(std::vector<SymbolId> executed);

CoveredSet united(const CoveredSet& a, const CoveredSet& b);

}  // namespace noderig::impact
