#include "register_bulk.h"

#include "probability.h"
#include "register.h"

#include <noderig/framework/errors.h>
#include <algorithm>
#include <cstring>
#include <future>
#include <istream>
#include <iterator>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>
#include <thread>
#include <unordered_map>

// It asserts in its innermost loops what it knows of itself.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define NDEBUG
#include <simdjson.h>
#pragma pop_macro("NDEBUG")
#include <cassert>

namespace noderig::risk {
namespace {

namespace ondemand = simdjson::ondemand;

// What the strict reader is to look at.
struct Irregular {};

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

const char* skip_spaces(const char* at, const char* end) {
  return std::find_if_not(at, end, is_space);
}

// Each returns what is behind the array or object that begins at `at`, nullptr where it does not
// end. What is in arrays are mostly runs: memchr() is fast, and brackets in strings are rare.
const char* skip_array(const char* at, const char* end) {
  const auto next = [](char c, const char* from, const char* until) {
    return static_cast<const char*>(std::memchr(from, c, static_cast<std::size_t>(until - from)));
  };
  int depth = 0;
  do {
    const char* const close = next(']', at, end);
    if (close == nullptr) return nullptr;
    for (; (at = next('[', at, close)) != nullptr; ++at) ++depth;
    at = close + 1;
  } while (--depth > 0);
  return at;
}

const char* skip_object(const char* at, const char* end) {
  int depth = 0;
  for (bool in_string = false; at < end; ++at) {
    if (*at == '\\') {
      ++at;
    } else if (*at == '"') {
      in_string = !in_string;
    } else if (in_string) {
      continue;
    } else if (*at == '[') {
      at = skip_array(at, end);
      if (at == nullptr) return nullptr;
      --at;
    } else if (*at == '{') {
      ++depth;
    } else if (*at == '}' && --depth == 0) {
      return at + 1;
    }
  }
  return nullptr;
}

// The texts of some tests, all in one buffer.
struct Batch {
  std::size_t number = 0;
  std::vector<char> buffer{};
  std::vector<std::string_view> tests{};
};

// As much text as stays near a core while it is cut and read.
constexpr std::size_t kBatchBytes = std::size_t{1} << 19;

// Cuts the text of a register into the texts of its tests. It looks at the brackets of arrays
// without knowing of strings: where one in a string misleads it, a piece is no JSON, for no
// beginning of an object is one, nor is an object with more behind it. Any thread.
class TestCutter {
 public:
  explicit TestCutter(std::istream& in) : in_(in), uncut_(kBatchBytes) {
    uncut_.resize(read(uncut_.data(), uncut_.size()));
    const auto head = static_cast<std::ptrdiff_t>(head_size({uncut_.data(), uncut_.size()}));
    rest_.assign(uncut_.begin(), uncut_.begin() + head);
    uncut_.erase(uncut_.begin(), uncut_.begin() + head);
  }

  // Puts the next tests into `batch`, with simdjson's padding behind them, instead of what it
  // holds. False after the last ones.
  bool next(Batch& batch) {
    const std::lock_guard lock(mutex_);
    if (ended_) return false;
    batch.number = number_++;
    batch.tests.clear();
    std::vector<char>& buffer = batch.buffer;
    std::size_t size = uncut_.size();
    const char* cut = nullptr;
    // Where a test is larger than a batch, twice as much is looked at each time.
    for (std::size_t wanted = kBatchBytes; batch.tests.empty() && !ended_; wanted *= 2) {
      buffer.resize(std::max(buffer.size(), size + wanted + simdjson::SIMDJSON_PADDING));
      if (cut == nullptr) std::ranges::copy(uncut_, buffer.begin());
      const std::size_t more = read(buffer.data() + size, wanted);
      size += more;
      cut = note_tests(buffer.data(), buffer.data() + size, batch.tests);
      if (more == 0 && batch.tests.empty() && !ended_) throw Irregular();
    }
    uncut_.assign(cut, std::as_const(buffer).data() + size);
    return true;
  }

  // Lets next() find no more.
  void stop() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }

  // The text without its tests, once next() has returned false.
  std::string rest() {
    std::string rest = rest_;
    rest.append(uncut_.begin(), uncut_.end());
    rest.append(std::istreambuf_iterator<char>(in_), {});
    return rest;
  }

