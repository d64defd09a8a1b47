#include "register_bulk.h"

#include "register.h"

#include <noderig/framework/errors.h>
#include <simdjson.h>
#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <future>
#include <istream>
#include <iterator>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>
#include <thread>
#include <unordered_map>

namespace noderig::risk {
namespace {

namespace dom = simdjson::dom;

// What the strict reader is to look at.
struct Irregular {};

// Cuts the text of a register into the texts of its tests. It looks at the brackets of arrays
// without knowing of strings: where one in a string misleads it, a piece is no JSON, for no
// beginning of an object is one, nor is an object with more behind it.
class TestCutter {
 public:
  explicit TestCutter(std::istream& in) : in_(in) { enter_list(); }

  // Appends the next test to `text`; false after the last one.
  bool next(std::string& text) {
    char c = get_after_spaces();
    if (c == ']') {
      rest_ += c;
      copy_rest();
      return false;
    }
    if (!first_) {
      if (c != ',') throw Irregular();
      c = get_after_spaces();
    }
    first_ = false;
    if (c != '{') throw Irregular();
    text += c;
    bool in_string = false;
    for (int depth = 1; depth > 0;) {
      c = get();
      text += c;
      if (c == '\\') {
        text += get();
      } else if (c == '"') {
        in_string = !in_string;
      } else if (!in_string && c == '[') {
        skip_array(text);
      } else if (!in_string && (c == '{' || c == '}')) {
        depth += c == '{' ? 1 : -1;
      }
    }
    return true;
  }

  // The text without its tests; whole once next() has returned false.
  const std::string& rest() const { return rest_; }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

  // There are few, and memchr() is fast.
  static std::ptrdiff_t count_opening(const char* at, const char* end) {
    std::ptrdiff_t count = 0;
    const auto next = [&end](const char* from) {
      return static_cast<const char*>(std::memchr(from, '[', static_cast<std::size_t>(end - from)));
    };
    for (const char* one = next(at); one != nullptr; one = next(one + 1)) ++count;
    return count;
  }

  bool fill() {
    in_.read(block_.data(), static_cast<std::streamsize>(block_.size()));
    at_ = block_.data();
    end_ = at_ + in_.gcount();
    return at_ != end_;
  }

  char get() {
    if (at_ == end_ && !fill()) throw Irregular();
    return *at_++;
  }

  char get_after_spaces() {
    char c = get();
    while (is_space(c)) c = get();
    return c;
  }

  // Appends the rest of an array that is open.
  void skip_array(std::string& text) {
    for (std::ptrdiff_t open = 1; open > 0;) {
      if (at_ == end_ && !fill()) throw Irregular();
      const auto size = static_cast<std::size_t>(end_ - at_);
      const auto* close = static_cast<const char*>(std::memchr(at_, ']', size));
      const char* const until = close != nullptr ? close + 1 : end_;
      open += count_opening(at_, until) - (close != nullptr ? 1 : 0);
      text.append(at_, until);
      at_ = until;
    }
  }

  // Up to the bracket that opens the list, which is expected soon.
  void enter_list() {
    constexpr std::size_t kLongestHead = 1000;
    while (!rest_.ends_with("\"tests\"")) {
      rest_ += get();
      if (rest_.size() > kLongestHead) throw Irregular();
    }
    while (!rest_.ends_with('[')) {
      rest_ += get();
      if (rest_.back() != '[' && rest_.back() != ':' && !is_space(rest_.back())) throw Irregular();
    }
  }

  void copy_rest() {
    do rest_.append(at_, end_);
    while (fill());
  }

  std::istream& in_;
  std::vector<char> block_ = std::vector<char>(std::size_t{1} << 18);
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  std::string rest_;
  bool first_ = true;
};

struct TextHash : std::hash<std::string_view> {
  using is_transparent = void;
};
using Numbers = std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>>;

// The builds of all tests, numbered as they come. Any thread.
class Builds {
 public:
  std::uint32_t number(std::string_view name) {
    const std::lock_guard lock(mutex_);
    if (const auto known = numbers_.find(name); known != numbers_.end()) return known->second;
    const auto number = static_cast<std::uint32_t>(names_.size());
    numbers_.emplace(name, number);
    names_.emplace_back(name);
    return number;
  }

