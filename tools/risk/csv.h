// Lines of separated values with quotes ("" is a quote within them). Pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace noderig::risk {

// Takes away what spreadsheets put around a line: a byte order mark before the first, a carriage
// return behind each.
void strip_line(std::string& line, std::size_t number);

// The fields of one line; nothing when a quote is not closed or stands within an unquoted field.
std::optional<std::vector<std::string>> split_csv(const std::string& line, char separator);

}  // namespace noderig::risk