 private:
  std::size_t read(char* to, std::size_t most) {
    in_.read(to, static_cast<std::streamsize>(most));
    return static_cast<std::size_t>(in_.gcount());
  }

  // Up to and with the bracket that opens the list, which is expected soon.
  static std::size_t head_size(std::string_view text) {
    constexpr std::string_view kList = "\"tests\"";
    constexpr std::size_t kLongestHead = 1000;
    const std::size_t name = text.substr(0, kLongestHead).find(kList);
    if (name == std::string_view::npos) throw Irregular();
    const std::size_t open = text.find_first_not_of(": \n\r\t", name + kList.size());
    if (open == std::string_view::npos || text[open] != '[') throw Irregular();
    return open + 1;
  }

  // Returns where what has not been cut begins.
  const char* note_tests(const char* at, const char* end, std::vector<std::string_view>& tests) {
    for (;;) {
      const char* begin = skip_spaces(at, end);
      if (begin != end && *begin == ']') {
        ended_ = true;
        return begin;
      }
      if (begin != end && !first_) {
        if (*begin != ',') throw Irregular();
        begin = skip_spaces(begin + 1, end);
      }
      if (begin == end) return at;
      if (*begin != '{') throw Irregular();
      const char* const behind = skip_object(begin, end);
      if (behind == nullptr) return at;
      tests.emplace_back(begin, behind);
      first_ = false;
      at = behind;
    }
  }

  std::mutex mutex_;
  std::istream& in_;
  std::vector<char> uncut_;
  std::string rest_;
  std::size_t number_ = 0;
  bool first_ = true;
  bool ended_ = false;
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
  TestReader(Builds& builds, KeptRuns kept) : builds_(builds), kept_(kept) {}

  // Tests whose runs were out of order and are not kept.
  std::size_t sorted() const { return sorted_; }

