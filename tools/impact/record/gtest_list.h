// GoogleTest programs: recognised without running them, and asked for their cases. Pure functions;
// any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace noderig::impact {

// Whether a program has GoogleTest in it, linked statically or as a library. It is not run: what a
// program that is no GoogleTest would do with an option it does not know, nobody can tell.
bool is_gtest_program(const std::filesystem::path& program);

// The cases in what --gtest_list_tests prints, as "Suite.Case", "Prefix/Suite.Case/0" or
// "Suite/0.Case". Disabled ones are left out, as they do not run unless asked for by name.
std::vector<std::string> parse_gtest_list(std::string_view output);

}  // namespace noderig::impact