  std::vector<std::string> take() { return std::move(names_); }

 private:
  std::mutex mutex_;
  std::vector<std::string> names_ = {""};
  Numbers numbers_ = {{"", 0}};
};

// Reads some of a register's tests. One thread.
class TestReader {
 public:
  explicit TestReader(Builds& builds) : builds_(builds) {}

  // Behind `text` there must be simdjson's padding.
  TestCase read(std::string_view text) {
    const dom::object fields = parser_.parse(text.data(), text.size(), false);
    std::string rest;
    std::optional<dom::array> runs;
    for (const auto [key, value] : fields) {
      if (key == "runs") {
        if (runs) throw Irregular();
        runs = value;
      } else {
        rest += rest.empty() ? "" : ",";
        rest += nlohmann::json(key).dump() + ":" + std::string(simdjson::minify(value));
      }
    }
    std::istringstream alone(R"({"tests":[{)" + rest + "}]}");
    TestCase test = std::move(read_register_strictly(alone).tests.at(0));
    if (runs) {
      test.runs.reserve(runs->size());
      for (const dom::element run : *runs) test.runs.push_back(run_of(run, test));
    }
    return test;
  }

 private:
  // Each field at most once; `required` are among them.
  class Once {
   public:
    void see(unsigned field) {
      if ((seen_ & field) != 0) throw Irregular();
      seen_ |= field;
    }
    void require(unsigned fields) const {
      if ((seen_ & fields) != fields) throw Irregular();
    }

   private:
    unsigned seen_ = 0;
  };

  TestRun run_of(const dom::object& fields, TestCase& test) {
    enum : unsigned { kTime = 1, kBuild = 2, kVerdict = 4, kSeconds = 8, kDefects = 16 };
    TestRun run;
    Once once;
    for (const auto [key, value] : fields) {
      if (key == "time") {
        once.see(kTime);
        run.time = parse_time(value.get_string());
      } else if (key == "build") {
        once.see(kBuild);
        run.build = build(value, test.runs.size());
      } else if (key == "verdict") {
        once.see(kVerdict);
        run.verdict = verdict(value);
      } else if (key == "seconds") {
        once.see(kSeconds);
        const double seconds = value;
        if (seconds < 0 || seconds > kLongestRun) throw Irregular();
        run.seconds = static_cast<float>(seconds);
      } else if (key == "defects") {
        once.see(kDefects);
        for (const dom::element defect : dom::array(value)) test.add(defect_of(defect));
      } else {
        throw Irregular();
      }
    }
    once.require(kTime | kVerdict);
    return run;
  }

  static Defect defect_of(const dom::object& fields) {
    enum : unsigned { kId = 1, kWeight = 2 };
    Defect defect;
    Once once;
    for (const auto [key, value] : fields) {
      if (key == "id") {
        once.see(kId);
        defect.id = std::string_view(value);
      } else if (key == "weight") {
        once.see(kWeight);
        defect.weight = value;
        if (defect.weight < 0 || defect.weight > kHeaviestDefect) throw Irregular();
      } else {
        throw Irregular();
      }
    }
    return defect;
  }

  static RunVerdict verdict(std::string_view text) {
    if (text == "passed") return RunVerdict::Passed;
    if (text == "failed") return RunVerdict::Failed;
    if (text == "skipped") return RunVerdict::Skipped;
    throw Irregular();
  }

  // Tests of one suite have mostly the same builds, one after the other: the build at that place of
  // the test before is the first to be looked at.
  std::uint32_t build(std::string_view name, std::size_t place) {
    if (place >= likely_.size()) likely_.resize(place + 1, {"", 0});
    auto& [likely_name, number] = likely_[place];
    if (likely_name != name) {
      const auto known = known_builds_.find(name);
      number = known != known_builds_.end()
                   ? known->second
                   : known_builds_.emplace(name, builds_.number(name)).first->second;
      likely_name = name;
    }
    return number;
  }

  Builds& builds_;
  Numbers known_builds_;
  std::vector<std::pair<std::string, std::uint32_t>> likely_;
  dom::parser parser_;
};

// The texts of some tests, one behind the other, with simdjson's padding behind the last.
struct Batch {
  std::size_t number = 0;
  std::string text{};
  std::vector<std::size_t> ends{};
};

// As much text as keeps the threads from waiting for each other.
constexpr std::size_t kBatchBytes = std::size_t{1} << 20;

// Hands batches from the thread that cuts them to those that read them, and their memory back.
// Holds few: not all of the text.
class BatchQueue {
 public:
  explicit BatchQueue(std::size_t most) : most_(most) {}

