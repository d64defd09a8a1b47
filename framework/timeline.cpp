#include <fmt/chrono.h>
#include <fmt/format.h>
#include <noderig/framework/bundle/recording.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/timeline.h>
#include <noderig/p2p/messages/registry.h>
#include <fstream>
#include <nlohmann/json.hpp>

namespace noderig {
namespace {

// Longer descriptions are cut.
constexpr std::size_t kLongest = 4000;

std::string cut(std::string text) {
  if (text.size() <= kLongest) return text;
  return fmt::format("{}... ({} characters)", text.substr(0, kLongest), text.size());
}

std::string describe_call(const Timeline::Entry& entry) {
  return fmt::format("{} {} -> {} ({} us)", entry.name, entry.text, entry.reply,
                     entry.duration.count());
}

std::string describe_peer(const Timeline::Entry& entry) {
  if (entry.name == "closed") return fmt::format("closed: {}", entry.text);
  return fmt::format("opened: {} {} {}", entry.text,
                     entry.sent ? "connected to" : "was connected to by", entry.reply);
}

std::string describe_wire_message(const Timeline::Entry& entry) {
  if (entry.name.empty()) return std::string(entry.text);  // a notification
  return fmt::format("{} {}", entry.sent ? "->" : "<-",
                     p2p::describe_message(entry.name, entry.payload));
}

std::string json_line(const Timeline::Entry& entry) {
  const auto micros =
      std::chrono::duration_cast<std::chrono::microseconds>(entry.time.time_since_epoch());
  nlohmann::json line = {{"time_us", micros.count()},
                         {"kind", name_of(entry.kind)},
                         {"source", entry.source},
                         {"text", describe(entry)}};
  if (entry.kind == Timeline::Kind::Rpc) {
    line["duration_us"] = entry.duration.count();
    line["failed"] = entry.failed;
  }
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string_view name_of(Timeline::Kind kind) {
  switch (kind) {
    case Timeline::Kind::Step:
      return "step";
    case Timeline::Kind::Rpc:
      return "rpc";
    case Timeline::Kind::Message:
    case Timeline::Kind::Peer:
      return "p2p";
    case Timeline::Kind::Node:
      return "node";
    case Timeline::Kind::Log:
      return "log";
  }
  return "";
}

std::string clock_text(std::chrono::system_clock::time_point time) {
  const auto micros = std::chrono::floor<std::chrono::microseconds>(time);
  const auto whole = std::chrono::floor<std::chrono::seconds>(micros);
  return fmt::format("{:%H:%M:%S}.{:06}", fmt::gmtime(std::chrono::system_clock::to_time_t(whole)),
                     (micros - whole).count());
}

std::string describe(const Timeline::Entry& entry) {
  switch (entry.kind) {
    case Timeline::Kind::Rpc:
      return cut(describe_call(entry));
    case Timeline::Kind::Message:
      return cut(describe_wire_message(entry));
    case Timeline::Kind::Peer:
      return cut(describe_peer(entry));
    case Timeline::Kind::Step:
    case Timeline::Kind::Node:
    case Timeline::Kind::Log:
      break;
  }
  return cut(std::string(entry.text));
}

std::string to_string(const Timeline::Entry& entry) {
  return fmt::format("{} {}{}{}: {}", clock_text(entry.time), entry.source,
                     entry.source.empty() ? "" : " ", name_of(entry.kind), describe(entry));
}

Timeline::Timeline() = default;

Timeline::Timeline(const std::filesystem::path& file)
    : recording_(std::make_unique<RecordingWriter>(file)) {}

Timeline::~Timeline() = default;

void Timeline::add(Entry entry) {
  const std::lock_guard lock(mutex_);
  if (entry.time == decltype(entry.time){}) entry.time = std::chrono::system_clock::now();
  if (print_) print_(entry);
  if (recording_) recording_->append(entry);
}

void Timeline::add(Kind kind, std::string_view source, std::string_view text) {
  add({.kind = kind, .source = source, .text = text});
}

void Timeline::print_with(std::function<void(const Entry&)> print) {
  const std::lock_guard lock(mutex_);
  print_ = std::move(print);
}

void Timeline::read(
    const std::function<void(std::span<const Entry>, std::uint64_t)>& reader) const {
  const std::lock_guard lock(mutex_);
  if (!recording_) return reader({}, 0);
  const Recording recording(recording_->bytes());
  reader(recording.entries(), recording.dropped());
}

void Timeline::write(const std::filesystem::path& file) const {
  std::ofstream out(file);
  read([&](std::span<const Entry> entries, std::uint64_t dropped) {
    const auto latest = entries.last(std::min(entries.size(), kCapacity));
    dropped += entries.size() - latest.size();
    if (dropped > 0) out << nlohmann::json{{"dropped", dropped}}.dump() << '\n';
    for (const Entry& entry : latest) out << json_line(entry) << '\n';
  });
  if (!out.flush()) throw EnvironmentError("cannot write " + file.string());
}

}  // namespace noderig
