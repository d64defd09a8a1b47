// Bitcoin's wire encoding: little-endian integers, compact sizes, length-prefixed strings.
//
// A type takes part by two members, `void encode(Writer&) const` and `static T decode(Reader&)`;
// decode_as<T>() and encode_of() are the way in. A Reader never throws: its first fault sticks,
// later reads give zeros and empty spans, and the fault with its offset comes out at the end. No
// count from the input allocates more than the input's own length warrants. Any thread, one at a
// time.
#pragma once

#include <noderig/p2p/primitives/amount.h>
#include <noderig/p2p/primitives/bytes.h>
#include <noderig/p2p/primitives/uint256.h>
#include <concepts>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace noderig::p2p {

// What a decoder found wrong.
enum class DecodeFault {
  Truncated,      // the input ends inside a field
  Oversized,      // a count or length is larger than the protocol allows or the input can hold
  NonCanonical,   // a compact size in more bytes than it needs
  Malformed,      // a value that no sender may write
  TrailingBytes,  // the message is whole, and bytes are left over
};

std::string_view to_string(DecodeFault fault);

struct DecodeError {
  DecodeFault fault;
  std::size_t offset;  // bytes from the start of the input to the field that is wrong
  std::string what;    // the field, and the value where it helps

  // "truncated at offset 12: varint count"
  std::string to_string() const;
};

// For callers to whom a decoding failure is exceptional; carries the error.
class DecodeException : public std::runtime_error {
 public:
  explicit DecodeException(DecodeError error)
      : std::runtime_error(error.to_string()), error_(std::move(error)) {}
  const DecodeError& error() const { return error_; }

 private:
  DecodeError error_;
};

// A value, or why there is none.
template <typename T>
class Decoded {
 public:
  Decoded(T value) : value_(std::move(value)) {}
  Decoded(DecodeError error) : error_(std::move(error)) {}

  explicit operator bool() const { return value_.has_value(); }
  bool has_value() const { return value_.has_value(); }

  // Must hold a value.
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return *std::move(value_); }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

  // Must hold an error.
  const DecodeError& error() const { return *error_; }

  // The value; throws DecodeException when there is none.
  T value() && {
    if (!value_) throw DecodeException(*error_);
    return *std::move(value_);
  }
  const T& value() const& {
    if (!value_) throw DecodeException(*error_);
    return *value_;
  }

 private:
  std::optional<T> value_;
  std::optional<DecodeError> error_;
};

class Reader {
 public:
  // Largest compact size a peer may announce (Bitcoin Core's MAX_SIZE).
  static constexpr std::uint64_t kMaxSize = 0x02000000;

  // Does not own `input`, which must outlive the reader.
  explicit Reader(ByteSpan input) : input_(input) {}

  bool ok() const { return !error_; }
  const std::optional<DecodeError>& error() const { return error_; }
  std::size_t offset() const { return offset_; }
  std::size_t remaining() const { return input_.size() - offset_; }

  // The bytes between `begin`, an earlier offset(), and here.
  ByteSpan since(std::size_t begin) const { return input_.subspan(begin, offset_ - begin); }

  // Little-endian integer.
  template <std::integral T>
  T integer(std::string_view field) {
    T value{};
    if (const std::byte* from = take(sizeof(T), field)) {
      std::memcpy(&value, from, sizeof(T));
    }
    return value;
  }

  // Big-endian 16 bits: the port in a network address.
  std::uint16_t big_endian_16(std::string_view field);

  // A byte that is 0 or 1; other values are Malformed.
  bool boolean(std::string_view field);

  // A canonical compact size of at most `limit`.
  std::uint64_t compact_size(std::string_view field, std::uint64_t limit = kMaxSize);

  // A compact size that counts items of at least `item_bytes` each: Oversized when the rest of the
  // input cannot hold them, so that reserving the count is safe.
  std::size_t count(std::string_view field, std::size_t item_bytes, std::uint64_t limit = kMaxSize);

  // The next `size` bytes, a view into the input; empty after a fault.
  ByteSpan bytes(std::size_t size, std::string_view field);

  // A compact size, then that many bytes.
  ByteSpan var_bytes(std::string_view field, std::uint64_t limit = kMaxSize);
  std::string var_string(std::string_view field, std::uint64_t limit = kMaxSize);

  Uint256 uint256(std::string_view field);
  Amount amount(std::string_view field) { return Amount::sat(integer<std::int64_t>(field)); }

  // Records a fault at `offset` (default: here) unless there is one already.
  void fail(DecodeFault fault, std::string what) { fail_at(offset_, fault, std::move(what)); }
  void fail_at(std::size_t offset, DecodeFault fault, std::string what);

  // The next byte without taking it; nothing at the end.
  std::optional<std::byte> peek(std::size_t ahead = 0) const;

 private:
  // Advances over `size` bytes; null, with the fault recorded, when they are not there.
  const std::byte* take(std::size_t size, std::string_view field) {
    if (error_) return nullptr;
    if (size > remaining()) {
      fail(DecodeFault::Truncated, std::string(field));
      return nullptr;
    }
    const std::byte* at = input_.data() + offset_;
    offset_ += size;
    return at;
  }

  ByteSpan input_;
  std::size_t offset_ = 0;
  std::optional<DecodeError> error_;
};

// Bytes that the compact size of `value` takes.
constexpr std::size_t compact_size_length(std::uint64_t value) {
  return value < 0xfd ? 1 : value <= 0xffff ? 3 : value <= 0xffffffff ? 5 : 9;
}

class Writer {
 public:
  Writer() = default;
  explicit Writer(std::size_t reserve) { out_.reserve(reserve); }

  template <std::integral T>
  Writer& integer(T value) {
    return raw(&value, sizeof value);
  }
  Writer& big_endian_16(std::uint16_t value);
  Writer& boolean(bool value) { return integer<std::uint8_t>(value ? 1 : 0); }
  Writer& compact_size(std::uint64_t value);
  Writer& bytes(ByteSpan value) { return raw(value.data(), value.size()); }
  Writer& var_bytes(ByteSpan value) { return compact_size(value.size()).bytes(value); }
  Writer& var_string(std::string_view value) { return var_bytes(as_byte_span(value)); }
  Writer& uint256(const Uint256& value) { return bytes(value.wire()); }
  Writer& amount(Amount value) { return integer(value.satoshi()); }

  std::size_t size() const { return out_.size(); }
  const Bytes& written() const { return out_; }
  Bytes take() { return std::move(out_); }

 private:
  Writer& raw(const void* from, std::size_t size) {
    const auto* first = static_cast<const std::byte*>(from);
    out_.insert(out_.end(), first, first + size);
    return *this;
  }

  Bytes out_;
};

// Decodes the whole of `input` as a T; bytes left over are an error.
template <typename T>
Decoded<T> decode_as(ByteSpan input) {
  Reader reader(input);
  T value = T::decode(reader);
  if (reader.ok() && reader.remaining() != 0) {
    reader.fail(DecodeFault::TrailingBytes, std::to_string(reader.remaining()) + " bytes");
  }
  if (!reader.ok()) return *reader.error();
  return value;
}

template <typename T>
Bytes encode_of(const T& value) {
  Writer writer;
  value.encode(writer);
  return writer.take();
}

}  // namespace noderig::p2p