  // Waits for room. Returns a batch to be filled; nothing when reading has been given up.
  std::optional<Batch> put(Batch batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_.size() < most_ || closed_; });
    if (closed_) return {};
    waiting_.push_back(std::move(batch));
    Batch next;
    if (!used_.empty()) {
      next = std::move(used_.back());
      used_.pop_back();
    }
    changed_.notify_all();
    return next;
  }

  // Waits for a batch; nothing when no more will come.
  std::optional<Batch> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !waiting_.empty() || closed_; });
    if (waiting_.empty()) return {};
    Batch batch = std::move(waiting_.front());
    waiting_.pop_front();
    changed_.notify_all();
    return batch;
  }

  void give_back(Batch batch) {
    batch.text.clear();
    batch.ends.clear();
    const std::lock_guard lock(mutex_);
    used_.push_back(std::move(batch));
  }

  // After the last batch, or when no more is wanted.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> waiting_;
  std::vector<Batch> used_;
  bool closed_ = false;
};

class CloseAtEnd {
 public:
  explicit CloseAtEnd(BatchQueue& queue) : queue_(queue) {}
  ~CloseAtEnd() { queue_.close(); }
  CloseAtEnd(const CloseAtEnd&) = delete;
  CloseAtEnd& operator=(const CloseAtEnd&) = delete;

 private:
  BatchQueue& queue_;
};

using ReadBatches = std::vector<std::pair<std::size_t, std::vector<TestCase>>>;  // by number

ReadBatches read_batches(BatchQueue& queue, Builds& builds) {
  const CloseAtEnd close(queue);  // when one thread fails, all give up
  TestReader reader(builds);
  ReadBatches read;
  while (auto batch = queue.take()) {
    std::vector<TestCase> tests;
    tests.reserve(batch->ends.size());
    std::size_t begin = 0;
    for (const std::size_t end : batch->ends) {
      tests.push_back(reader.read(std::string_view(batch->text).substr(begin, end - begin)));
      begin = end;
    }
    read.emplace_back(batch->number, std::move(tests));
    queue.give_back(std::move(*batch));
  }
  return read;
}

void cut_into(BatchQueue& queue, TestCutter& cutter) {
  const CloseAtEnd close(queue);
  std::size_t number = 0;
  std::optional<Batch> batch = Batch();
  const auto send = [&] {
    batch->number = number++;
    batch->text.reserve(batch->text.size() + simdjson::SIMDJSON_PADDING);
    batch = queue.put(std::move(*batch));
  };
  while (batch && cutter.next(batch->text)) {
    batch->ends.push_back(batch->text.size());
    if (batch->text.size() >= kBatchBytes) send();
  }
  if (batch) send();
}

Register read(std::istream& in) {
  const std::size_t threads = std::max(std::thread::hardware_concurrency(), 1U);
  Builds builds;
  BatchQueue queue(threads);
  std::vector<std::future<ReadBatches>> readers;
  TestCutter cutter(in);
  for (std::size_t i = 0; i < threads; ++i) {
    readers.push_back(
        std::async(std::launch::async, [&queue, &builds] { return read_batches(queue, builds); }));
  }
  cut_into(queue, cutter);
  ReadBatches read;
  for (auto& reader : readers) std::ranges::move(reader.get(), std::back_inserter(read));
  std::ranges::sort(read, {}, &ReadBatches::value_type::first);

  Register tests;
  for (auto& [number, batch] : read) std::ranges::move(batch, std::back_inserter(tests.tests));
  std::istringstream rest(cutter.rest());
  read_register_strictly(rest);
  tests.builds = builds.take();
  finish(tests);
  return tests;
}

}  // namespace

std::optional<Register> read_register_bulk(std::istream& in) {
  try {
    return read(in);
  } catch (const Irregular&) {
  } catch (const simdjson::simdjson_error&) {
  } catch (const UsageError&) {
  }
  return {};
}

}  // namespace noderig::risk
