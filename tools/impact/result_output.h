// What came of recorded tests, for people and for programs.
#pragma once

#include <impact/record/recorder.h>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace noderig::impact {

void print_recorded(std::FILE* out, const RecordResult& result,
                    const std::filesystem::path& database);

// {schema, recording:{db,revision,complete}, tests:[{id,verdict,seconds,functions}], passed,
// failed, skipped, problems, seconds}
nlohmann::json to_json(const RecordResult& result, const std::filesystem::path& database);

// 1 when a test failed, 3 when the recording is of no use.
int exit_code(const RecordResult& result);

}  // namespace noderig::impact
