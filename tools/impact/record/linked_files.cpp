#include <impact/record/linked_files.h>

#include <noderig/framework/files.h>
#include <noderig/framework/node/command.h>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

namespace noderig::impact {
namespace {

namespace fs = std::filesystem;
using Object = nlohmann::json;

fs::path api_of(const fs::path& build) {
  return build / ".cmake" / "api" / "v1";
}

struct CMakeTarget {
  std::vector<fs::path> artifacts{};  // programs and shared libraries
  std::vector<std::string> sources{};
  std::vector<std::string> needs{};  // ids
};
using CMakeTargets = std::map<std::string, CMakeTarget>;  // by id

// The newest answer's description of all targets; null when there is none.
Object code_model(const fs::path& replies) {
  fs::path newest;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(replies, none)) {
    const bool index = entry.path().filename().string().starts_with("index-");
    if (index && entry.path() > newest) newest = entry.path();
  }
  if (newest.empty()) return {};
  const Object answer = Object::parse(read_file(newest));
  for (const Object& object : answer.at("objects")) {
    if (object.at("kind") == "codemodel" && object.at("version").at("major") == 2) {
      return Object::parse(read_file(replies / object.at("jsonFile").get<std::string>()));
    }
  }
  return {};
}

CMakeTarget target_of(const Object& json, const Object& top, const fs::path& project) {
  const auto path_in = [&](const char* root, const Object& entry) {
    return (fs::path(top.at(root).get<std::string>()) / entry.at("path").get<std::string>())
        .lexically_normal();
  };
  CMakeTarget target;
  for (const Object& source : json.value("sources", Object::array())) {
    const std::string file = path_in("source", source).string();
    const bool inside = file.starts_with(project.string() + "/");
    target.sources.push_back(inside ? file.substr(project.string().size() + 1) : file);
  }
  for (const Object& other : json.value("dependencies", Object::array())) {
    target.needs.push_back(other.at("id").get<std::string>());
  }
  const std::string type = json.at("type").get<std::string>();
  if (type == "EXECUTABLE" || type == "SHARED_LIBRARY" || type == "MODULE_LIBRARY") {
    for (const Object& artifact : json.value("artifacts", Object::array())) {
      target.artifacts.push_back(path_in("build", artifact));
    }
  }
  return target;
}

CMakeTargets read_targets(const fs::path& project, const fs::path& build) {
  const fs::path replies = api_of(build) / "reply";
  CMakeTargets targets;
  const Object model = code_model(replies);
  if (model.is_null()) return targets;
  for (const Object& configuration : model.at("configurations")) {
    for (const Object& entry : configuration.at("targets")) {
      const auto json = Object::parse(read_file(replies / entry.at("jsonFile").get<std::string>()));
      targets[entry.at("id").get<std::string>()] = target_of(json, model.at("paths"), project);
    }
  }
  return targets;
}

void add_sources(const CMakeTargets& targets, const std::string& id, std::set<std::string>& seen,
                 std::set<std::string>& sources) {
  const auto target = targets.find(id);
  if (target == targets.end() || !seen.insert(id).second) return;
  sources.insert(target->second.sources.begin(), target->second.sources.end());
  for (const std::string& other : target->second.needs) add_sources(targets, other, seen, sources);
}

}  // namespace

void ask_what_is_linked(const fs::path& build) {
  const fs::path question = api_of(build) / "query" / "client-noderig" / "codemodel-v2";
  std::error_code none;
  if (fs::exists(question) || !fs::exists(build / "CMakeCache.txt")) return;
  fs::create_directories(question.parent_path(), none);
  std::ofstream{question};
  run_command({"cmake", build.string()}, {.timeout = std::chrono::hours(1)});
}

LinkedFiles::LinkedFiles(const fs::path& project, const fs::path& build) {
  CMakeTargets targets;
  try {
    targets = read_targets(project, build);
  } catch (const Object::exception&) {
    return;  // another version's words
  }
  for (const auto& [id, target] : targets) {
    for (const fs::path& artifact : target.artifacts) {
      const ImageId image = image_id(artifact);
      if (image == kUnknownImage) continue;
      std::set<std::string> seen;
      add_sources(targets, id, seen, files_[image]);
    }
  }
}

std::optional<std::set<std::string>> LinkedFiles::of(const std::set<ImageId>& images) const {
  std::set<std::string> files;
  for (const ImageId image : images) {
    const auto known = files_.find(image);
    if (known == files_.end()) return {};
    files.insert(known->second.begin(), known->second.end());
  }
  return files;
}

}  // namespace noderig::impact
