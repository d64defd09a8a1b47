// Fails where it runs for the first time in a TMPDIR, and passes from then on.
#include <noderig/scenario.h>
#include <filesystem>
#include <fstream>

NODERIG_SCENARIO(fails_once, .summary = "fails, and then no more") {
  const auto mark = std::filesystem::temp_directory_path() / "was_here";
  const bool again = std::filesystem::exists(mark);
  std::ofstream(mark) << "x";
  assert_true(again);
}
