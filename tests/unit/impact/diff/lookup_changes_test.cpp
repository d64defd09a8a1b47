// LC: what a virtual call finds on a class.
#include "edited_project.h"

#include <gmock/gmock.h>

namespace noderig::impact {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr const char* kPriceClasses =
    "struct Price { virtual ~Price() {} virtual int charge(int days) const { return days; } };\n"
    "struct Regular : Price {};\n"
    "int use() { Regular r; const Price& p = r; return p.charge(1); }\n";

TEST(LookupChanges, AnAddedOverride) {
  const EditedProject project{{"a.cpp", kPriceClasses}};
  project.edit("a.cpp", "Regular : Price {}",
               "Regular : Price { int charge(int days) const override { return 2 * days; } }");
  EXPECT_THAT(project.changes(), UnorderedElementsAre("AM Regular::charge(int) const",
                                                      "LC Regular Price::charge(int) const"));
  const Diff diff = project.diff();
  const Change* change = diff.find("LC Regular Price::charge(int) const");
  ASSERT_NE(change, nullptr);
  EXPECT_EQ(change->receiver, "Regular");
  EXPECT_EQ(change->old_target, "Price::charge(int) const");
  EXPECT_EQ(change->new_target, "Regular::charge(int) const");
  EXPECT_THAT(change->depends_on, ElementsAre("AM Regular::charge(int) const"));
  EXPECT_THAT(change->old_symbols, ElementsAre(symbol_id("_ZNK5Price6chargeEi")));
  EXPECT_THAT(change->receiver_vtables, ElementsAre(symbol_id("_ZTV7Regular")));
}

constexpr const char* kOverridden =
    "struct Price { virtual ~Price() {} virtual int charge(int days) const { return days; } };\n"
    "struct Regular : Price { int charge(int days) const { return 2 * days; } };\n"
    "int use() { Regular r; const Price& p = r; return p.charge(1); }\n";

TEST(LookupChanges, AnOverrideSilentlyLost) {
  const EditedProject project{{"a.cpp", kOverridden}};
  project.edit("a.cpp", "Regular : Price { int charge(int days)",
               "Regular : Price { int charge(long days)");
  EXPECT_THAT(project.changes(), UnorderedElementsAre("AM Regular::charge(long) const",
                                                      "DM Regular::charge(int) const",
                                                      "LC Regular Price::charge(int) const"));
  const Diff diff = project.diff();
  EXPECT_THAT(diff.find("LC Regular Price::charge(int) const")->depends_on,
              ElementsAre("DM Regular::charge(int) const"));
}

TEST(LookupChanges, AClassThatIsGoneHasItsOwnNoMore) {
  const EditedProject project{{"a.cpp", kOverridden}};
  project.write("a.cpp",
                "struct Price { virtual ~Price() {} virtual int charge(int days) const { return "
                "days; } };\nint use() { Price p; return p.charge(1); }\n");
  const Diff diff = project.diff();
  const Change* change = diff.find("LC Regular Price::charge(int) const");
  ASSERT_NE(change, nullptr);
  EXPECT_FALSE(change->new_target);
  EXPECT_THAT(change->depends_on, ElementsAre("DM Regular::charge(int) const", "DC Regular"));
}

TEST(LookupChanges, APureMethodThatGetsABody) {
  const EditedProject project{
      {"a.cpp",
       "struct Base { virtual int f() = 0; protected: Base() {} };\nint Base::f() { return 1; }\n"
       "struct Leaf : Base { int f() override { return 2; } };\nLeaf leaf;\n"}};
  project.edit("a.cpp", "f() = 0;", "f();");
  const Diff diff = project.diff();
  ASSERT_NE(diff.find("LC Base Base::f()"), nullptr);
  EXPECT_THAT(diff.find("LC Base Base::f()")->old_symbols, IsEmpty());
}

TEST(LookupChanges, ANewClassHasThoseThatItMakesItself) {
  const EditedProject project{
      {"a.cpp",
       "struct Base { virtual int f() { return 1; } virtual int g() { return 1; } };\nBase b;\n"}};
  project.edit("a.cpp", "Base b;", "struct Leaf : Base { int f() { return 2; } };\nLeaf b;");
  const Diff diff = project.diff();
  ASSERT_NE(diff.find("LC Leaf Base::f()"), nullptr);
  EXPECT_THAT(diff.find("LC Leaf Base::f()")->depends_on, ElementsAre("AM Leaf::f()", "AC Leaf"));
  EXPECT_EQ(diff.find("LC Leaf Base::g()"), nullptr);
}

TEST(LookupChanges, WithVirtualBasesAreMetInDerivedClassesToo) {
  const EditedProject project{{"a.cpp",
                               "struct Root { virtual int f() { return 1; } };\nstruct Side { "
                               "virtual int s() { return 1; } "
                               "};\nstruct Base : virtual Root {};\nstruct Leaf : Base {};\nstruct "
                               "Other : virtual Side {};\n"
                               "Leaf leaf;\nOther other;\n"}};
  project.edit("a.cpp", "virtual Root {}", "virtual Root { int f() override { return 2; } }");
  const Diff diff = project.diff();
  const Change* change = diff.find("LC Base Root::f()");
  ASSERT_NE(change, nullptr);
  EXPECT_THAT(change->receiver_vtables, Contains(symbol_id("_ZTV4Base")));
  EXPECT_THAT(change->receiver_vtables, Contains(symbol_id("_ZTT4Leaf")));
  EXPECT_THAT(change->receiver_vtables, Not(Contains(symbol_id("_ZTT5Other"))));
}

TEST(LookupChanges, ConstOnAnOverride) {
  const EditedProject project{{"a.cpp", kOverridden}};
  project.edit("a.cpp", "Regular : Price { int charge(int days) const",
               "Regular : Price { int charge(int days)");
  EXPECT_THAT(project.changes(),
              UnorderedElementsAre("AM Regular::charge(int)", "DM Regular::charge(int) const",
                                   "LC Regular Price::charge(int) const"));
}

TEST(LookupChanges, ABaseAdded) {
  const EditedProject project{
      {"a.cpp",
       "struct Base { virtual int f() { return 1; } };\nstruct Middle : Base { int f() { "
       "return 2; } };\nstruct Leaf : Base {};\nint use() { Leaf l; Base& b = l; return "
       "b.f(); }\n"}};
  project.edit("a.cpp", "Leaf : Base", "Leaf : Middle");
  const Diff diff = project.diff();
  const Change* change = diff.find("LC Leaf Base::f()");
  ASSERT_NE(change, nullptr);
  EXPECT_EQ(change->new_target, "Middle::f()");
  // What dynamic_cast sees is another type, whatever it calls.
  EXPECT_NE(diff.find("LC Leaf"), nullptr);
}

TEST(LookupChanges, AllClassesBelowFollow) {
  const EditedProject project{{"a.cpp", kPriceClasses}};
  project.write("a.cpp", std::string(kPriceClasses) + "struct Special : Regular {};\nSpecial s;\n");
  project.commit();
  project.edit("a.cpp", "Regular : Price {}",
               "Regular : Price { int charge(int) const { return 0; } }");
  EXPECT_THAT(project.changes(), UnorderedElementsAre("AM Regular::charge(int) const",
                                                      "LC Regular Price::charge(int) const",
                                                      "LC Special Price::charge(int) const"));
}

TEST(LookupChanges, AClassThatClientsCannotMakeIsToldApart) {
  const EditedProject project{
      {"a.cpp",
       "struct Figure { virtual ~Figure() {} virtual int area() const = 0; };\n"
       "class Quad : public Figure { protected: Quad() {} };\n"
       "struct Rect : Quad { int area() const { return 1; } };\nRect r;\n"}};
  project.edit("a.cpp", "struct Rect : Quad { int area() const { return 1; } }",
               "struct Rect : Quad {}");
  project.edit("a.cpp", "protected: Quad() {}",
               "public: int area() const override { return 1; } protected: Quad() {}");
  const Diff diff = project.diff();
  ASSERT_NE(diff.find("LC Rect Figure::area() const"), nullptr);
  EXPECT_TRUE(diff.find("LC Rect Figure::area() const")->constructible);
  const Change* abstract = diff.find("LC Quad Figure::area() const");
  ASSERT_NE(abstract, nullptr);
  EXPECT_FALSE(abstract->constructible);
  EXPECT_THAT(abstract->old_symbols, IsEmpty());  // it was pure
}

TEST(LookupChanges, InstancesOfTemplatesHaveTheirOwn) {
  const EditedProject project{
      {"a.cpp",
       "struct Base { virtual int f() { return 1; } };\ntemplate <class T> struct Box : Base "
       "{};\nint use() { Box<int> b; Base& r = b; return r.f(); }\n"}};
  project.edit("a.cpp", "Box : Base {}", "Box : Base { int f() override { return 2; } }");
  EXPECT_THAT(project.changes(), UnorderedElementsAre("AM Box::f()", "LC Box<int> Base::f()"));
}

}  // namespace
}  // namespace noderig::impact
