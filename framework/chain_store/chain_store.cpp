#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <noderig/framework/chain_store/chain_store.h>
#include <noderig/framework/chain_store/sparse_file.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/p2p/primitives/bytes.h>
#include <noderig/p2p/primitives/hash.h>
#include <sys/file.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

namespace noderig {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

// Of what a store is written in. One of another number is built again.
constexpr int kFormat = 1;

constexpr const char* kManifest = "manifest.json";
constexpr const char* kFiles = "files";
constexpr std::string_view kUnfinished = ".new-";

// What of a network directory is the chain; the rest is the node's own.
constexpr const char* kChainDirectories[] = {"blocks", "chainstate", "indexes"};

// A daemon's lock is a file without content that it makes itself.
bool belongs_to_chain(const fs::path& file) {
  return file.filename() != ".lock" && file.filename() != "LOCK";
}

// The store's lock, held until this goes or the process ends.
class StoreLock {
 public:
  StoreLock(const fs::path& directory, int how) {
    std::error_code error;
    fs::create_directories(directory, error);
    const fs::path file = directory / ".lock";
    fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    while (fd_ >= 0 && ::flock(fd_, how) != 0) {
      if (errno == EINTR) continue;
      ::close(fd_);
      fd_ = -1;
    }
    if (fd_ < 0) {
      throw EnvironmentError(fmt::format("cannot lock {}: {}", file.string(), strerror(errno)));
    }
  }
  ~StoreLock() { ::close(fd_); }
  StoreLock(const StoreLock&) = delete;
  StoreLock& operator=(const StoreLock&) = delete;

