#include "method_text.h"

#include "source_text.h"

#include <algorithm>

namespace noderig::impact {
namespace {

bool in_signature(const Declaration& in, const Token& token) {
  return token.kind == Token::Kind::Word && (!in.body || token.begin < *in.body);
}

std::string_view name_of(Access access) {
  return access == Access::Public      ? "public:"
         : access == Access::Protected ? "protected:"
                                       : "private:";
}

// How the class indents its members; two blanks more than itself when it has none yet.
std::string member_indentation(std::string_view text, const ClassView& one) {
  for (const MemberView& member : one.members) {
    if (line_begin(text, member.begin) > one.span.begin) {
      return std::string(indentation(text, member.begin));
    }
  }
  return std::string(indentation(text, one.span.begin)) + "  ";
}

// A line of its own behind `at`, whatever follows there.
Edit behind(const std::string& file, std::string_view text, std::size_t at,
            const std::string& lines) {
  const std::string newline(newline_of(text));
  const std::size_t end = line_end(text, at);
  const std::string_view rest = text.substr(at, end - at);
  if (rest.find_first_not_of(" \t\r\n") == std::string_view::npos && end > at) {
    return {file, end, end, lines + newline};
  }
  return {file, at, at, newline + lines + newline};
}

}  // namespace

Span with_comments(const Declaration& from) {
  Span span = from.span;
  for (const Token& comment : from.comments) {
    span.begin = std::min(span.begin, comment.begin);
    span.end = std::max(span.end, comment.end);
  }
  return span;
}

std::string comment_text(std::string_view file_text, const Declaration& from) {
  std::string text;
  for (const Token& comment : from.comments) {
    text += file_text.substr(comment.begin, comment.end - comment.begin);
    text += '\n';
  }
  return text;
}

bool has_word(std::string_view file_text, const Declaration& in, std::string_view word) {
  return std::ranges::any_of(in.tokens, [&](const Token& token) {
    return in_signature(in, token) &&
           file_text.substr(token.begin, token.end - token.begin) == word;
  });
}

std::string method_text(std::string_view file_text, const Declaration& from,
                        const Rewording& rewording) {
  const Span span = with_comments(from);
  std::vector<Edit> edits;
  for (const Token& token : from.tokens) {
    const std::string word(file_text.substr(token.begin, token.end - token.begin));
    if (!in_signature(from, token) || !rewording.dropped.contains(word)) continue;
    std::size_t begin = token.begin;
    std::size_t end = token.end;
    if (begin == from.span.begin) {
      end = file_text.find_first_not_of(" \t", end);
    } else {
      begin = file_text.find_last_not_of(" \t", begin - 1) + 1;
    }
    edits.push_back({"", begin - span.begin, end - span.begin, ""});
  }
  if (rewording.add_virtual) {
    edits.push_back({"", from.span.begin - span.begin, from.span.begin - span.begin, "virtual "});
  }
  if (rewording.qualifier) {
    edits.push_back(
        {"", from.qualifier - span.begin, from.name - span.begin, *rewording.qualifier});
  }
  const std::string block(file_text.substr(span.begin, span.end - span.begin));
  if (edits.empty()) return block;
  return edited_texts({{"", block}}, edits).at("");
}

Edit insertion(const CodeView& code, const ClassView& into, Access access, std::string_view block,
               std::string_view from) {
  const std::string& text = code.texts.at(into.span.file);
  const std::string newline(newline_of(text));
  const std::string lines = reindented(block, from, member_indentation(text, into), newline);
  const MemberView* last = nullptr;
  for (const MemberView& member : into.members) {
    if (member.access == access && member.is_method) last = &member;
  }
  if (last != nullptr) return behind(into.span.file, text, last->end, lines);
  if (const auto section = into.sections.find(access); section != into.sections.end()) {
    return behind(into.span.file, text, section->second, lines);
  }
  if (into.default_access == access) return behind(into.span.file, text, into.open, lines);
  // A section of its own, in front of the closing brace.
  std::string head(indentation(text, into.span.begin));
  if (!into.sections.empty()) head = indentation(text, into.sections.begin()->second);
  head += name_of(access);
  const std::size_t line = line_begin(text, into.close);
  if (text.substr(line, into.close - line).find_first_not_of(" \t") == std::string::npos) {
    return {into.span.file, line, line, newline + head + newline + lines + newline};
  }
  return {into.span.file, into.close, into.close, newline + head + newline + lines + newline};
}

std::optional<std::string> qualifier_within(const std::vector<std::string>& namespaces,
                                            const ClassView& one) {
  std::string_view name = one.key;
  for (const std::string& space : namespaces) {
    const std::string prefix = space + "::";
    if (!name.starts_with(prefix)) return {};
    name.remove_prefix(prefix.size());
  }
  return std::string(name) + "::";
}

Edit definition_behind(const CodeView& code, const std::string& file, std::size_t at,
                       std::string_view block, std::string_view from) {
  const std::string& text = code.texts.at(file);
  const std::string newline(newline_of(text));
  std::size_t place = line_end(text, at);
  std::string head = newline;
  if (place > 0 && text[place - 1] != '\n') head += newline;
  return {file, place, place,
          head + reindented(block, from, indentation(text, at), newline) + newline};
}

}  // namespace noderig::impact
