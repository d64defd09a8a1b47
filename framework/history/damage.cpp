#include <fmt/chrono.h>
#include <fmt/format.h>
#include <noderig/framework/history/damage.h>
#include <noderig/framework/history/file_lock.h>
#include <ctime>

namespace noderig {
namespace {

namespace fs = std::filesystem;

// Why the file is damaged; empty when it is not.
std::string damage_of(const fs::path& file) {
  try {
    sqlite::Database database(file, sqlite::Open::Write);
    sqlite::Statement check(database, "PRAGMA quick_check(1)");
    check.step();
    const std::string answer = check.text(0);
    return answer == "ok" ? "" : answer;
  } catch (const sqlite::DamagedError& error) {
    return error.what();
  }
}

// A name for the damaged file that nothing has yet.
fs::path place_beside(const fs::path& file) {
  const std::tm now = fmt::gmtime(std::time(nullptr));
  const std::string wanted = fmt::format("{}.damaged-{:%Y%m%dT%H%M%SZ}", file.string(), now);
  fs::path place = wanted;
  for (int number = 2; fs::exists(place); ++number) place = fmt::format("{}-{}", wanted, number);
  return place;
}

}  // namespace

void set_damaged_history_aside(const fs::path& home, const SayDamage& say) {
  const fs::path file = History::file_in(home);
  const FileLock lock = FileLock::alone(History::lock_in(home));
  if (!lock.held()) {
    throw EnvironmentError(
        fmt::format("{} is damaged, and cannot be moved aside while another noderig has it open",
                    file.string()));
  }
  const std::string damage = damage_of(file);
  if (damage.empty()) return;
  const fs::path place = place_beside(file);
  // SQLite knows what belongs to a database by its name.
  for (const char* part : {"", "-wal", "-shm"}) {
    const fs::path from = file.string() + part;
    if (!fs::exists(from)) continue;
    std::error_code error;
    fs::rename(from, place.string() + part, error);
    if (error) {
      throw EnvironmentError(fmt::format("{} is damaged, and cannot be moved to {}: {}",
                                         from.string(), place.string(), error.message()));
    }
  }
  say(fmt::format("the history is damaged ({}); it was moved to {}, and a new one begun", damage,
                  place.string()));
}

std::unique_ptr<History> open_history(const fs::path& home, const SayDamage& say) {
  try {
    return std::make_unique<History>(home, History::Access::Write);
  } catch (const sqlite::DamagedError&) {
    set_damaged_history_aside(home, say);
    return std::make_unique<History>(home, History::Access::Write);
  }
}

}  // namespace noderig
