// Strict reading of JSON objects: every field is known and of the right kind, or the message names
// it, where it stands, and the nearest right one. One object at a time; any thread.
#pragma once

#include <iosfwd>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace noderig::risk {

// A whole document. Throws UsageError, with the line, when it is no JSON, and when an object has a
// field twice.
nlohmann::json parse_json(std::istream& in);

class Fields {
 public:
  // `where` begins each message, "test C_1"; it may be empty. Throws UsageError when `json` is no
  // object or has a field that is not in `known`. `json` must outlive this.
  Fields(const nlohmann::json& json, std::string where, const std::vector<std::string>& known);

  bool has(const std::string& name) const { return json_.contains(name); }
  // The field; nullptr when it is absent or null.
  const nlohmann::json* find(const std::string& name) const;

  // Each throws UsageError when the field is there and of another kind; without it, the default.
  std::string text(const std::string& name) const;
  double number(const std::string& name, double otherwise) const;
  int integer(const std::string& name, int otherwise) const;
  const nlohmann::json& array(const std::string& name) const;  // an empty one by default
  // A number from `low` to `high`.
  double within(const std::string& name, double otherwise, double low, double high) const;

  // A step of a scale of five; nothing without it.
  std::optional<int> one_to_five(const std::string& name) const;

  [[noreturn]] void fail(const std::string& name, const std::string& what) const;
  const std::string& where() const { return where_; }

 private:
  const nlohmann::json& json_;
  std::string where_;
};

}  // namespace noderig::risk
