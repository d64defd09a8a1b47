// A node's REST interface (its option -rest): read-only resources under /rest/, each in one or more
// of three formats. A cheap handle that shares the connections of the Client it is made from; any
// thread but the I/O thread, several at once.
#pragma once

#include <noderig/rpc/client.h>
#include <noderig/rpc/http.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace noderig::rpc {

// The node answered with a status other than 200.
class RestError : public std::runtime_error {
 public:
  RestError(const std::string& node, const std::string& target, int status, std::string message);

  int status() const { return status_; }
  // The node's own words, without the end of line.
  const std::string& message() const { return message_; }

 private:
  int status_;
  std::string message_;
};

// `path` is what comes after "/rest/", without format: "block/0f9188f1...". `query` is what comes
// after the question mark: "count=5". All throw TransportError when there is no answer; json(),
// hex() and bin() throw RestError for a status other than 200 and TransportError (BadReply) for
// content of another type than the format's.
class Rest {
 public:
  explicit Rest(const Client& client) : client_(client) {}

  Json json(std::string_view path, std::string_view query = {}) const;
  // Hex digits, without the end of line.
  std::string hex(std::string_view path, std::string_view query = {}) const;
  // Bytes, held as characters.
  std::string bin(std::string_view path, std::string_view query = {}) const;

  // The same with a request body, which getutxos takes. bin's is bytes, hex's hex digits.
  Json post_json(std::string_view path, std::string_view body) const;
  std::string post_hex(std::string_view path, std::string_view body) const;
  std::string post_bin(std::string_view path, std::string_view body) const;

  // Any target after "/rest/", with its format and query, right or wrong; any status.
  HttpReply get(std::string_view target) const;

 private:
  std::string fetch(const std::string& target, const std::string* body,
                    std::string_view content_type) const;

  Client client_;
};

}  // namespace noderig::rpc
