#include <noderig/rpc/rest.h>

#include <fmt/format.h>

namespace noderig::rpc {
namespace {

constexpr std::string_view kRoot = "/rest/";
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kText = "text/plain";
constexpr std::string_view kBytes = "application/octet-stream";

std::string target_of(std::string_view path, std::string_view format, std::string_view query) {
  return fmt::format("{}{}.{}{}{}", kRoot, path, format, query.empty() ? "" : "?", query);
}

std::string without_line_end(std::string text) {
  text.erase(text.find_last_not_of("\r\n") + 1);
  return text;
}

}  // namespace

RestError::RestError(const std::string& node, const std::string& target, int status,
                     std::string message)
    : std::runtime_error(fmt::format("{}: {}: HTTP {}: {}", node, target, status, message)),
      status_(status),
      message_(std::move(message)) {}

std::string Rest::fetch(const std::string& target, const std::string* body,
                        std::string_view content_type) const {
  HttpReply reply = body ? client_.http_post(target, *body) : client_.http_get(target);
  if (reply.status != 200) {
    throw RestError(client_.node(), target, reply.status, without_line_end(std::move(reply.body)));
  }
  if (reply.content_type != content_type) {
    throw TransportError(TransportError::Kind::BadReply, client_.node(), target,
                         fmt::format("the content is of type \"{}\" where \"{}\" was asked",
                                     reply.content_type, content_type));
  }
  return std::move(reply.body);
}

Json Rest::json(std::string_view path, std::string_view query) const {
  return Json::parse(fetch(target_of(path, "json", query), nullptr, kJson));
}

std::string Rest::hex(std::string_view path, std::string_view query) const {
  return without_line_end(fetch(target_of(path, "hex", query), nullptr, kText));
}

std::string Rest::bin(std::string_view path, std::string_view query) const {
  return fetch(target_of(path, "bin", query), nullptr, kBytes);
}

Json Rest::post_json(std::string_view path, std::string_view body) const {
  const std::string content(body);
  return Json::parse(fetch(target_of(path, "json", {}), &content, kJson));
}

std::string Rest::post_hex(std::string_view path, std::string_view body) const {
  const std::string content(body);
  return without_line_end(fetch(target_of(path, "hex", {}), &content, kText));
}

std::string Rest::post_bin(std::string_view path, std::string_view body) const {
  const std::string content(body);
  return fetch(target_of(path, "bin", {}), &content, kBytes);
}

HttpReply Rest::get(std::string_view target) const {
  return client_.http_get(std::string(kRoot).append(target));
}

}  // namespace noderig::rpc
