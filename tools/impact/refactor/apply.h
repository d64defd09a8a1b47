// Puts an edit into the work tree, wholly or not at all. One thread.
#pragma once

#include "plan.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace noderig::impact {

// Edits that touch lines which differ from HEAD in the work tree, or next to such: git could not
// take the refactoring back without them.
std::vector<Refusal> uncommitted_overlaps(const std::filesystem::path& project,
                                          const std::map<std::string, std::string>& texts,
                                          const std::vector<Edit>& edits);

// Replaces every file by its new text. When one cannot be written, or does not hold its old text
// any more, all are as they were; throws EnvironmentError then.
void put_in_place(const std::map<std::string, std::string>& before,
                  const std::map<std::string, std::string>& after);

}  // namespace noderig::impact
