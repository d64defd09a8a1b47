#pragma once

class Price {
 public:
  virtual ~Price() = default;
  virtual int getCharge(int days) const;
};

class RegularPrice : public Price {};

int discount(int charge);
