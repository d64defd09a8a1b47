#include <fmt/format.h>

#include <noderig/framework/errors.h>
#include <noderig/framework/json.h>
#include <noderig/p2p/primitives/block.h>
#include <noderig/p2p/primitives/serialize.h>
#include <noderig/p2p/primitives/transaction.h>
#include <set>
#include <vector>

namespace noderig {
namespace {

constexpr std::size_t kMaxDifferences = 20;
constexpr std::size_t kMaxValueText = 120;

std::string text_of(const Json* json) {
  if (json == nullptr) return "(nothing)";
  std::string text = json->dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > kMaxValueText) {
    const std::size_t size = text.size();
    text.resize(kMaxValueText);
    text += fmt::format("... ({} characters)", size);
  }
  return text;
}

// Null when the object has no such member, or the array is shorter.
const Json* find(const Json& object, const std::string& name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

const Json* find(const Json& array, std::size_t index) {
  return index < array.size() ? &array[index] : nullptr;
}

class Differences {
 public:
  void compare(const std::string& path, const Json* a, const Json* b) {
    if (a != nullptr && b != nullptr) {
      if (*a == *b) return;
      if (a->is_object() && b->is_object()) return compare_members(path, *a, *b);
      if (a->is_array() && b->is_array()) return compare_elements(path, *a, *b);
    }
    if (++count_ <= kMaxDifferences) {
      lines_ += fmt::format("{}: {} != {}\n", path, text_of(a), text_of(b));
    }
  }

  std::string text() && {
    if (count_ > kMaxDifferences) {
      lines_ += fmt::format("... and {} more\n", count_ - kMaxDifferences);
    }
    if (!lines_.empty()) lines_.pop_back();
    return std::move(lines_);
  }

 private:
  void compare_members(const std::string& path, const Json& a, const Json& b) {
    std::set<std::string> names;
    for (const auto& [name, value] : a.items()) names.insert(name);
    for (const auto& [name, value] : b.items()) names.insert(name);
    for (const auto& name : names) compare(path + "." + name, find(a, name), find(b, name));
  }

  void compare_elements(const std::string& path, const Json& a, const Json& b) {
    for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
      compare(fmt::format("{}[{}]", path, i), find(a, i), find(b, i));
    }
  }

  std::string lines_;
  std::size_t count_ = 0;
};

}  // namespace

void to_json(Json& json, const Uint256& hash) {
  json = hash.to_string();
}

void to_json(Json& json, Amount amount) {
  json = amount.to_string();
}

namespace p2p {

void to_json(Json& json, const Transaction& transaction) {
  json = to_hex(encode_of(transaction));
}

void to_json(Json& json, const Block& block) {
  json = to_hex(encode_of(block));
}

void to_json(Json& json, const BlockHeader& header) {
  json = to_hex(encode_of(header));
}

}  // namespace p2p

std::optional<Amount> parse_amount(const Json& json) {
  if (json.is_string()) return Amount::parse(json.get_ref<const std::string&>());
  if (json.is_number()) return Amount::parse(rpc::decimal_text(json));
  return std::nullopt;
}

Amount amount_of(const Json& json) {
  if (const auto amount = parse_amount(json)) return *amount;
  throw AssertionError("not an amount in bitcoins: " + text_of(&json));
}

Uint256 hash_of(const Json& json) {
  if (json.is_string()) {
    if (const auto hash = Uint256::parse(json.get<std::string>())) return *hash;
  }
  throw AssertionError("not a hash of 64 hexadecimal digits: " + text_of(&json));
}

p2p::Transaction transaction_of(const Json& json) {
  const auto bytes = json.is_string() ? from_hex(json.get<std::string>()) : std::nullopt;
  if (bytes) {
    if (auto transaction = p2p::decode_as<p2p::Transaction>(*bytes)) {
      return std::move(transaction).value();
    }
    // Without inputs, its beginning looks like that of a transaction with witnesses.
    p2p::Reader reader(*bytes);
    p2p::Transaction plain = p2p::Transaction::decode_without_witness(reader);
    if (reader.ok() && reader.remaining() == 0) return plain;
  }
  throw AssertionError("not a transaction in hexadecimal digits: " + text_of(&json));
}

std::string json_difference(const Json& a, const Json& b) {
  Differences differences;
  differences.compare("$", &a, &b);
  return std::move(differences).text();
}

}  // namespace noderig
