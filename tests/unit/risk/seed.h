// The method's own example: sixteen tests of a shop with three layers.
#pragma once

#include <risk/register.h>

#include <sstream>
#include <string>

namespace noderig::risk {

inline const char* const kSeedCsv =
    "id,title,business,history,scope,allocation,coverage,likelihood,impact,seconds\n"
    "C_18,Abandon Cart,3,1,1,,,,,\n"
    "C_6,Password Recovery Attempt for Non-existing Account,,,,,,,,\n"
    "C_13,Add Product to Cart,34,1,144,,,,,\n"
    "C_15,Apply Discount Code,34,1,1,,,,,\n"
    "C_17,Complete Purchase with Credit Card,377,1,,,,,,\n"
    "C_34,Complete Purchase with Invoice,377,,,,,,,\n"
    "C_8,Filter Products by Category,5,1,144,,,,,\n"
    "C_3,Login with Correct Credentials,377,1,377,,,,,\n"
    "C_4,Login with Incorrect Password,34,,,,,,,\n"
    "C_16,Proceed to Checkout,34,1,,,,,,\n"
    "C_2,Registration with Invalid Email Format,144,,,,,,,\n"
    "C_11,Sort Products by Price,1,144,144,,,,,\n"
    "C_1,Successful User Registration,610,987,377,,,,,\n"
    "C_20,Track Order Status,34,,21,,,,,\n"
    "C_25,Update Profile Information,55,,1,,,,,\n"
    "C_19,View Order History,13,,1,,,,,\n";

inline Register seed_register() {
  std::istringstream in(kSeedCsv);
  return read_register_csv(in);
}

inline Register register_of(const std::string& json) {
  std::istringstream in(json);
  return read_register_json(in);
}

}  // namespace noderig::risk
