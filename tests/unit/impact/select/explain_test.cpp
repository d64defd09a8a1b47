#include "facts.h"

#include <impact/select/explain.h>

#include <gmock/gmock.h>
#include <noderig/framework/errors.h>

namespace noderig::impact {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::ThrowsMessage;

// f() is executed by one of two tests, g() by none; g() needs f().
class Explain : public testing::Test {
 protected:
  Explain() {
    ProgramBuilder program;
    for (SymbolId id = 1; id < 20; ++id) program.function(id);
    selected_.before = program.references();
    selected_.after = program.references();
    selected_.recording = RecordingBuilder()
                              .test("A.one", {1, 11, 12, 13, 14, 15, 16})
                              .test("A.two", {3})
                              .recording();
    for (const RecordedTest& test : selected_.recording->tests) selected_.tests.push_back(test.id);
    changes_ = {changed("ns::f()", {1}), changed("ns::g()", {2}),
                changed("many()", {11, 12, 13, 14, 15, 16})};
    changes_[1].depends_on = {changes_[0].id};
    SelectionInput input;
    input.diff.changes = changes_;
    input.recording = selected_.recording;
    input.before = &*selected_.before;
    input.after = &*selected_.after;
    input.tests = selected_.tests;
    selected_.selection = select(input);
  }

  std::vector<Change> changes_{};
  Selected selected_{};
};

TEST_F(Explain, TellsWhatAChangeAffectsAndBy) {
  const ChangeExplanation explanation = explain_change(selected_, "CM ns::f()");
  ASSERT_THAT(explanation.causes, SizeIs(1));
  EXPECT_EQ(explanation.causes[0].test, "gtest:unit/A.one");
  EXPECT_THAT(explanation.causes[0].via, ElementsAre("s1"));
  EXPECT_THAT(explanation.followed_by, ElementsAre("CM ns::g()"));
  EXPECT_EQ(explanation.untested, nullptr);
}

TEST_F(Explain, TellsWhatNoTestReaches) {
  const ChangeExplanation explanation = explain_change(selected_, "g()");
  EXPECT_THAT(explanation.causes, IsEmpty());
  ASSERT_NE(explanation.untested, nullptr);
  EXPECT_THAT(text_of(explanation),
              AllOf(HasSubstr("needs CM ns::f()"), HasSubstr("no test reaches it (predicted)")));
}

TEST_F(Explain, NamesAFewOfManyWays) {
  EXPECT_THAT(explain_change(selected_, "many").causes.at(0).via, SizeIs(5));
}

TEST_F(Explain, TellsWhyATestIsSelectedOrNot) {
  const TestExplanation one = explain_test(selected_, "gtest:unit/A.one");
  ASSERT_NE(one.selected, nullptr);
  EXPECT_THAT(one.causes, SizeIs(2));
  EXPECT_THAT(text_of(one, selected_), HasSubstr("by s1"));
  const TestExplanation two = explain_test(selected_, "gtest:unit/A.two");
  EXPECT_EQ(two.selected, nullptr);
  EXPECT_THAT(text_of(two, selected_), HasSubstr("not affected"));
}

TEST_F(Explain, ListsCandidates) {
  EXPECT_THAT([&] { explain_change(selected_, "ns::"); },
              ThrowsMessage<UsageError>(AllOf(HasSubstr("one of 2 changes"),
                                              HasSubstr("CM ns::f()"), HasSubstr("CM ns::g()"))));
  EXPECT_THAT([&] { explain_change(selected_, "CM ns::h()"); },
              ThrowsMessage<UsageError>(HasSubstr("there is no such change, did you mean")));
  EXPECT_THAT([&] { explain_test(selected_, "gtest:unit/A.onee"); },
              ThrowsMessage<UsageError>(HasSubstr("did you mean \"gtest:unit/A.one\"")));
}

}  // namespace
}  // namespace noderig::impact
