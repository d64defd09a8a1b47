#include "sample_programs.h"

#include <fmt/format.h>

namespace noderig::impact {
namespace {

// The program that runs one test by its name.
std::string runner(const std::vector<std::string>& tests) {
  std::string text = "extern \"C\" int strcmp(const char*, const char*);\n";
  for (const std::string& test : tests) text += fmt::format("int {}();\n", test);
  text += "int main(int count, char** words) {\n  if (count != 2) return 3;\n";
  for (const std::string& test : tests) {
    text += fmt::format("  if (strcmp(words[1], \"{0}\") == 0) return {0}();\n", test);
  }
  return text + "  return 3;\n}\n";
}

SampleProgram shapes() {
  return {"shapes",
          {{"include/shapes.h", R"(#pragma once
#define UNIT 2
enum Kind { kFlat = 1, kRound = 4, kSolid = 9 };
constexpr int kScale = 3;
struct Shape {
  virtual ~Shape() {}
  virtual int area() const = 0;
  virtual int corners() const { return 4; }
  virtual Kind kind() const { return kFlat; }
  int price(int each = 5) const { return area() * each; }
};
struct Quad : Shape {
  Quad(int a, int b) : width(a), height(b) {}
  int area() const override { return width * height; }
  int width;
  int height;
  int margin = 1;
};
struct Square : Quad {
  explicit Square(int a) : Quad(a, a) {}
  int corners() const override { return 4 + margin; }
};
struct Circle : Shape {
  explicit Circle(int r) : radius(r) {}
  int area() const override { return 3 * radius * radius; }
  int corners() const override { return 0; }
  Kind kind() const override { return kRound; }
  int radius;
};
struct Ball : Circle {
  explicit Ball(int r) : Circle(r) {}
  Kind kind() const override { return kSolid; }
};
int total(const Shape* const* shapes, int count);
int scaled(const Shape& shape, int by = kScale);
)"},
           {"shapes.cpp", R"(#include <shapes.h>
static int rounding = 1;
int total(const Shape* const* shapes, int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) {
    if (shapes[i]->corners() > 0 || shapes[i]->kind() == kSolid) sum += shapes[i]->area();
  }
  return sum + rounding;
}
int scaled(const Shape& shape, int by) { return shape.area() * by * UNIT; }
)"},
           {"tests.cpp", R"(#include <shapes.h>
int quad_area() { return Quad(2, 3).area() == 6 ? 0 : 1; }
int quad_price() { return Quad(2, 3).price() == 30 ? 0 : 1; }
int square_corners() { Square s(2); const Shape& shape = s; return shape.corners() == 5 ? 0 : 1; }
int circle_kind() { Circle c(1); const Shape& shape = c; return shape.kind() == kRound ? 0 : 1; }
int ball_area() { Ball b(2); const Shape& shape = b; return shape.area() == 12 ? 0 : 1; }
int totals() {
  Square s(2); Circle c(1); Ball b(1);
  const Shape* shapes[] = {&s, &c, &b};
  return total(shapes, 3) == 8 ? 0 : 1;
}
int scaling() { return scaled(Square(2)) == 24 ? 0 : 1; }
)"}},
          {"quad_area", "quad_price", "square_corners", "circle_kind", "ball_area", "totals",
           "scaling"},
          {{"include/shapes.h", "  int corners() const override { return 4 + margin; }\n", ""},
           {"include/shapes.h", "int corners() const override { return 4 + margin; }",
            "int corners() { return 4 + margin; }"},
           {"include/shapes.h", "struct Ball : Circle {\n  explicit Ball(int r) : Circle(r) {}",
            "struct Ball : Square {\n  explicit Ball(int r) : Square(r) {}"},
           {"include/shapes.h", "  Kind kind() const override { return kSolid; }\n", ""},
           {"include/shapes.h", "explicit Ball(int r) : Circle(r) {}",
            "explicit Ball(int r) : Circle(r) {}\n  int area() const override { return 1; }"},
           {"include/shapes.h", "explicit Square(int a) : Quad(a, a) {}",
            "explicit Square(int a) : Quad(a, a) {}\n  int area() const override { return 1; }"},
           {"include/shapes.h", "  int margin = 1;", "  int padding = 7;\n  int margin = 1;"},
           {"include/shapes.h", "int radius;", "long radius;"},
           {"include/shapes.h", "virtual int corners() const", "int corners() const"},
           {"include/shapes.h", "int scaled(const Shape& shape, int by = kScale);",
            "int scaled(const Shape& shape, int by = kScale);\ninline int scaled(const Square&) { "
            "return 1; }"},
           {"include/shapes.h", "virtual int area() const = 0;",
            "virtual int area() const { return 7; }"},
           {"shapes.cpp", "static int rounding = 1;", "static int rounding = kScale;"}}};
}

SampleProgram bank() {
  return {
      "bank",
      {{"include/bank.h", R"(#pragma once
template <class T> T larger(T a, T b) { return a < b ? b : a; }
template <class T> struct Stack {
  void push(T value) { values[count++] = value; }
  T pop() { return values[--count]; }
  int size() const { return count; }
  T values[8] = {};
  int count = 0;
};
struct Rate { int percent = 5; int base = 100; };
struct Fees { Rate rate; int fixed = 2; };
class Account {
 public:
  explicit Account(int start = 10) : balance_(start) {}
  Account& operator+=(int amount) { balance_ += amount; return *this; }
  bool operator<(const Account& other) const { return balance_ < other.balance_; }
  int balance() const { return balance_; }
  static int opened;
 private:
  int balance_;
};
inline int describe(double) { return 1; }
inline int describe(long) { return 2; }
int fee(int amount, const Fees& fees = Fees());
int interest(const Account& account);
int limit();
int next_number();
)"},
       {"bank.cpp", R"(#include <bank.h>
int Account::opened = 3;
static int make(int x) { return x * 2; }
static int limit_ = make(21);
namespace { int step = 4; }
int fee(int amount, const Fees& fees) {
  return amount * fees.rate.percent / fees.rate.base + fees.fixed;
}
int interest(const Account& account) {
  auto rate = [](int x) { return x / 5; };
  return rate(account.balance());
}
int limit() { return limit_; }
int next_number() { static int number = 40; number += step; return number; }
)"},
       {"tests.cpp", R"(#include <bank.h>
int fees() { return fee(200) == 12 ? 0 : 1; }
int rates() { Rate r; return r.percent + r.base == 105 ? 0 : 1; }
int adding() { Account a; a += 5; return a.balance() == 15 ? 0 : 1; }
int comparing() { return Account(1) < Account(2) ? 0 : 1; }
int large() { return larger(3, 4) == 4 && larger(2.0, 1.0) == 2.0 ? 0 : 1; }
int stacking() { Stack<int> s; s.push(3); s.push(4); return s.pop() == 4 && s.size() == 1 ? 0 : 1; }
int letters() { Stack<char> s; s.push('a'); return s.pop() == 'a' ? 0 : 1; }
int paying() { return interest(Account(50)) == 10 ? 0 : 1; }
int limits() { return limit() == 42 ? 0 : 1; }
int numbers() { return next_number() == 44 && next_number() == 48 ? 0 : 1; }
int opening() { return Account::opened == 3 ? 0 : 1; }
int describing() { return describe(1L) == 2 && describe(1.5f) == 1 ? 0 : 1; }
)"}},
      {"fees", "rates", "adding", "comparing", "large", "stacking", "letters", "paying", "limits",
       "numbers", "opening", "describing"},
      {{"include/bank.h", "inline int describe(long) { return 2; }",
        "inline int describe(long) { return 2; }\ninline int describe(float) { return 3; }"},
       {"include/bank.h", "template <class T> struct Stack {",
        "template <> inline int larger(int, int) { return 9; }\ntemplate <class T> struct Stack {"},
       {"include/bank.h", "int percent = 5;", "Rate() : percent(6) {}\n  int percent = 5;"},
       {"include/bank.h", "struct Fees { Rate rate;", "struct Fees { Fees() {} Rate rate;"},
       {"include/bank.h", "int percent = 5; int base = 100;", "int base = 100; int percent = 5;"},
       {"include/bank.h", "T values[8] = {};", "T values[1] = {};\n  T more[7] = {};"},
       {"include/bank.h", "explicit Account(int start = 10)",
        "Account() : balance_(11) {}\n  explicit Account(int start)"},
       {"include/bank.h", "int balance() const { return balance_; }",
        "int balance() const { return balance_; }\n  int balance() { return 1; }"},
       {"bank.cpp", "static int limit_ = make(21);",
        "static int unlucky = make(1);\nstatic int limit_ = make(21) + unlucky;"},
       {"bank.cpp", "static int limit_ = make(21);", "static int limit_ = 42;"},
       {"bank.cpp", "static int limit_ = make(21);",
        "static int limit_ = make(21);\n__attribute__((constructor)) static void early() { "
        "Account::opened = 8; }"},
       {"bank.cpp", "x / 5", "x / 5 + (x > 1)"}}};
}

SampleProgram graph() {
  return {
      "graph",
      {{"include/graph.h", R"(#pragma once
struct Visitor {
  virtual void enter(int node) { (void)node; }
  virtual void leave(int node) { sum -= node; }
  virtual ~Visitor() {}
  int sum = 0;
};
struct Named { virtual int name() const { return 1; } virtual ~Named() {} };
struct Tagged : virtual Named { int name() const override { return 2; } };
struct Coloured : virtual Named { int colour = 6; };
struct Both : Tagged, Coloured {};
struct Sum : Visitor {
  void enter(int node) override { sum += node * weight; }
  int weight = 2;
};
struct Count final : Visitor {
  void enter(int) override { ++count; }
  void leave(int) override {}
  int count = 0;
};
struct Guard {
  explicit Guard(int& target) : target_(target) { target_ += 1; }
  ~Guard() { target_ *= 3; }
  int& target_;
};
struct Failure { int code = 5; };
struct Special : Failure { Special() { code = 6; } };
using Edge = int;
typedef int (*Handler)(int);
void walk(Visitor& visitor, const Edge* edges, int from);
int guarded(int x);
int caught(int what);
int handled(int which, int value);
int made_by_base();
)"},
       {"graph.cpp", R"(#include <graph.h>
void walk(Visitor& visitor, const Edge* edges, int from) {
  visitor.enter(from);
  if (edges[from] > from) walk(visitor, edges, edges[from]);
  visitor.leave(from);
}
int guarded(int x) {
  int result = x;
  { Guard guard(result); }
  return result;
}
static void fail(int what) {
  if (what == 1) throw Failure();
  if (what == 2) throw Special();
}
int caught(int what) {
  try { fail(what); } catch (const Special& s) { return s.code * 10; } catch (const Failure& f) { return f.code; }
  return 0;
}
static int twice(int x) { return x * 2; }
static int next(int x) { return x + 1; }
static const Handler handlers[] = {twice, next};
int handled(int which, int value) { return handlers[which](value); }
namespace {
struct Base { Base() { told = tell(); } virtual int tell() { return 1; } virtual ~Base() {} int told; };
struct Derived : Base { int tell() override { return 2; } };
}
int made_by_base() { Derived d; Base& b = d; return d.told * 10 + b.tell(); }
)"},
       {"tests.cpp", R"(#include <graph.h>
static const Edge edges[] = {2, 0, 3, 0};
int summing() { Sum s; walk(s, edges, 0); return s.sum == 5 ? 0 : 1; }
int counting() { Count c; walk(c, edges, 0); return c.count == 3 && c.sum == 0 ? 0 : 1; }
int plain() { Visitor v; walk(v, edges, 2); return v.sum == -5 ? 0 : 1; }
int names() { Both b; const Named& n = b; return n.name() == 2 ? 0 : 1; }
int colours() { Coloured c; const Named& n = c; return n.name() + c.colour == 7 ? 0 : 1; }
int guards() { return guarded(1) == 6 ? 0 : 1; }
int failures() { return caught(1) == 5 ? 0 : 1; }
int specials() { return caught(2) == 60 ? 0 : 1; }
int fine() { return caught(0) == 0 ? 0 : 1; }
int handlers_one() { return handled(0, 4) == 8 ? 0 : 1; }
int handlers_two() { return handled(1, 4) == 5 ? 0 : 1; }
int construction() { return made_by_base() == 12 ? 0 : 1; }
)"}},
      {"summing", "counting", "plain", "names", "colours", "guards", "failures", "specials", "fine",
       "handlers_one", "handlers_two", "construction"},
      {{"include/graph.h", "void leave(int) override {}", ""},
       {"include/graph.h", "struct Coloured : virtual Named { int colour = 6; };",
        "struct Coloured : virtual Named { int colour = 6; int name() const { return 3; } };"},
       {"include/graph.h", "struct Both : Tagged, Coloured {};",
        "struct Both : Tagged, Coloured { int name() const override { return 4; } };"},
       {"include/graph.h", "int name() const override { return 2; }", ""},
       {"include/graph.h", "int name() const override { return 2; }", "int name() { return 2; }"},
       {"include/graph.h", "struct Sum : Visitor {",
        "struct Sum : Visitor {\n  void leave(int node) override { sum -= 2 * node; }"},
       {"include/graph.h", "void enter(int node) override { sum += node * weight; }",
        "void enter(long node) { sum += node * weight; }"},
       {"include/graph.h", "struct Special : Failure {", "struct Special {\n  int code;"},
       {"include/graph.h", "~Guard() { target_ *= 3; }", ""},
       {"include/graph.h", "int weight = 2;", "Sum() {}\n  int weight = 2;"},
       {"graph.cpp", "{twice, next}", "{next, twice}"},
       {"graph.cpp", "int tell() override { return 2; }", ""},
       {"graph.cpp", "virtual int tell()", "int tell()"},
       {"graph.cpp", "struct Derived : Base {",
        "struct Middle : Base { int tell() override { return 5; } };\nstruct Derived : Middle {"},
       {"graph.cpp", "static int next(int x)", "static int next(int x, int = 0)"}}};
}

}  // namespace

std::vector<SampleProgram> sample_programs() {
  std::vector<SampleProgram> programs{shapes(), bank(), graph()};
  for (SampleProgram& program : programs) program.files["main.cpp"] = runner(program.tests);
  return programs;
}

}  // namespace noderig::impact
