#include <fmt/format.h>
#include <noderig/framework/prove/tamper.h>
#include <algorithm>
#include <stdexcept>

namespace noderig::prove {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kHashDigits = 64;

constexpr std::pair<Change, std::string_view> kChanges[] = {
    {Change::Alter, "changed"},
    {Change::Shorten, "shortened"},
    {Change::Remove, "removed"},
    {Change::Fail, "error instead of result"},
    {Change::Succeed, "result instead of error"},
    {Change::ErrorCode, "error code changed"},
    {Change::ErrorText, "error text changed"},
    {Change::Lose, "lost"},
    {Change::Repeat, "repeated"},
    {Change::AlterBit, "altered"},
};

Change change_named(std::string_view text) {
  for (const auto& [change, name] : kChanges) {
    if (name == text) return change;
  }
  throw std::invalid_argument("no change is named " + std::string(text));
}

bool any_of_its_kind(std::string_view segment) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto hex = [&](char c) { return digit(c) || (c >= 'a' && c <= 'f'); };
  return std::ranges::all_of(segment, digit) ||
         (segment.size() == kHashDigits && std::ranges::all_of(segment, hex));
}

}  // namespace

std::string_view to_string(Change change) {
  for (const auto& [value, name] : kChanges) {
    if (value == change) return name;
  }
  return "";
}

bool of_message(Change change) {
  return change == Change::Lose || change == Change::Repeat || change == Change::AlterBit;
}

std::string pattern_of(std::string_view path) {
  std::string pattern;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::string_view segment = path.substr(0, path.find('/'));
    pattern += "/";
    pattern += any_of_its_kind(segment) ? "*" : segment;
    path.remove_prefix(segment.size());
  }
  return pattern;
}

std::string Point::pattern() const {
  return of_message(change) ? std::string() : pattern_of(path);
}

std::string Point::what() const {
  const std::string place = pattern();
  return fmt::format("{}{}{} {}", name, place.empty() ? "" : " ", place, to_string(change));
}

std::string Point::where() const {
  return fmt::format("{}: {}, {} {}", step.empty() ? "its beginning" : step, source,
                     of_message(change) ? "message" : "call", nth);
}

static void to_json(Json& json, const Point& point) {
  json = {{"step", point.step}, {"source", point.source}, {"name", point.name},
          {"nth", point.nth},   {"path", point.path},     {"change", to_string(point.change)}};
}

static void from_json(const Json& json, Point& point) {
  json.at("step").get_to(point.step);
  json.at("source").get_to(point.source);
  json.at("name").get_to(point.name);
  json.at("nth").get_to(point.nth);
  json.at("path").get_to(point.path);
  point.change = change_named(json.at("change").get<std::string>());
}

static void to_json(Json& json, const Member& member) {
  json = {member.method, member.pattern};
}

static void from_json(const Json& json, Member& member) {
  json.at(0).get_to(member.method);
  json.at(1).get_to(member.pattern);
}

void to_json(Json& json, const Order& order) {
  json = {{"mode", static_cast<int>(order.mode)},
          {"seed", order.seed},
          {"members", order.members},
          {"point", order.point}};
}

void from_json(const Json& json, Order& order) {
  order.mode = static_cast<Order::Mode>(json.at("mode").get<int>());
  json.at("seed").get_to(order.seed);
  json.at("members").get_to(order.members);
  json.at("point").get_to(order.point);
}

void to_json(Json& json, const Report& report) {
  json = {{"points", report.points}, {"done", report.done}};
}

void from_json(const Json& json, Report& report) {
  json.at("points").get_to(report.points);
  json.at("done").get_to(report.done);
}

}  // namespace noderig::prove
