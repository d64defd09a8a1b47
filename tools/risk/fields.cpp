#include "fields.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/nearest.h>
#include <algorithm>
#include <cmath>
#include <istream>
#include <set>

namespace noderig::risk {
namespace {

std::string prefix(const std::string& where) {
  return where.empty() ? where : where + ": ";
}

}  // namespace

nlohmann::json parse_json(std::istream& in) {
  using nlohmann::json;
  std::vector<std::set<std::string>> open;  // the fields of each object that is not yet complete
  const auto check = [&open](int /*depth*/, json::parse_event_t event, json& value) {
    if (event == json::parse_event_t::object_start) open.emplace_back();
    if (event == json::parse_event_t::object_end) open.pop_back();
    if (event == json::parse_event_t::key && !open.back().insert(value.get<std::string>()).second) {
      throw UsageError(fmt::format("field \"{}\" is there twice", value.get<std::string>()));
    }
    return true;
  };
  try {
    return json::parse(in, check);
  } catch (const json::exception& error) {  // also a number that no double holds
    throw UsageError(error.what());
  }
}

Fields::Fields(const nlohmann::json& json, std::string where, const std::vector<std::string>& known)
    : json_(json), where_(std::move(where)) {
  if (!json.is_object()) throw UsageError(prefix(where_) + "not an object");
  for (const auto& [name, value] : json.items()) {
    if (std::ranges::find(known, name) != known.end()) continue;
    throw UsageError(
        fmt::format("{}unknown field \"{}\"{}", prefix(where_), name, did_you_mean(name, known)));
  }
}

const nlohmann::json* Fields::find(const std::string& name) const {
  const auto found = json_.find(name);
  return found == json_.end() || found->is_null() ? nullptr : &*found;
}

std::string Fields::text(const std::string& name) const {
  const nlohmann::json* value = find(name);
  if (value == nullptr) return {};
  if (!value->is_string()) fail(name, "is no text");
  return value->get<std::string>();
}

double Fields::number(const std::string& name, double otherwise) const {
  const nlohmann::json* value = find(name);
  if (value == nullptr) return otherwise;
  if (!value->is_number()) fail(name, "is no number");
  const double number = value->get<double>();
  if (!std::isfinite(number)) fail(name, "is no finite number");
  return number;
}

int Fields::integer(const std::string& name, int otherwise) const {
  const nlohmann::json* value = find(name);
  if (value == nullptr) return otherwise;
  if (!value->is_number_integer()) fail(name, "is no whole number");
  const auto number = value->get<std::int64_t>();
  if (number < -1'000'000'000 || number > 1'000'000'000) fail(name, "is out of range");
  return static_cast<int>(number);
}

const nlohmann::json& Fields::array(const std::string& name) const {
  static const nlohmann::json none = nlohmann::json::array();
  const nlohmann::json* value = find(name);
  if (value == nullptr) return none;
  if (!value->is_array()) fail(name, "is no list");
  return *value;
}

double Fields::within(const std::string& name, double otherwise, double low, double high) const {
  const double value = number(name, otherwise);
  if (find(name) != nullptr && !(value >= low && value <= high)) {
    fail(name, fmt::format("is {}, not from {} to {}", value, low, high));
  }
  return value;
}

std::optional<int> Fields::one_to_five(const std::string& name) const {
  if (find(name) == nullptr) return {};
  const int value = integer(name, 0);
  if (value < 1 || value > 5) fail(name, fmt::format("is {}, not from 1 to 5", value));
  return value;
}

void Fields::fail(const std::string& name, const std::string& what) const {
  throw UsageError(fmt::format("{}\"{}\" {}", prefix(where_), name, what));
}

}  // namespace noderig::risk
