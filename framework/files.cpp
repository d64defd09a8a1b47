#include <fmt/format.h>
#include <noderig/framework/files.h>
#include <fstream>

namespace noderig {

std::string read_file(const std::filesystem::path& file, std::uintmax_t from) {
  std::ifstream in(file, std::ios::binary);
  std::error_code absent;
  const auto size = std::filesystem::file_size(file, absent);
  if (!in || absent || size <= from) return {};
  std::string text(size - from, '\0');
  in.seekg(static_cast<std::streamoff>(from));
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

std::string file_stamp(const std::filesystem::path& file) {
  return fmt::format("{} bytes of {}", std::filesystem::file_size(file),
                     std::filesystem::last_write_time(file).time_since_epoch().count());
}

std::filesystem::path program_prefix() {
  std::error_code hidden;  // without /proc, paths are relative to nowhere and nothing is found
  const auto program = std::filesystem::read_symlink("/proc/self/exe", hidden);
  return program.parent_path().parent_path();
}

}  // namespace noderig
