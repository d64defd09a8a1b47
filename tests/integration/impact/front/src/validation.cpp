#include "parts.h"

int start_chain() {
  return 1;
}
