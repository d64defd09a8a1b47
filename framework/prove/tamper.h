// What `noderig prove` changes, and where: value types that travel between the prover and a worker.
// Any thread.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace noderig::prove {

enum class Change {
  // In what an RPC call came to
  Alter,      // a number off by one, a flipped boolean, text with one character changed
  Shorten,    // an array without its last element
  Remove,     // a member that is not there; null for a result as a whole
  Fail,       // an error instead of the result
  Succeed,    // a result, null, instead of the error
  ErrorCode,  // another code in the error
  ErrorText,  // one character changed in its message
  // To a message that a peer receives
  Lose,
  Repeat,
  AlterBit,  // one bit, such that the payload still decodes
};

// "changed", "shortened", "lost" ...
std::string_view to_string(Change change);
// Whether it happens to a message, not to a reply.
bool of_message(Change change);

// One thing that the rig receives, found again in every run with the same seed and sub-tests.
struct Point {
  std::string step;    // the step or sub-test in which it is read
  std::string source;  // the node that answers, or the peer that receives
  std::string name;    // method or command
  int nth = 1;         // a reply: among those in that step; a message: among all that the peer gets
  std::string path{};  // the place in a reply, a JSON pointer; of AlterBit the number of a draw
  Change change = Change::Alter;

  // The path with * for every position in an array and every hash: equal for all elements.
  std::string pattern() const;
  // "getchaintips /*/branchlen changed"
  std::string what() const;
  // "follows_each_choice: node1, call 3"
  std::string where() const;
};

std::string pattern_of(std::string_view path);

// A member of the replies to a method, all calls and elements alike.
struct Member {
  std::string method;
  std::string pattern;

  friend auto operator<=>(const Member&, const Member&) = default;
};

// What a worker is to do while it runs the scenario.
struct Order {
  enum class Mode {
    Record,    // change nothing, report the points there are
    Withhold,  // remove these members from every reply
    Tamper,    // change one point
  };
  Mode mode = Mode::Record;
  std::uint64_t seed = 0;
  std::vector<Member> members{};
  Point point{};
};

// What came of it.
struct Report {
  std::vector<Point> points{};  // one of each kind, chosen by seed among those alike
  std::string done{};           // "4 -> 5"; empty when the point was not reached
};

void to_json(nlohmann::json& json, const Order& order);
void from_json(const nlohmann::json& json, Order& order);
void to_json(nlohmann::json& json, const Report& report);
void from_json(const nlohmann::json& json, Report& report);

}  // namespace noderig::prove
