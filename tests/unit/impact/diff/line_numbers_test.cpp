// A line number counts, except where it only names a place in a message.
#include "edited_project.h"

#include <gmock/gmock.h>

namespace noderig::impact {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(LineNumbers, OfDiagnosticsAreNotCompared) {
  const EditedProject project{{"a.cpp", R"(
namespace testing { struct ScopedTrace { ScopedTrace(const char* file, int line); }; }
namespace boost::test_tools { void report(int line); }
template <class Mutex> struct UniqueLock { UniqueLock(Mutex& mutex, int line); };
void assertion_fail(int line);
#define FAIL_AT(line) assertion_fail(line)
#define FAIL FAIL_AT(__LINE__)
// below
void constructed() { testing::ScopedTrace trace("a.cpp", __LINE__); }
void in_a_template(int& mutex) { UniqueLock<int> lock(mutex, __LINE__); }
void in_a_namespace() { boost::test_tools::report(__LINE__); }
void by_a_macro() { FAIL; }
void through_a_macro() { FAIL_AT(__LINE__); }
void cast() { assertion_fail((int)(__LINE__)); }
)"}};
  project.edit("a.cpp", "// below", "\n\n\n");
  EXPECT_THAT(project.changes(), IsEmpty());
}

TEST(LineNumbers, OfWhatOnlyHasALikeNameAreCompared) {
  const EditedProject project{{"a.cpp", R"(
namespace testing { struct ScopedTraces { ScopedTraces(int line); }; }
namespace boost { void test_tools(int line); }
namespace other { void assertion_fail(int line); }
void assertion_fails(int line);
void note(int line);
// below
void constructed() { testing::ScopedTraces trace(__LINE__); }
void as_a_namespace() { boost::test_tools(__LINE__); }
void in_another() { other::assertion_fail(__LINE__); }
void longer() { assertion_fails(__LINE__); }
void unknown() { note(__LINE__); }
)"}};
  project.edit("a.cpp", "// below", "\n\n\n");
  EXPECT_THAT(project.changes(),
              UnorderedElementsAre("CM constructed()", "CM as_a_namespace()", "CM in_another()",
                                   "CM longer()", "CM unknown()"));
}

TEST(LineNumbers, AreToldFromOtherNumbersThatDiagnosticsGet) {
  const EditedProject project{{"a.cpp", R"(
void assertion_fail(int number);
#define LIMIT 1
#define SAME(number) number
#define JOINED(a, b) a##b
void written() { assertion_fail(3); }
void by_a_macro() { assertion_fail(LIMIT); }
void through_a_macro() { assertion_fail(SAME(5)); }
void joined() { assertion_fail(JOINED(6, 7)); }
void computed() { assertion_fail(__LINE__ + 1); }
)"}};
  project.edit("a.cpp", "(3)", "(4)");
  EXPECT_THAT(project.changes(), ElementsAre("CM written()"));
  project.edit("a.cpp", "LIMIT 1", "LIMIT 2");
  project.edit("a.cpp", "SAME(5)", "SAME(6)");
  project.edit("a.cpp", "JOINED(6, 7)", "JOINED(6, 8)");
  project.edit("a.cpp", "__LINE__ + 1", "__LINE__ + 2");
  EXPECT_THAT(project.changes(),
              ElementsAre("CM written()", "CM by_a_macro()", "CM through_a_macro()", "CM joined()",
                          "CM computed()"));
}

}  // namespace
}  // namespace noderig::impact
