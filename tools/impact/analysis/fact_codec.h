// Facts as bytes, for the cache: numbers in as few bytes as they need, text with its length before
// it. The layout of each type is said once, for both directions. Pure functions; any thread.
#pragma once

#include <impact/model/facts.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace noderig::impact {

class Encoder {
 public:
  template <class... Values>
  void operator()(Values&... values) {
    (write(values), ...);
  }
  std::string take() { return std::move(bytes_); }

 private:
  template <class Number>
  requires std::is_integral_v<Number> || std::is_enum_v<Number>
  void write(Number value) {
    auto rest = static_cast<std::uint64_t>(value);
    while (rest > 0x7f) {
      bytes_.push_back(static_cast<char>((rest & 0x7f) | 0x80));
      rest >>= 7;
    }
    bytes_.push_back(static_cast<char>(rest));
  }
  void write(std::string& text) {
    write(text.size());
    bytes_ += text;
  }
  template <class Element>
  void write(std::vector<Element>& elements) {
    write(elements.size());
    for (Element& element : elements) write(element);
  }
  template <class Structure>
  requires std::is_class_v<Structure>
  void write(Structure& structure) { describe(structure, *this); }

  std::string bytes_{};
};

// Throws std::runtime_error when the bytes are no such value.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : rest_(bytes) {}

  template <class... Values>
  void operator()(Values&... values) {
    (read(values), ...);
  }

 private:
  [[noreturn]] static void fail() { throw std::runtime_error("damaged facts"); }

  template <class Number>
  requires std::is_integral_v<Number> || std::is_enum_v<Number>
  void read(Number& value) {
    std::uint64_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
      if (rest_.empty() || shift > 63) fail();
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    value = static_cast<Number>(number);
  }
  void read(std::string& text) {
    std::size_t size = 0;
    read(size);
    if (size > rest_.size()) fail();
    text = rest_.substr(0, size);
    rest_.remove_prefix(size);
  }
  template <class Element>
  void read(std::vector<Element>& elements) {
    std::size_t size = 0;
    read(size);
    if (size > rest_.size()) fail();
    elements.resize(size);
    for (Element& element : elements) read(element);
  }
  template <class Structure>
  requires std::is_class_v<Structure>
  void read(Structure& structure) { describe(structure, *this); }

  std::string_view rest_;
};

template <class Archive>
void describe(SymbolFact& fact, Archive& archive) {
  archive(fact.id, fact.key, fact.kind, fact.counted, fact.dynamic_initialiser,
          fact.test_registration, fact.digest, fact.linkage_name, fact.entity, fact.file, fact.line,
          fact.references);
}
template <class Archive>
void describe(FunctionFact& fact, Archive& archive) {
  archive(fact.entity, fact.file, fact.line, fact.text, fact.owner, fact.is_virtual,
          fact.test_code);
}
template <class Archive>
void describe(FieldFact& fact, Archive& archive) {
  archive(fact.name, fact.type, fact.line, fact.is_static, fact.initialiser);
}
template <class Archive>
void describe(SlotFact& fact, Archive& archive) {
  archive(fact.slot, fact.target, fact.pure, fact.symbols);
}
template <class Archive>
void describe(TypeFact& fact, Archive& archive) {
  archive(fact.kind, fact.entity, fact.file, fact.line, fact.test_code, fact.instance,
          fact.constructible, fact.bases, fact.fields, fact.slots, fact.vtables);
}

// Numbers of facts and paths in the cache's tables stand for the things themselves.
struct StoredUnit {
  std::string file{};
  std::vector<std::string> files{};
  std::vector<std::uint64_t> symbols{}, functions{}, types{};
  std::vector<SymbolId> initialisers{};
};
struct StoredFile {
  std::uint64_t path = 0;
  std::uint64_t content = 0;  // 0: not there
};
template <class Archive>
void describe(StoredUnit& unit, Archive& archive) {
  archive(unit.file, unit.files, unit.symbols, unit.functions, unit.types, unit.initialisers);
}
template <class Archive>
void describe(StoredFile& file, Archive& archive) {
  archive(file.path, file.content);
}

template <class Value>
std::string encode(Value value) {
  Encoder encoder;
  encoder(value);
  return encoder.take();
}
template <class Value>
Value decode(std::string_view bytes) {
  Decoder decoder(bytes);
  Value value{};
  decoder(value);
  return value;
}

}  // namespace noderig::impact
