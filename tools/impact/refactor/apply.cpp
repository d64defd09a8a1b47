#include "apply.h"

#include "write_text.h"

#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <noderig/framework/node/command.h>
#include <algorithm>
#include <charconv>
#include <memory>
#include <sstream>

namespace noderig::impact {
namespace {

namespace fs = std::filesystem;

struct Lines {
  std::size_t first = 0;
  std::size_t last = 0;
};

std::size_t number_at(std::string_view text, std::size_t at) {
  std::size_t value = 0;
  std::from_chars(text.data() + at, text.data() + text.size(), value);
  return value;
}

// "@@ -A,B +C,D @@": the lines of the newer side; a deletion lies between two of them.
Lines hunk_lines(const std::string& line) {
  const std::size_t plus = line.find('+');
  const std::size_t end = line.find(' ', plus);
  const std::size_t comma = line.find(',', plus);
  const std::size_t first = number_at(line, plus + 1);
  const std::size_t count = comma < end ? number_at(line, comma + 1) : 1;
  return {first, count == 0 ? first + 1 : first + count - 1};
}

std::vector<Lines> edited_lines(const fs::path& project, const std::string& file,
                                const std::string& text) {
  const CommandResult known =
      run_command({"git", "-C", project.string(), "ls-files", "--error-unmatch", "--", file});
  if (!known.ok()) {  // new: all of it
    return {{1, static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1}};
  }
  const CommandResult git = run_command({"git", "-C", project.string(), "diff", "--no-color",
                                         "--no-ext-diff", "-U0", "HEAD", "--", file});
  std::vector<Lines> found;
  std::istringstream out(git.out);
  for (std::string line; std::getline(out, line);) {
    if (line.starts_with("@@ ")) found.push_back(hunk_lines(line));
  }
  return found;
}

std::size_t line_of(const std::string& text, std::size_t at) {
  return static_cast<std::size_t>(
             std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n')) +
         1;
}

// The new text beside the file, with its permissions, until it takes its place.
class Replacement {
 public:
  Replacement(const fs::path& file, const std::string& text)
      : file_(fs::canonical(file)), fresh_(file_.string() + ".noderig-new") {
    write_text(fresh_, text);
    fs::permissions(fresh_, fs::status(file_).permissions());
  }
  ~Replacement() {
    std::error_code gone;  // it has taken its place
    fs::remove(fresh_, gone);
  }
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;

  void take_place() { fs::rename(fresh_, file_); }
  const fs::path& file() const { return file_; }

 private:
  fs::path file_;
  fs::path fresh_;
};

}  // namespace

std::vector<Refusal> uncommitted_overlaps(const fs::path& project,
                                          const std::map<std::string, std::string>& texts,
                                          const std::vector<Edit>& edits) {
  std::vector<Refusal> found;
  std::map<std::string, std::vector<Lines>> changed;
  for (const Edit& edit : edits) {
    const std::string& text = texts.at(edit.file);
    const auto [at, is_new] = changed.try_emplace(edit.file);
    if (is_new) at->second = edited_lines(project, edit.file, text);
    const Lines ours{line_of(text, edit.begin), line_of(text, edit.end)};
    for (const Lines& theirs : at->second) {
      if (ours.first > theirs.last + 1 || theirs.first > ours.last + 1) continue;
      found.push_back({"uncommitted-edits", edit.file, static_cast<unsigned>(theirs.first),
                       "there are uncommitted edits where the refactoring would edit",
                       "commit or stash them first"});
      break;
    }
  }
  return found;
}

void put_in_place(const std::map<std::string, std::string>& before,
                  const std::map<std::string, std::string>& after) {
  std::vector<std::unique_ptr<Replacement>> files;
  for (const auto& [file, text] : after) {
    if (read_file(file) != before.at(file)) {
      throw EnvironmentError(
          fmt::format("{} was edited in the meantime; nothing was changed", file));
    }
    files.push_back(std::make_unique<Replacement>(file, text));
  }
  std::size_t done = 0;
  try {
    for (; done < files.size(); ++done) files[done]->take_place();
  } catch (const fs::filesystem_error& error) {
    std::size_t i = 0;
    for (const auto& [file, text] : after) {
      if (i++ < done) write_text(file, before.at(file));
    }
    throw EnvironmentError(fmt::format("{}; nothing was changed", error.what()));
  }
}

}  // namespace noderig::impact
