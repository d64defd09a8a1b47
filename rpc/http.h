// A plain HTTP answer of a node, as its REST interface gives them. Value type; any thread.
#pragma once

#include <string>

namespace noderig::rpc {

struct HttpReply {
  int status = 0;
  std::string content_type;  // without parameters such as the character set; empty when not given
  std::string body;

  friend bool operator==(const HttpReply&, const HttpReply&) = default;
};

}  // namespace noderig::rpc
