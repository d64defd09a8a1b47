// Registers with millions of runs. A test's runs are read by simdjson, tests side by side on all
// cores; whatever else a test has goes through the strict reader. Neither the text nor its JSON
// stands in memory as a whole. Free function; any thread.
#pragma once

#include "test_case.h"

#include <iosfwd>
#include <optional>

namespace noderig::risk {

// Nothing when the text is not as it should be, or in a form that only the strict reader takes:
// that one then says what is wrong, and where. What it returns is not finished, see register.h.
std::optional<Register> read_register_bulk(std::istream& in, KeptRuns kept = KeptRuns::All);

}  // namespace noderig::risk
