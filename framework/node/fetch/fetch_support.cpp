#include <noderig/framework/node/fetch/fetch_support.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/command.h>
#include <sys/file.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace noderig::fetch {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTemporaryPrefix = ".tmp-";

// The lock that two fetches into one directory meet at. The kernel drops it when its holder dies.
class FetchLock {
 public:
  FetchLock(const fs::path& path, const FetchProgress& progress)
      : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    if (fd_ < 0)
      throw EnvironmentError(
          fmt::format("cannot open {}: {}", path.string(), std::strerror(errno)));
    if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) return;
    progress("waiting for another fetch to end");
    while (::flock(fd_, LOCK_EX) != 0) {
      if (errno != EINTR) {
        ::close(fd_);
        throw EnvironmentError(
            fmt::format("cannot lock {}: {}", path.string(), std::strerror(errno)));
      }
    }
  }
  ~FetchLock() { ::close(fd_); }
  FetchLock(const FetchLock&) = delete;
  FetchLock& operator=(const FetchLock&) = delete;

 private:
  const int fd_;
};

// A directory for the work in hand, beside its result so that a rename moves that into place.
class WorkDirectory {
 public:
  explicit WorkDirectory(const fs::path& parent) {
    std::string name = (parent / kTemporaryPrefix).string() + "XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) {
      throw EnvironmentError(fmt::format("cannot create {}: {}", name, std::strerror(errno)));
    }
    path_ = name;
  }
  ~WorkDirectory() {
    std::error_code ignored;  // the next fetch removes what stays
    fs::remove_all(path_, ignored);
  }
  WorkDirectory(const WorkDirectory&) = delete;
  WorkDirectory& operator=(const WorkDirectory&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// Best effort: a child of a fetch that was killed may still be writing, and then the next one gets
// it.
void remove_leftovers(const fs::path& directory) {
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    std::error_code ignored;
    if (entry.path().filename().string().starts_with(kTemporaryPrefix)) {
      fs::remove_all(entry.path(), ignored);
    }
  }
}

// Points `link` at `target` in one step: whoever follows it meanwhile sees the old or the new one.
void replace_link(const fs::path& link, const fs::path& target, const fs::path& work) {
  fs::create_symlink(target, work / "link");
  fs::rename(work / "link", link);
}

}  // namespace

std::string must_run(const std::vector<std::string>& argv, std::vector<std::string> environment) {
  using namespace std::chrono_literals;
  environment.insert(environment.end(), {"LC_ALL=C", "DEBIAN_FRONTEND=noninteractive"});
  const CommandResult result =
      run_command(argv, {.environment = std::move(environment), .timeout = 15min});
  if (result.ok()) return result.out;
  throw EnvironmentError(fmt::format("{} failed with status {}:\n{}", quote_command(argv),
                                     result.status,
                                     last_lines(result.err.empty() ? result.out : result.err, 12)));
}

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file)
    throw EnvironmentError(fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)));
}

void write_script(const fs::path& path, const std::string& text) {
  write_file(path, text);
  fs::permissions(path, fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                            fs::perms::others_read | fs::perms::others_exec);
}

bool executable(const fs::path& path) {
  return ::access(path.c_str(), X_OK) == 0;
}

void place_tree(const fs::path& tree, const fs::path& destination) {
  fs::remove_all(destination);
  fs::rename(tree, destination);
}

FetchedDaemon fetch_in_turn(const Recipe& recipe, const fs::path& daemons_dir,
                            const FetchProgress& progress, IfPresent if_present,
                            const Fetch& fetch) {
  try {
    const fs::path home = fs::absolute(daemons_dir) / recipe.flavour;
    fs::create_directories(home);
    const FetchLock lock(home / ".lock", progress);
    if (if_present == IfPresent::Keep) {
      if (const auto there = find_fetched(daemons_dir, recipe.flavour)) return *there;
    }
    remove_leftovers(home);
    const WorkDirectory work(home);
    const std::string version = fetch(home, work.path());
    replace_link(home / "current", version, work.path());
    return {std::string(recipe.flavour), version, home / version / recipe.program};
  } catch (const fs::filesystem_error& error) {
    throw EnvironmentError(fmt::format("cannot fetch {}: {}", recipe.title, error.what()));
  } catch (const EnvironmentError& error) {
    throw EnvironmentError(
        fmt::format("cannot fetch {}: {}\n{}", recipe.title, error.what(), kUseAnother));
  }
}

}  // namespace noderig::fetch
