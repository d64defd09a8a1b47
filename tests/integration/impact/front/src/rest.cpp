#include "parts.h"

int start_rest() {
  return 2;
}
