// What is checked once an edit is made, whichever refactoring made it.
#include "refactor_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace noderig::impact {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Plan, FindsVirtualCallsThatLeadElsewhereThanForeseen) {
  const std::map<std::string, std::string> files{
      {"a.cpp",
       "struct Base { virtual int get() { return 1; } };\n"
       "struct Leaf : Base { int get() override { return 2; } };\n"}};
  Sources sources(files);
  const CodeView& code = sources.read({"get"});
  Plan plan;
  plan.overriders["Leaf"]["Base::get()"] = "Leaf::get()";
  EXPECT_THAT(codes(verify(plan, code, code)), IsEmpty());
  plan.overriders["Leaf"]["Base::get()"] = "Base::get()";
  const std::vector<Refusal> other = verify(plan, code, code);
  EXPECT_THAT(codes(other), ElementsAre("overriders-differ"));
  EXPECT_EQ(other.front().line, 2u);
  plan.overriders["Leaf"] = {{"Base::get()", "Leaf::get()"}, {"Base::size()", "Base::size()"}};
  EXPECT_THAT(codes(verify(plan, code, code)), ElementsAre("overriders-differ"));
  plan.overriders["Leaf"].clear();
  EXPECT_THAT(codes(verify(plan, code, code)), ElementsAre("overriders-differ"));
}

TEST(Plan, EditsOfOneFileAreMadeTogether) {
  const std::map<std::string, std::string> texts{{"a", "one two three"}, {"b", "four"}};
  const std::map<std::string, std::string> edited =
      edited_texts(texts, {{"a", 8, 13, "3"}, {"a", 0, 3, "1"}, {"a", 2, 4, ""}});
  EXPECT_EQ(edited.at("a"), "1two 3");
  EXPECT_EQ(edited.size(), 1u);
}

}  // namespace
}  // namespace noderig::impact
