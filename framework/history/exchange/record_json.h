// A recorded run as JSON, one line of an export. Pure functions; any thread.
#pragma once

#include <noderig/framework/history/records.h>
#include <nlohmann/json.hpp>

namespace noderig {

// The line before the runs: it says what the file is.
nlohmann::json export_header();
bool is_export_header(const nlohmann::json& json);

// A value that may be null.
template <class Value>
void get_optional(const nlohmann::json& json, const char* name, std::optional<Value>& value) {
  if (const auto& field = json.at(name); !field.is_null()) value = field.template get<Value>();
}

// A machine is written the same way in an export and in `run --json`.
void get_machine(const nlohmann::json& json, Machine& machine);

void to_json(nlohmann::json& json, const RecordedRun& run);

// Throws nlohmann::json::exception, or std::invalid_argument with a sentence, when the object is no
// run.
void from_json(const nlohmann::json& json, RecordedRun& run);

}  // namespace noderig