  // Behind `text` there must be simdjson's padding.
  TestCase read(std::string_view text) {
    ondemand::document document =
        parser_.iterate(text.data(), text.size(), text.size() + simdjson::SIMDJSON_PADDING);
    std::string rest;
    TestCase found;
    runs_.clear();
    bool has_runs = false;
    for (auto field : document.get_object()) {
      const std::string_view name = field.unescaped_key();
      ondemand::value value = field.value();
      if (name == "runs") {
        if (has_runs) throw Irregular();
        has_runs = true;
        if (value.is_null()) continue;
        for (ondemand::object run : value.get_array()) runs_.push_back(run_of(run, found));
      } else {
        rest += rest.empty() ? "" : ",";
        rest += nlohmann::json(name).dump() + ":";
        rest += std::string_view(simdjson::to_json_string(value));
      }
    }
    if (!at_end(document)) throw Irregular();
    std::istringstream alone(R"({"tests":[{)" + rest + "}]}");
    TestCase test = std::move(read_register_strictly(alone).tests.at(0));
    if (kept_ == KeptRuns::All) {
      test.runs = {runs_.begin(), runs_.end()};
    } else if (!runs_.empty()) {
      sorted_ += sort_runs(runs_) ? 1 : 0;
      test.evidence = evidence_.read(runs_);
    }
    test.defects = std::move(found.defects);
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

  TestRun run_of(ondemand::object fields, TestCase& test) {
    enum : unsigned { kTime = 1, kBuild = 2, kVerdict = 4, kSeconds = 8, kDefects = 16 };
    TestRun run;
    Once once;
    for (auto field : fields) {
      const ondemand::raw_json_string key = field.key();
      ondemand::value value = field.value();
      if (key == "time") {
        once.see(kTime);
        run.time = parse_time(written(value));
      } else if (key == "build") {
        once.see(kBuild);
        if (!value.is_null()) run.build = build(value);
      } else if (key == "verdict") {
        once.see(kVerdict);
        run.verdict = verdict(written(value));
      } else if (key == "seconds") {
        once.see(kSeconds);
        if (value.is_null()) continue;
        const double seconds = value;
        if (seconds < 0 || seconds > kLongestRun) throw Irregular();
        run.seconds = static_cast<float>(seconds);
      } else if (key == "defects") {
        once.see(kDefects);
        if (value.is_null()) continue;
        for (ondemand::object defect : value.get_array()) test.add(defect_of(defect));
      } else {
        throw Irregular();
      }
    }
    once.require(kTime | kVerdict);
    return run;
  }

  static Defect defect_of(ondemand::object fields) {
    enum : unsigned { kId = 1, kWeight = 2 };
    Defect defect;
    Once once;
    for (auto field : fields) {
      const ondemand::raw_json_string key = field.key();
      ondemand::value value = field.value();
      if (key == "id") {
        once.see(kId);
        if (!value.is_null()) defect.id = std::string_view(value);
      } else if (key == "weight") {
        once.see(kWeight);
        if (value.is_null()) continue;
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

  // A string as it is written, between its quotes.
  static std::string_view written(ondemand::value& value) {
    std::string_view token = value.raw_json_token();
    value.get_raw_json_string().value();  // it is one, and what comes next is behind it
    while (token.back() != '"') token.remove_suffix(1);
    return token.substr(1, token.size() - 2);
  }

  // Tests of one suite have mostly the same builds, one after the other: the build at that place of
  // the test before is the first to be looked at.
  std::uint32_t build(ondemand::value& value) {
    const std::size_t place = runs_.size();
    if (place >= likely_.size()) likely_.resize(place + 1);
    auto& [likely_name, number] = likely_[place];
    const std::string_view name = value.get_string();
    if (likely_name != name) {
      const auto known = known_builds_.find(name);
      number = known != known_builds_.end()
                   ? known->second
                   : known_builds_.emplace(name, builds_.number(name)).first->second;
      likely_name = name;
    }
    return number;
  }

  // Whether nothing is left of it.
  static bool at_end(ondemand::document& document) {
    return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  }

  Builds& builds_;
  KeptRuns kept_;
  EvidenceReader evidence_;
  std::size_t sorted_ = 0;
  Numbers known_builds_;
  std::vector<std::pair<std::string, std::uint32_t>> likely_;
  std::vector<TestRun> runs_;  // of the test that is read
  ondemand::parser parser_;
};

struct ReadBatches {
  std::vector<std::pair<std::size_t, std::vector<TestCase>>> tests{};  // by number
  std::size_t sorted = 0;                                              // as in Register
};

ReadBatches read_batches(TestCutter& cutter, Builds& builds, KeptRuns kept) {
  TestReader reader(builds, kept);
  ReadBatches read;
  Batch batch;
  while (cutter.next(batch)) {
    std::vector<TestCase>& tests = read.tests.emplace_back(batch.number, 0).second;
    tests.reserve(batch.tests.size());
    for (const std::string_view text : batch.tests) tests.push_back(reader.read(text));
  }
  read.sorted = reader.sorted();
  return read;
}

Register read(std::istream& in, KeptRuns kept) {
  TestCutter cutter(in);
  Builds builds;
  const auto read_some = [&] {
    try {
      return read_batches(cutter, builds, kept);
    } catch (...) {
      cutter.stop();  // when one thread fails, all give up
      throw;
    }
  };
  std::vector<std::future<ReadBatches>> readers;
  for (unsigned i = 0; i < std::max(std::thread::hardware_concurrency(), 1U); ++i) {
    readers.push_back(std::async(std::launch::async, read_some));
  }
  ReadBatches read;
  for (auto& reader : readers) {
    ReadBatches some = reader.get();
    std::ranges::move(some.tests, std::back_inserter(read.tests));
    read.sorted += some.sorted;
  }
  std::ranges::sort(read.tests, {}, [](const auto& batch) { return batch.first; });

  Register tests;
  for (auto& [number, batch] : read.tests)
    std::ranges::move(batch, std::back_inserter(tests.tests));
  tests.sorted = read.sorted;
  std::istringstream rest(cutter.rest());
  read_register_strictly(rest);
  tests.builds = builds.take();
  finish(tests);
  return tests;
}

}  // namespace

std::optional<Register> read_register_bulk(std::istream& in, KeptRuns kept) {
  try {
    return read(in, kept);
  } catch (const Irregular&) {
  } catch (const simdjson::simdjson_error&) {
  } catch (const UsageError&) {
  }
  return {};
}

}  // namespace noderig::risk
