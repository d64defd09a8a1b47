#include <noderig/framework/bundle/shortened_json.h>

namespace noderig {
namespace {

using rpc::Json;

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Appends text until there is more than `longest` of it; false when that is so.
bool append(std::string& text, const Json& json, std::size_t longest) {
  const auto room = [&] { return text.size() <= longest; };
  switch (json.type()) {
    case Json::value_t::array: {
      text += '[';
      const char* separator = "";
      for (const Json& item : json) {
        text += separator;
        if (!append(text, item, longest)) return false;
        separator = ",";
      }
      text += ']';
      return room();
    }
    case Json::value_t::object: {
      text += '{';
      const char* separator = "";
      for (const auto& [name, value] : json.items()) {
        text += separator + dumped(name) + ":";
        if (!append(text, value, longest)) return false;
        separator = ",";
      }
      text += '}';
      return room();
    }
    case Json::value_t::string: {
      const auto& string = json.get_ref<const std::string&>();
      // One character more than there is room for, so that the whole is cut there.
      text += string.size() > longest ? dumped(string.substr(0, longest + 1)) : dumped(json);
      return room();
    }
    default:
      text += dumped(json);
      return room();
  }
}

}  // namespace

std::string shortened(const Json& json, std::size_t longest) {
  std::string text;
  if (append(text, json, longest)) return text;
  text.resize(longest);
  return text + "...";
}

}  // namespace noderig
