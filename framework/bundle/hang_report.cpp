#include <fmt/format.h>
#include <noderig/framework/bundle/hang_report.h>
#include <noderig/framework/files.h>
#include <algorithm>
#include <chrono>
#include <deque>
#include <fstream>
#include <map>
#include <set>

namespace noderig {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMessages = 10;  // of each peer
constexpr std::size_t kCalls = 10;     // the latest ones
constexpr std::size_t kPeers = 40;     // those that spoke last
constexpr std::size_t kLogLines = 30;  // of each daemon
constexpr std::size_t kLineBytes = 400;
constexpr std::uintmax_t kLogBytes = 64 * 1024;

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::string cut_line(std::string text) {
  if (text.size() > kLineBytes) text = text.substr(0, kLineBytes) + "...";
  return text;
}

std::string first_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

std::string describe(const ThreadState& thread) {
  return fmt::format(
      "{} {} \"{}\": {}{}", thread.main ? "the main thread," : "thread", thread.id, thread.name,
      thread.state == 'R' ? "running" : "sleeping",
      thread.channel.empty() || thread.channel == "0" ? "" : " in " + thread.channel);
}

// The last calls, and the last messages of each of the peers that spoke last.
std::string last_messages(const Timeline& timeline) {
  std::map<std::string, std::deque<std::string>> of_peer;
  std::vector<std::string> order;
  std::set<std::string> others;
  std::deque<std::string> calls;
  // Gathered from the end, so that only what is shown is made into text.
  timeline.read([&](std::span<const Timeline::Entry> entries, std::uint64_t) {
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
      if (entry->kind == Timeline::Kind::Rpc) {
        if (calls.size() < kCalls) calls.push_front(cut_line(to_string(*entry)));
        continue;
      }
      if (entry->kind != Timeline::Kind::Message && entry->kind != Timeline::Kind::Peer) continue;
      const std::string name(entry->source);
      if (!of_peer.contains(name)) {
        if (order.size() == kPeers) {
          others.insert(name);
          continue;
        }
        order.push_back(name);
      }
      auto& messages = of_peer[name];
      if (messages.size() < kMessages) messages.push_front(cut_line(to_string(*entry)));
    }
  });
  std::string text = fmt::format("\nThe last {} RPC calls that have ended:\n", calls.size());
  for (const std::string& line : calls) text += "  " + line + "\n";
  for (const std::string& name : order) {
    text += fmt::format("\nThe last messages of {}:\n", name);
    for (const std::string& line : of_peer[name]) text += "  " + line + "\n";
  }
  if (!others.empty()) text += fmt::format("\n{} more peers\n", others.size());
  return text;
}

std::string end_of_log(const fs::path& file) {
  const std::uintmax_t size = fs::file_size(file);
  const std::string log = read_file(file, size > kLogBytes ? size - kLogBytes : 0);
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < log.size();) {
    const auto end = std::min(log.find('\n', begin), log.size());
    lines.push_back(log.substr(begin, end - begin));
    begin = end + 1;
  }
  std::string text;
  for (std::size_t i = lines.size() - std::min(lines.size(), kLogLines); i < lines.size(); ++i) {
    text += "  " + cut_line(lines[i]) + "\n";
  }
  return text;
}

}  // namespace

std::vector<ThreadState> threads_of(pid_t process) {
  std::vector<ThreadState> threads;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(fmt::format("/proc/{}/task", process), error)) {
    ThreadState thread;
    thread.id = static_cast<pid_t>(std::stol(entry.path().filename().string()));
    thread.main = thread.id == process;
    thread.name = first_line(entry.path() / "comm");
    const std::string stat = first_line(entry.path() / "stat");
    // The name, in parentheses, may hold anything.
    const auto name_end = stat.rfind(") ");
    if (name_end != std::string::npos && name_end + 2 < stat.size()) {
      thread.state = stat[name_end + 2];
    }
    thread.channel = first_line(entry.path() / "wchan");
    threads.push_back(std::move(thread));
  }
  std::ranges::sort(threads, {}, &ThreadState::id);
  return threads;
}

std::string describe_waits(const std::vector<WaitRegistry::Wait>& waits,
                           const std::vector<ThreadState>& threads) {
  std::string text;
  std::set<pid_t> waiting;
  const auto main = std::ranges::find_if(threads, &ThreadState::main);
  for (const WaitRegistry::Wait& wait : waits) {
    waiting.insert(wait.thread);
    const bool on_main = main != threads.end() && wait.thread == main->id;
    text += fmt::format("{}: {} (since {:.1f} s)\n",
                        on_main ? "the main thread" : fmt::format("thread {}", wait.thread),
                        cut_line(wait.what), seconds_since(wait.since));
  }
  if (main != threads.end() && !waiting.contains(main->id)) {
    text += fmt::format("the main thread waits for nothing that the rig knows of and is {}\n",
                        main->state == 'R' ? "running" : "sleeping");
  }
  if (!text.empty()) text.pop_back();
  return text;
}

std::string hang_report(const HangScene& scene) {
  std::string text = fmt::format("Its time is up at: {}\n\nWaits, the longest first:\n",
                                 scene.position.empty() ? "its beginning" : scene.position);
  const std::string waits = describe_waits(scene.waits, scene.threads);
  text += waits + "\n\nThreads of the worker:\n";
  for (const ThreadState& thread : scene.threads) text += "  " + describe(thread) + "\n";
  text += last_messages(scene.timeline);
  std::error_code error;
  std::set<fs::path> nodes;
  for (const auto& entry : fs::directory_iterator(scene.directory, error)) {
    if (fs::is_regular_file(entry.path() / "regtest" / "debug.log", error)) {
      nodes.insert(entry.path());
    }
  }
  for (const fs::path& node : nodes) {
    text += fmt::format("\nThe end of {}'s log:\n", node.filename().string());
    text += end_of_log(node / "regtest" / "debug.log");
  }
  return text;
}

}  // namespace noderig
