#include <fmt/format.h>
#include <noderig/framework/history/sqlite.h>
#include <sqlite3.h>
#include <unistd.h>

namespace noderig::sqlite {
namespace {

namespace fs = std::filesystem;

// SQLite's journal of a file that others write may need files beside it also to be read. Here they
// cannot be made, and none of them is there.
bool nobody_can_write(const fs::path& file) {
  std::error_code error;
  const fs::path directory = fs::absolute(file, error).parent_path();
  return ::access(directory.c_str(), W_OK) != 0 && !fs::exists(file.string() + "-wal", error);
}

std::string immutable_uri(const fs::path& file) {
  std::string uri = "file:";
  for (const char c : fs::absolute(file).string()) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02x}", c);
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

}  // namespace

void Database::Close::operator()(sqlite3* handle) const {
  ::sqlite3_close_v2(handle);
}

Database::Database(const std::filesystem::path& file, Open open) : file_(file) {
  sqlite3* handle = nullptr;
  int flags = SQLITE_OPEN_EXRESCODE;
  flags |= open == Open::Read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  std::string name = file.empty() ? ":memory:" : file.string();
  if (open == Open::Read && nobody_can_write(file)) {
    name = immutable_uri(file);
    flags |= SQLITE_OPEN_URI;
  }
  const int code = ::sqlite3_open_v2(name.c_str(), &handle, flags, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) fail(code);
  wait_at_most(kPatience);
}

void Database::wait_at_most(std::chrono::milliseconds patience) {
  ::sqlite3_busy_timeout(get(), static_cast<int>(patience.count()));
}

void Database::fail(int code) const {
  const std::string text = fmt::format("{}: {}", file_.string(),
                                       handle_ ? ::sqlite3_errmsg(get()) : ::sqlite3_errstr(code));
  const int kind = code & 0xff;  // the rest of an extended code says where it happened
  if (kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB) throw DamagedError(text);
  if (kind == SQLITE_BUSY) throw BusyError(text);
  throw EnvironmentError(text);
}

void Database::execute(const std::string& sql) {
  const int code = ::sqlite3_exec(get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

std::int64_t Database::number(const std::string& sql) {
  Statement query(*this, sql);
  return query.step() ? query.integer(0) : 0;
}

std::int64_t Database::last_inserted_id() const {
  return ::sqlite3_last_insert_rowid(get());
}

std::int64_t Database::changes() const {
  return ::sqlite3_changes64(get());
}

void Statement::Finalize::operator()(sqlite3_stmt* handle) const {
  ::sqlite3_finalize(handle);
}

Statement::Statement(Database& database, std::string_view sql) : database_(database) {
  sqlite3_stmt* handle = nullptr;
  const int code = ::sqlite3_prepare_v2(database.get(), sql.data(), static_cast<int>(sql.size()),
                                        &handle, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) database.fail(code);
}

bool Statement::step() {
  const int code = ::sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_.fail(code);
  return false;
}

void Statement::reset() {
  ::sqlite3_reset(handle_.get());  // gives the error of the last step again, which was thrown
}

std::int64_t Statement::integer(int column) const {
  return ::sqlite3_column_int64(handle_.get(), column);
}

double Statement::real(int column) const {
  return ::sqlite3_column_double(handle_.get(), column);
}

std::string Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(::sqlite3_column_text(handle_.get(), column));
  const auto size = static_cast<std::size_t>(::sqlite3_column_bytes(handle_.get(), column));
  return text == nullptr ? std::string() : std::string(text, size);
}

bool Statement::is_null(int column) const {
  return ::sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

void Statement::bind_at(int place, std::int64_t value) {
  ::sqlite3_bind_int64(handle_.get(), place, value);
}

void Statement::bind_at(int place, double value) {
  ::sqlite3_bind_double(handle_.get(), place, value);
}

void Statement::bind_at(int place, std::string_view value) {
  ::sqlite3_bind_text64(handle_.get(), place, value.data() ? value.data() : "", value.size(),
                        SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Statement::bind_at(int place, std::span<const std::byte> value) {
  ::sqlite3_bind_blob64(handle_.get(), place, value.data(), value.size(), SQLITE_TRANSIENT);
}

void Statement::bind_at(int place, std::nullopt_t) {
  ::sqlite3_bind_null(handle_.get(), place);
}

Transaction::Transaction(Database& database, Open open) : database_(database) {
  database_.execute(open == Open::Write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  // Nothing to roll back when the commit itself failed in a way that ended the transaction.
  if (open_) ::sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace noderig::sqlite
