#include "price.h"

int Price::getCharge(int days) const {
  return 3 * days;
}

int discount(int charge) {
  return charge / 2;
}
