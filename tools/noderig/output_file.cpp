#include "output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>

namespace noderig {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& file, const std::string& reason) {
  throw EnvironmentError(fmt::format("cannot write {}: {}", file, reason));
}

// Whether something is there that a file cannot take the place of.
bool is_special(const std::string& file) {
  std::error_code ignored;
  return fs::exists(file, ignored) && !fs::is_regular_file(file, ignored);
}

// What a link leads to.
fs::path target_of(const std::string& file) {
  std::error_code error;
  const fs::path path = fs::absolute(file, error).lexically_normal();
  const fs::path target = fs::weakly_canonical(file, error);
  return error ? path : fs::absolute(target);
}

// Who reads a named pipe: to open one that nobody reads would take for ever.
class Reader {
 public:
  explicit Reader(const std::string& file) {
    std::error_code ignored;
    if (!fs::is_fifo(file, ignored)) return;
    pipe_ = ::open(file.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (pipe_ < 0) refuse(file, errno == ENXIO ? "nobody reads this pipe" : strerror(errno));
  }
  ~Reader() {
    if (pipe_ >= 0) ::close(pipe_);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

 private:
  int pipe_ = -1;  // held while the file is written, so that the reader sees one text
};

// The file that is written first, beside the one that counts.
fs::path aside(const std::string& file) {
  return target_of(file).string() + fmt::format(".{}.new", ::getpid());
}

}  // namespace

void require_writable(const std::string& file) {
  std::error_code ignored;
  if (fs::is_directory(file, ignored)) refuse(file, "it is a directory");
  if (fs::exists(file, ignored) && ::access(file.c_str(), W_OK) != 0) refuse(file, strerror(errno));
  if (is_special(file)) return;
  const fs::path trial = aside(file);
  if (!std::ofstream(trial)) refuse(file, strerror(errno));
  fs::remove(trial, ignored);
}

void require_outputs(const std::vector<NamedOutput>& outputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto& [option, file] = outputs[i];
    if (file.empty()) continue;
    for (const auto& [before, taken] : std::span(outputs).first(i)) {
      // Two texts in a row are what who names a terminal or a pipe twice wants.
      if (taken.empty() || is_special(file) || target_of(taken) != target_of(file)) continue;
      throw UsageError(fmt::format("{} and {} are to write one file, {}", before, option, file));
    }
    require_writable(file);
  }
}

void write_file(const std::string& file, const std::string& text) {
  const bool special = is_special(file);
  const Reader reader(file);
  const fs::path written = special ? fs::path(file) : aside(file);
  std::ofstream out(written, std::ios::binary);
  out << text;
  out.flush();
  std::string reason = out ? "" : strerror(errno);
  out.close();
  if (special && reason.empty()) return;
  std::error_code error;
  if (reason.empty()) {
    fs::rename(written, target_of(file), error);
    if (!error) return;
    reason = error.message();
  }
  if (!special) fs::remove(written, error);  // half of it is of no use
  refuse(file, reason);
}

}  // namespace noderig
