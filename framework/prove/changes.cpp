#include <fmt/format.h>
#include <noderig/framework/prove/changes.h>
#include <noderig/p2p/messages/registry.h>
#include <algorithm>

namespace noderig::prove {
namespace {

constexpr std::size_t kMostValues = 5000;
constexpr int kTries = 50;
constexpr double kSatoshi = 1e-8;

std::size_t below(std::size_t end, Random& random) {
  return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
}

// Another character of the same class, so that a hash stays a hash and a number a number.
char other_character(char c) {
  if (c == '9' || c == 'f' || c == 'F' || c == 'z' || c == 'Z') return c == '9' ? '8' : 'a';
  const bool counts = (c >= '0' && c < '9') || (c >= 'a' && c < 'z') || (c >= 'A' && c < 'Z');
  return counts ? static_cast<char>(c + 1) : 'x';
}

std::string altered_text(std::string text, Random& random) {
  if (text.empty()) return "x";
  char& c = text[below(text.size(), random)];
  c = other_character(c);
  return text;
}

void walk(const Json& value, const std::string& path, std::size_t& left,
          const std::function<void(const std::string&, const Json&)>& visit) {
  if (left == 0) return;
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      walk(member, (Json::json_pointer(path) / key).to_string(), left, visit);
    }
    return;
  }
  if (value.is_null() || (value.is_array() && value.empty())) return;
  --left;
  visit(path, value);
  for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
    walk(value[i], fmt::format("{}/{}", path, i), left, visit);
  }
}

// Where the change is to be made: the point's own path, else the first of its pattern.
std::optional<std::string> place_in(const Json& reply, const Point& point) {
  if (reply.contains(Json::json_pointer(point.path))) return point.path;
  std::optional<std::string> found;
  each_value(reply, [&](const std::string& path, const Json&) {
    if (!found && pattern_of(path) == point.pattern()) found = path;
  });
  return found;
}

std::string shown(const Json& value) {
  constexpr std::size_t kShown = 120;
  const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.size() > kShown ? text.substr(0, kShown) + "..." : text;
}

std::optional<std::string> change_result(Json& result, const Point& point, Random& random) {
  const std::optional<std::string> path = place_in(result, point);
  if (!path) return std::nullopt;
  const Json::json_pointer place(*path);
  Json& value = result[place];
  const std::string before = shown(value);
  if (point.change == Change::Remove) {
    if (path->empty()) {
      result = nullptr;
    } else if (Json& parent = result[place.parent_pointer()]; parent.is_object()) {
      parent.erase(place.back());
    } else {
      parent.erase(std::stoul(place.back()));
    }
    return before + " -> nothing";
  }
  if (point.change == Change::Shorten) {
    if (!value.is_array() || value.empty()) return std::nullopt;
    value.erase(value.size() - 1);
  } else {
    value = altered(value, random);
  }
  return fmt::format("{} -> {}", before, shown(value));
}

std::optional<std::string> change_error(rpc::BatchResult& outcome, const Point& point,
                                        Random& random) {
  const rpc::RpcError error = *outcome.error();
  const auto with = [&](int code, std::string message) {
    return rpc::BatchResult(rpc::RpcError(error.node(), error.method(), error.http_status(),
                                          rpc::RpcErrorCode{code}, std::move(message),
                                          error.data()));
  };
  const int code = static_cast<int>(error.code());
  switch (point.change) {
    case Change::Succeed:
      outcome = rpc::BatchResult(Json());
      return error.message() + " -> null";
    case Change::ErrorCode:
      outcome = with(code - 1, error.message());
      return fmt::format("{} -> {}", code, code - 1);
    case Change::ErrorText:
      outcome = with(code, altered_text(error.message(), random));
      return fmt::format("{} -> {}", error.message(), outcome.error()->message());
    default:
      return std::nullopt;
  }
}

}  // namespace

void each_value(const Json& reply,
                const std::function<void(const std::string&, const Json&)>& visit) {
  std::size_t left = kMostValues;
  walk(reply, "", left, visit);
}

Json altered(const Json& value, Random& random) {
  switch (value.type()) {
    case Json::value_t::boolean:
      return !value.get<bool>();
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      return value.get<std::int64_t>() + 1;
    case Json::value_t::number_float:
      return value.get<double>() + kSatoshi;
    case Json::value_t::string:
      return altered_text(value.get<std::string>(), random);
    default:
      return "tampered";
  }
}

std::optional<std::string> change_reply(rpc::BatchResult& outcome, const Point& point,
                                        std::string_view node, Random& random) {
  if (outcome.error()) return change_error(outcome, point, random);
  if (point.change == Change::Fail) {
    const std::string before = shown(outcome.value());
    outcome = rpc::BatchResult(rpc::RpcError(std::string(node), point.name, 500,
                                             rpc::RpcErrorCode::RPC_MISC_ERROR, "tampered"));
    return before + " -> error -1";
  }
  Json result = outcome.value();
  std::optional<std::string> done = change_result(result, point, random);
  if (done) outcome = rpc::BatchResult(std::move(result));
  return done;
}

void remove_member(Json& reply, const std::string& pattern) {
  std::vector<std::string> places;
  each_value(reply, [&](const std::string& path, const Json&) {
    if (pattern_of(path) == pattern) places.push_back(path);
  });
  for (const std::string& path : places) {
    const Json::json_pointer place(path);
    if (Json& parent = reply[place.parent_pointer()]; parent.is_object()) {
      parent.erase(place.back());
    }
  }
}

std::optional<std::string> flip_bit(p2p::RawMessage& message, Random& random) {
  if (message.payload.empty()) return std::nullopt;
  const auto original = p2p::decode_message(message.command, message.payload);
  if (!original) return std::nullopt;
  for (int i = 0; i < kTries; ++i) {
    const std::size_t offset = below(message.payload.size(), random);
    const auto bit = static_cast<unsigned>(below(8, random));
    Bytes payload = message.payload;
    payload[offset] ^= std::byte{1} << bit;
    const auto decoded = p2p::decode_message(message.command, payload);
    if (!decoded || *decoded == *original) continue;
    message.payload = std::move(payload);
    return fmt::format("bit {} of byte {} of {}: {} -> {}", bit, offset, message.payload.size(),
                       p2p::describe_message(*original), p2p::describe_message(*decoded));
  }
  return std::nullopt;
}

}  // namespace noderig::prove
