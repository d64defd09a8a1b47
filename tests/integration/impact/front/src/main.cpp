// A front of another node: it looks at its arguments, as a node does, and then becomes that one.
#include "parts.h"

#include <unistd.h>
#include <cstdlib>
#include <string_view>

int main(int argc, char** argv) {
  int started = start_chain();
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with("-rest")) started += start_rest();
    if (argument.starts_with("-zmqpub")) started += start_zmq();
  }
  const char* node = std::getenv("FRONT_OF");
  if (node == nullptr || started == 0) return 1;
  ::execv(node, argv);
  return 1;
}