 private:
  int fd_ = -1;
};

std::string key_text(const ChainKey& key) {
  return fmt::format("{}\n{}\n{}\n{}\n{}", key.name, key.recipe, key.daemon, key.program,
                     fmt::join(key.arguments, "\n"));
}

std::string directory_name(const ChainKey& key) {
  return fmt::format("{}-{}", key.name,
                     p2p::sha256(as_byte_span(key_text(key))).to_string().substr(0, 16));
}

std::vector<fs::path> files_in(const fs::path& directory) {
  std::vector<fs::path> files;
  if (!fs::is_directory(directory)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file() && belongs_to_chain(entry.path())) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

// A table of a LevelDB is never written again: it may be shared. All else is copied.
void hand_on(const fs::path& from, const fs::path& to) {
  fs::create_directories(to.parent_path());
  std::error_code other_file_system;
  if (from.extension() == ".ldb") {
    fs::create_hard_link(from, to, other_file_system);
    if (!other_file_system) return;
  }
  clone_file(from, to);
}

// The manifest of a stored chain; null when there is none that can be read.
Json manifest_of(const fs::path& chain) {
  return Json::parse(read_file(chain / kManifest), nullptr, false);
}

// Why the chain is not to be used, as far as its manifest tells; empty when it is. Throws
// Json::exception for a manifest that nobody wrote so.
std::string difference(const fs::path& chain, const Json& manifest) {
  if (manifest.value("format", 0) != kFormat) {
    return fmt::format("it is of format {}, this is {}", manifest.value("format", 0), kFormat);
  }
  const Json& listed = manifest.at("files");
  if (listed.size() != files_in(chain / kFiles).size()) return "it has other files";
  for (const auto& [name, expected] : listed.items()) {
    const fs::path file = chain / kFiles / name;
    std::error_code absent;
    const auto size = fs::file_size(file, absent);
    if (absent) return name + " is not there";
    if (size != expected.at("bytes").get<std::uintmax_t>()) return name + " has another size";
    if (content_hash(file).to_string() != expected.at("hash").get<std::string>()) {
      return name + " has other content";
    }
  }
  return {};
}

std::string damage_of(const fs::path& chain, const Json& manifest) {
  try {
    return difference(chain, manifest);
  } catch (const Json::exception&) {
    return "it has no manifest that can be read";
  }
}

std::string damage_of(const fs::path& chain, const ChainKey& key) {
  const Json manifest = manifest_of(chain);
  std::string damage = damage_of(chain, manifest);
  if (damage.empty() && manifest.value("key", "") != key_text(key)) {
    damage = "it is of another recipe";
  } else if (damage.empty() && manifest.value("stamp", "") != key.stamp) {
    damage = fmt::format("{} is another program now", key.program);
  }
  return damage;
}

// Makes `chain` from the files of a network directory.
void keep(const fs::path& network_directory, const fs::path& chain, const ChainKey& key) {
  const fs::path made =
      chain.parent_path() / (std::string(kUnfinished) + chain.filename().string());
  fs::remove_all(made);  // of a builder that was killed
  Json files = Json::object();
  for (const char* directory : kChainDirectories) {
    for (const fs::path& file : files_in(network_directory / directory)) {
      const std::string name = file.lexically_relative(network_directory);
      fs::create_directories((made / kFiles / name).parent_path());
      clone_file(file, made / kFiles / name);
      files[name] = {{"bytes", fs::file_size(file)}, {"hash", content_hash(file).to_string()}};
    }
  }
  if (files.empty()) {
    throw EnvironmentError(fmt::format("{} has no chain to keep", network_directory.string()));
  }
  const Json manifest = {
      {"format", kFormat},      {"key", key_text(key)}, {"name", key.name},
      {"recipe", key.recipe},   {"daemon", key.daemon}, {"arguments", key.arguments},
      {"program", key.program}, {"stamp", key.stamp},   {"files", std::move(files)}};
  std::ofstream out(made / kManifest);
  out << manifest.dump(1) << '\n';
  out.close();
  if (!out) throw EnvironmentError(fmt::format("cannot write {}", (made / kManifest).string()));
  fs::remove_all(chain);
  fs::rename(made, chain);
}

void hand_out(const fs::path& chain, const fs::path& target) {
  for (const fs::path& file : files_in(chain / kFiles)) {
    hand_on(file, target / file.lexically_relative(chain / kFiles));
  }
}

}  // namespace

void ChainStore::give(const ChainKey& key, const fs::path& target, const Build& build) {
  const fs::path chain = directory_ / directory_name(key);
  try {
    {
      const StoreLock shared(directory_, LOCK_SH);
      if (fs::exists(chain) && damage_of(chain, key).empty()) {
        hand_out(chain, target);
        return;
      }
    }
    const StoreLock alone(directory_, LOCK_EX);
    // Somebody else may have built it meanwhile.
    const bool there = fs::exists(chain);
    const std::string damage = there ? damage_of(chain, key) : "";
    if (!there || !damage.empty()) keep(build(damage), chain, key);
    hand_out(chain, target);
  } catch (const fs::filesystem_error& error) {
    throw EnvironmentError(fmt::format("the chain store: {}", error.what()));
  }
}

std::vector<StoredChain> ChainStore::list() const {
  std::vector<StoredChain> chains;
  if (!fs::is_directory(directory_)) return chains;
  const StoreLock shared(directory_, LOCK_SH);
  for (const auto& entry : fs::directory_iterator(directory_)) {
    const bool unfinished = entry.path().filename().string().starts_with(kUnfinished);
    if (!entry.is_directory() || unfinished) continue;
    const Json manifest = manifest_of(entry.path());
    const Json known = manifest.is_object() ? manifest : Json::object();
    const std::string directory = entry.path().filename();
    StoredChain chain{.name = known.value("name", directory.substr(0, directory.rfind('-'))),
                      .recipe = known.value("recipe", ""),
                      .daemon = known.value("daemon", ""),
                      .directory = entry.path(),
                      .damage = damage_of(entry.path(), manifest)};
    for (const fs::path& file : files_in(entry.path() / kFiles)) chain.bytes += fs::file_size(file);
    chains.push_back(std::move(chain));
  }
  std::ranges::sort(chains, {}, &StoredChain::directory);
  return chains;
}

int ChainStore::clear(const std::string& name) const {
  int cleared = 0;
  const std::vector<StoredChain> chains = list();
  if (!fs::is_directory(directory_)) return cleared;
  const StoreLock alone(directory_, LOCK_EX);
  for (const StoredChain& chain : chains) {
    if (!name.empty() && chain.name != name) continue;
    fs::remove_all(chain.directory);
    ++cleared;
  }
  if (!name.empty()) return cleared;
  for (const auto& entry : fs::directory_iterator(directory_)) {  // of builders that were killed
    if (entry.is_directory()) fs::remove_all(entry.path());
  }
  return cleared;
}

}  // namespace noderig
