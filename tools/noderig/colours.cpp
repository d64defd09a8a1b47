#include "colours.h"

#include <unistd.h>
#include <cstdlib>

namespace noderig {

bool takes_colours(std::FILE* out) {
  return ::isatty(::fileno(out)) == 1 && std::getenv("NO_COLOR") == nullptr;
}

}  // namespace noderig
