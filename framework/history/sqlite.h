// SQLite's C interface as values that clean up after themselves. For those that keep a database of
// their own: the history, and impact's recordings. An object belongs to one thread. Several
// processes may have one file open.
#pragma once

#include <noderig/framework/errors.h>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace noderig::sqlite {

// The file is no database, or one with damaged pages. Other trouble (no disk, no permission) is an
// EnvironmentError.
class DamagedError : public EnvironmentError {
 public:
  using EnvironmentError::EnvironmentError;
};

// Another process had the file for longer than one wanted to wait.
class BusyError : public EnvironmentError {
 public:
  using EnvironmentError::EnvironmentError;
};

// How long a writer waits for others: the longest that one of them holds the file is the import of
// a large file of results.
inline constexpr std::chrono::seconds kPatience{20};

enum class Open { Read, Write };  // Write makes the file when it is not there

class Database {
 public:
  // Nothing is read yet: a damaged file shows with the first statement. An empty path is a database
  // in memory.
  Database(const std::filesystem::path& file, Open open);

  // How long to wait for others that write; kPatience by default.
  void wait_at_most(std::chrono::milliseconds patience);

  // Runs statements that return no rows, separated by semicolons.
  void execute(const std::string& sql);

  // The number that `PRAGMA name` or a similar one-valued query gives.
  std::int64_t number(const std::string& sql);

  std::int64_t last_inserted_id() const;
  std::int64_t changes() const;  // rows that the last statement changed

  // Throws what `code` means for this file.
  [[noreturn]] void fail(int code) const;

  sqlite3* get() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::filesystem::path file_;
  std::unique_ptr<sqlite3, Close> handle_;
};

// A compiled statement, to be run many times:
//
//   Statement find(database, "SELECT id FROM test WHERE name = ?");
//   find.bind("scenario:rest");
//   while (find.step()) use(find.integer(0));
class Statement {
 public:
  Statement(Database& database, std::string_view sql);

  // Starts anew with these values for the question marks.
  template <class... Values>
  Statement& bind(const Values&... values) {
    reset();
    int place = 0;
    (bind_at(++place, values), ...);
    return *this;
  }

  // Goes to the next row; false when there is none.
  bool step();

  // Runs to the end a statement that returns no rows.
  template <class... Values>
  void run(const Values&... values) {
    bind(values...);
    step();
    reset();
  }

  // The values of the current row, by column from 0. NULL is 0 and ""; text() gives the bytes of a
  // BLOB, too.
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  bool is_null(int column) const;

 private:
  void reset();
  void bind_at(int place, std::int64_t value);
  void bind_at(int place, int value) { bind_at(place, std::int64_t{value}); }
  void bind_at(int place, bool value) { bind_at(place, std::int64_t{value}); }
  void bind_at(int place, std::uint64_t value) { bind_at(place, static_cast<std::int64_t>(value)); }
  void bind_at(int place, double value);
  void bind_at(int place, std::string_view value);
  void bind_at(int place, const char* value) { bind_at(place, std::string_view(value)); }
  void bind_at(int place, const std::string& value) { bind_at(place, std::string_view(value)); }
  void bind_at(int place, std::span<const std::byte> value);
  void bind_at(int place, std::nullopt_t);
  template <class Value>
  void bind_at(int place, const std::optional<Value>& value) {
    value ? bind_at(place, *value) : bind_at(place, std::nullopt);
  }

  struct Finalize {
    void operator()(sqlite3_stmt* handle) const;
  };
  Database& database_;
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

// Undoes what was written unless it is committed. A writing one waits for the other writers first,
// so that it never finds in the middle that it must give way; a reading one sees all its queries
// answered from one moment.
class Transaction {
 public:
  explicit Transaction(Database& database, Open open = Open::Write);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace noderig::sqlite
