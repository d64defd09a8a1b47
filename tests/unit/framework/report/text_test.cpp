#include <noderig/framework/report/text.h>

#include <gmock/gmock.h>

namespace noderig {
namespace {

TEST(PrintableText, ShowsControlCharactersAsTheirPictures) {
  EXPECT_EQ(printable(std::string_view("\0\x1b[31m\x7f\r", 8)),
            "\xE2\x90\x80\xE2\x90\x9B[31m\xE2\x90\xA1\xE2\x90\x8D");
}

TEST(PrintableText, ReplacesWhatIsNoUtf8AndNoCharacter) {
  const std::string replaced = "\xEF\xBF\xBD";
  EXPECT_EQ(printable("a\xFF\x62"), "a" + replaced + "b");
  EXPECT_EQ(printable("\xC3"), replaced);
  EXPECT_EQ(printable("\xEF\xBF\xBE|\xEF\xBF\xBF|\xEF\xBF\xBD"),
            replaced + "|" + replaced + "|" + replaced);
}

TEST(PrintableText, LeavesTheRestAsItIs) {
  const std::string text = "<a> \"b\" \\ line\n\ttab \xC3\xA9 \xF0\x9F\x98\x80";
  EXPECT_EQ(printable(text), text);
  EXPECT_EQ(printable(""), "");
}

TEST(OneLine, HasNoBreak) {
  EXPECT_EQ(one_line("a\nb\tc\r\n"), "a b c\xE2\x90\x8D ");
}

}  // namespace
}  // namespace noderig
