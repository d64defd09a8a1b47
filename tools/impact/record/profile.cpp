#include <impact/record/profile.h>

#include <fmt/format.h>
#include <impact/model/stable_hash.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/files.h>
#include <algorithm>
#include <cstring>
#include <iterator>
#include <type_traits>

namespace noderig::impact {
namespace {

using IntPtrT = std::uint64_t;

enum ValueKind : std::uint16_t {
#define VALUE_PROF_KIND(Enumerator, Value, Descr) Enumerator = Value,
#include <llvm/ProfileData/InstrProfData.inc>
};

struct Header {
#define INSTR_PROF_RAW_HEADER(Type, Name, Init) Type Name = 0;
#include <llvm/ProfileData/InstrProfData.inc>
};

// One function's entry; its counters lie elsewhere, at a distance from the entry.
struct FunctionData {
#define INSTR_PROF_DATA(Type, LLVMType, Name, Init) std::remove_const_t<Type> Name;
#include <llvm/ProfileData/InstrProfData.inc>
};

constexpr std::uint64_t kMagic = 0xff'6c'70'72'6f'66'72'81;  // "\xfflprofr\x81", 64 bits
constexpr std::uint64_t kVersionMask = 0x00ff'ffff'ffff'ffff;
constexpr std::uint64_t kVersion = 8;

template <class Value>
Value value_at(std::span<const std::byte> bytes, std::size_t offset) {
  static_assert(std::is_trivially_copyable_v<Value>);
  Value value{};
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

std::size_t padded(std::size_t size) {
  return (size + 7) / 8 * 8;
}

[[noreturn]] void refuse(const std::string& name, const std::string& what) {
  throw EnvironmentError(fmt::format("the counters in {} cannot be read: {}", name, what));
}

}  // namespace

ImageId read_profile(std::span<const std::byte> bytes, const std::string& name,
                     std::vector<SymbolId>& executed) {
  if (bytes.size() < sizeof(Header)) return kUnknownImage;
  const auto header = value_at<Header>(bytes, 0);
  if (header.Magic == 0) return kUnknownImage;  // mapped, and killed before anything was written
  if (header.Magic != kMagic) refuse(name, "it is no raw profile of a 64-bit program");
  if ((header.Version & kVersionMask) != kVersion) {
    refuse(name, fmt::format("it has version {} of the format, and LLVM 16 writes {}: build with "
                             "clang 16, see `noderig impact flags`",
                             header.Version & kVersionMask, kVersion));
  }
  if ((header.Version & ~kVersionMask) != 0) {
    refuse(name, "the program was built for another kind of profile than `noderig impact flags`");
  }
  const std::size_t data = sizeof(Header) + padded(header.BinaryIdsSize);
  const std::size_t counters =
      data + header.DataSize * sizeof(FunctionData) + header.PaddingBytesBeforeCounters;
  if (counters + header.CountersSize * sizeof(std::uint64_t) > bytes.size()) {
    refuse(name, "it ends before its counters do");
  }
  for (std::size_t i = 0; i < header.DataSize; ++i) {
    const std::size_t place = i * sizeof(FunctionData);
    const auto function = value_at<FunctionData>(bytes, data + place);
    // Both distances are those in the program's memory: from this entry, and from the first one.
    const std::uint64_t first = function.CounterPtr + place - header.CountersDelta;
    if (first / sizeof(std::uint64_t) + function.NumCounters > header.CountersSize) {
      refuse(name, "a function's counters lie outside of it");
    }
    for (std::uint32_t n = 0; n < function.NumCounters; ++n) {
      const std::size_t offset = counters + first + n * sizeof(std::uint64_t);
      if (value_at<std::uint64_t>(bytes, offset) == 0) continue;
      executed.push_back(SymbolId{function.NameRef});
      break;
    }
  }
  return image_id(bytes.subspan(data, header.DataSize * sizeof(FunctionData)));
}

ImageId read_profile(const std::filesystem::path& file, std::vector<SymbolId>& executed) {
  const std::string content = read_file(file);
  return read_profile(std::as_bytes(std::span(content)), file.string(), executed);
}

ImageId image_id(std::span<const std::byte> functions) {
  // What else is in an entry depends on where the program is loaded.
  std::uint64_t hash = kHashStart;
  for (std::size_t at = 0; at + sizeof(FunctionData) <= functions.size();
       at += sizeof(FunctionData)) {
    const auto function = value_at<FunctionData>(functions, at);
    for (const std::uint64_t part : {function.NameRef, function.FuncHash}) {
      hash = stable_hash({reinterpret_cast<const char*>(&part), sizeof part}, hash);
    }
  }
  return functions.empty() ? kUnknownImage : hash;
}

Profiles read_profiles(const std::filesystem::path& directory) {
  Profiles profiles;
  std::vector<SymbolId> executed;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() != ".profraw") continue;
    profiles.images.insert(read_profile(entry.path(), executed));
  }
  profiles.executed = covered_set(std::move(executed));
  return profiles;
}

std::string profile_pattern(const std::filesystem::path& directory) {
  return (directory / "%p-%m%c.profraw").string();
}

CoveredSet covered_set(std::vector<SymbolId> executed) {
  std::ranges::sort(executed);
  executed.erase(std::ranges::unique(executed).begin(), executed.end());
  return executed;
}

CoveredSet united(const CoveredSet& a, const CoveredSet& b) {
  CoveredSet both;
  std::ranges::set_union(a, b, std::back_inserter(both));
  return both;
}

}  // namespace noderig::impact
