#include <fmt/chrono.h>
#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/timeline.h>
#include <fstream>
#include <nlohmann/json.hpp>

namespace noderig {
namespace {

std::string_view name_of(Timeline::Kind kind) {
  switch (kind) {
    case Timeline::Kind::Step:
      return "step";
    case Timeline::Kind::Rpc:
      return "rpc";
    case Timeline::Kind::Message:
      return "p2p";
    case Timeline::Kind::Node:
      return "node";
    case Timeline::Kind::Log:
      return "log";
  }
  return "";
}

std::string clock_text(std::chrono::system_clock::time_point time) {
  const auto micros = std::chrono::time_point_cast<std::chrono::microseconds>(time);
  const auto whole = std::chrono::floor<std::chrono::seconds>(micros);
  return fmt::format("{:%H:%M:%S}.{:06}", fmt::gmtime(std::chrono::system_clock::to_time_t(whole)),
                     (micros - whole).count());
}

}  // namespace

void Timeline::add(Kind kind, std::string source, std::function<std::string()> text) {
  Entry entry{std::chrono::system_clock::now(), kind, std::move(source), std::move(text)};
  const std::lock_guard lock(mutex_);
  if (print_) print_(entry);
  entries_.push_back(std::move(entry));
  if (entries_.size() > kCapacity) {
    entries_.pop_front();
    ++dropped_;
  }
}

void Timeline::add(Kind kind, std::string source, std::string text) {
  add(kind, std::move(source), [text = std::move(text)] { return text; });
}

void Timeline::print_with(std::function<void(const Entry&)> print) {
  const std::lock_guard lock(mutex_);
  print_ = std::move(print);
}

std::vector<std::string> Timeline::latest(std::size_t count) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> lines;
  for (std::size_t i = entries_.size() - std::min(count, entries_.size()); i < entries_.size();
       ++i) {
    lines.push_back(to_string(entries_[i]));
  }
  return lines;
}

void Timeline::write(const std::filesystem::path& file) const {
  const std::lock_guard lock(mutex_);
  std::ofstream out(file);
  if (dropped_ > 0) out << nlohmann::json{{"dropped", dropped_}}.dump() << '\n';
  for (const Entry& entry : entries_) {
    const auto micros =
        std::chrono::duration_cast<std::chrono::microseconds>(entry.time.time_since_epoch());
    out << nlohmann::json{{"time_us", micros.count()},
                          {"kind", name_of(entry.kind)},
                          {"source", entry.source},
                          {"text", entry.text()}}
               .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
        << '\n';
  }
  if (!out.flush()) throw EnvironmentError("cannot write " + file.string());
}

std::string to_string(const Timeline::Entry& entry) {
  return fmt::format("{} {}{}{}: {}", clock_text(entry.time), entry.source,
                     entry.source.empty() ? "" : " ", name_of(entry.kind), entry.text());
}

}  // namespace noderig
