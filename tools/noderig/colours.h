// Whether what is written to a file may have colours. Any thread.
#pragma once

#include <cstdio>

namespace noderig {

// It is a terminal, and the user did not set NO_COLOR.
bool takes_colours(std::FILE* out);

}  // namespace noderig
