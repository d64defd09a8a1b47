#include <noderig/framework/runner/display_text.h>
#include <clocale>
#include <cwchar>
#include <vector>

namespace noderig {
namespace {

// The C library knows what characters are and how wide, in a UTF-8 locale. Every glibc has this
// one.
class Utf8 {
 public:
  Utf8() : locale_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (locale_ != nullptr) before_ = ::uselocale(locale_);
  }
  ~Utf8() {
    if (locale_ == nullptr) return;
    ::uselocale(before_);
    ::freelocale(locale_);
  }
  Utf8(const Utf8&) = delete;
  Utf8& operator=(const Utf8&) = delete;

 private:
  locale_t locale_;
  locale_t before_ = nullptr;
};

struct Character {
  std::string text;
  int columns = 1;
};

std::vector<Character> characters_of(std::string_view text) {
  const Utf8 utf8;
  std::vector<Character> characters;
  while (!text.empty()) {
    wchar_t character = 0;
    std::mbstate_t state{};
    const std::size_t size = std::mbrtowc(&character, text.data(), text.size(), &state);
    if (size == 0 || size > text.size()) {  // a null character, or no UTF-8
      characters.push_back({size == 0 ? " " : "?"});
      text.remove_prefix(1);
      continue;
    }
    const int columns = ::wcwidth(character);
    characters.push_back(columns < 0 ? Character{" "}
                                     : Character{std::string(text.substr(0, size)), columns});
    text.remove_prefix(size);
  }
  return characters;
}

constexpr std::string_view kCut = "…";  // one column

}  // namespace

int display_width(std::string_view text) {
  int width = 0;
  for (const Character& one : characters_of(text)) width += one.columns;
  return width;
}

std::string clipped(std::string_view text, int columns) {
  std::string shown;
  std::string with_cut;  // the longest beginning that leaves room for it
  int width = 0;
  for (const Character& one : characters_of(text)) {
    if (width + one.columns > columns) return columns > 0 ? with_cut.append(kCut) : "";
    shown += one.text;
    width += one.columns;
    if (width < columns) with_cut = shown;
  }
  return shown;
}

}  // namespace noderig
