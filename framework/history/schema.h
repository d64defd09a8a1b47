// The tables of history.sqlite, and the version they carry. Internal to framework/history.
#pragma once

#include <noderig/framework/history/sqlite.h>
#include <filesystem>

namespace noderig {

// PRAGMA user_version of the tables below. A change of theirs is a new version and a step in
// schema.cpp that brings an older file up to it.
inline constexpr std::int64_t kHistorySchema = 1;

// Makes the tables in an empty database.
void create_schema(sqlite::Database& database);

// Makes the tables in a new file. Throws EnvironmentError when the file is of a newer noderig, or a
// database of something else.
void prepare_schema(sqlite::Database& database, sqlite::Open open,
                    const std::filesystem::path& file);

}  // namespace noderig
