// A method's text, taken from one place to be put into another: its comments with it, keywords and
// qualifier changed. Pure functions; any thread.
#pragma once

#include "plan.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace noderig::impact {

struct Rewording {
  std::set<std::string> dropped{};  // keywords of the signature
  bool add_virtual = false;
  std::optional<std::string> qualifier{};  // in place of what stands before the name: "ns::Class::"
};

// Comments above, the declaration, a comment behind it; indented as it was.
std::string method_text(std::string_view file_text, const Declaration& from,
                        const Rewording& rewording);

// From the first comment to behind the last.
Span with_comments(const Declaration& from);
// What the comments say; for telling whether two methods say the same.
std::string comment_text(std::string_view file_text, const Declaration& from);

// Whether `word` is among the signature's own tokens.
bool has_word(std::string_view file_text, const Declaration& in, std::string_view word);

// Puts the method into the class: behind the last method of that access, in its own section
// otherwise. `block` comes from method_text(), `from` is its indentation.
Edit insertion(const CodeView& code, const ClassView& into, Access access, std::string_view block,
               std::string_view from);

// How a definition in these namespaces names the class: "Class::"; nothing when it must not stand
// there.
std::optional<std::string> qualifier_within(const std::vector<std::string>& namespaces,
                                            const ClassView& one);

// Behind the class, or behind the last definition of one of its methods: where a definition goes.
Edit definition_behind(const CodeView& code, const std::string& file, std::size_t at,
                       std::string_view block, std::string_view from);

}  // namespace noderig::impact
