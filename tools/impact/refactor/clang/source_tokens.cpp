#include "source_tokens.h"

#include <clang/Lex/Lexer.h>
#include <algorithm>

namespace noderig::impact {

SourceTokens::SourceTokens(const clang::SourceManager& sources, clang::FileID file,
                           const clang::LangOptions& language) {
  const llvm::StringRef text = sources.getBufferData(file);
  if (const auto entry = sources.getFileEntryRefForID(file)) {
    file_ = std::string(entry->getFileEntry().tryGetRealPathName());
    if (file_.empty()) file_ = std::string(entry->getName());
  }
  clang::Lexer lexer(sources.getLocForStartOfFile(file), language, text.begin(), text.begin(),
                     text.end());
  lexer.SetCommentRetentionState(true);
  bool in_directive = false;
  for (clang::Token token;;) {
    const bool last = lexer.LexFromRawLexer(token);
    if (token.is(clang::tok::eof)) break;
    const std::size_t begin = sources.getFileOffset(token.getLocation());
    Lexed one;
    one.begin = begin;
    one.end = begin + token.getLength();
    one.kind = token.is(clang::tok::comment)          ? Token::Kind::Comment
               : token.is(clang::tok::raw_identifier) ? Token::Kind::Word
                                                      : Token::Kind::Other;
    one.line = sources.getLineNumber(file, one.begin);
    one.last_line = sources.getLineNumber(file, one.end - 1);
    // "::" is no colon.
    one.first = token.is(clang::tok::coloncolon) ? ' ' : text[begin];
    one.starts_line = token.isAtStartOfLine();
    if (one.starts_line) in_directive = token.is(clang::tok::hash);
    one.in_directive = in_directive;
    tokens_.push_back(one);
    if (last) break;
  }
}

std::size_t SourceTokens::index_at(std::size_t offset) const {
  const auto found =
      std::ranges::partition_point(tokens_, [&](const Lexed& one) { return one.end <= offset; });
  return static_cast<std::size_t>(found - tokens_.begin());
}

std::size_t SourceTokens::first_of(std::size_t offset) const {
  std::size_t index = index_at(offset);
  for (std::size_t i = index; i-- > 0;) {
    const Lexed& one = tokens_[i];
    if (one.in_directive) break;
    if (one.kind == Token::Kind::Comment) continue;
    if (std::string_view(";{}:").find(one.first) != std::string_view::npos) break;
    index = i;
  }
  return index;
}

std::size_t SourceTokens::last_of(std::size_t offset) const {
  std::size_t index = index_at(offset);
  for (std::size_t i = index + 1; i < tokens_.size(); ++i) {
    if (tokens_[i].kind == Token::Kind::Comment) continue;
    if (tokens_[i].first == ';' && !tokens_[i].in_directive) index = i;
    break;
  }
  return index;
}

Declaration SourceTokens::declaration(std::size_t inside, std::size_t name, std::size_t qualifier,
                                      std::optional<std::size_t> body,
                                      std::optional<std::size_t> end) const {
  Declaration found;
  found.name = name;
  found.qualifier = qualifier;
  found.body = body;
  const std::size_t first = first_of(inside);
  std::size_t last = index_at(name);
  if (end) {
    last = last_of(*end);
  } else {
    for (int depth = 0; last + 1 < tokens_.size(); ++last) {
      const char at = tokens_[last].kind == Token::Kind::Comment ? ' ' : tokens_[last].first;
      if (at == '(' || at == '{' || at == '[') ++depth;
      if (at == ')' || at == '}' || at == ']') --depth;
      if (at == ';' && depth == 0) break;
    }
  }
  if (first >= tokens_.size() || last >= tokens_.size()) return found;
  found.span = {file_, tokens_[first].begin, tokens_[last].end, tokens_[first].line};
  for (std::size_t i = first; i <= last; ++i) found.tokens.push_back(tokens_[i]);
  unsigned below = tokens_[first].line;
  std::size_t above = first;
  while (above > 0) {
    const Lexed& one = tokens_[above - 1];
    const bool alone = above < 2 || tokens_[above - 2].last_line < one.line;
    if (one.kind != Token::Kind::Comment || one.last_line + 1 < below || !alone) break;
    below = one.line;
    --above;
  }
  for (std::size_t i = above; i < first; ++i) found.comments.push_back(tokens_[i]);
  for (std::size_t i = last + 1; i < tokens_.size(); ++i) {
    const Lexed& one = tokens_[i];
    if (one.kind != Token::Kind::Comment || one.line != tokens_[last].last_line) break;
    found.comments.push_back(one);
  }
  return found;
}

MemberView SourceTokens::member(std::size_t begin, std::size_t end) const {
  MemberView found;
  const std::size_t first = first_of(begin);
  std::size_t last = last_of(end);
  while (last + 1 < tokens_.size() && tokens_[last + 1].kind == Token::Kind::Comment &&
         tokens_[last + 1].line == tokens_[last].last_line) {
    ++last;
  }
  if (first >= tokens_.size() || last >= tokens_.size()) return found;
  found.begin = tokens_[first].begin;
  found.end = tokens_[last].end;
  return found;
}

bool SourceTokens::has_directive(std::size_t begin, std::size_t end) const {
  return std::ranges::any_of(tokens_, [&](const Lexed& one) {
    return one.in_directive && one.begin >= begin && one.end <= end;
  });
}

std::pair<unsigned, unsigned> SourceTokens::first_and_last_line() const {
  std::pair<unsigned, unsigned> lines{0, 0};
  for (const Lexed& one : tokens_) {
    if (one.kind == Token::Kind::Comment) continue;
    if (lines.first == 0) lines.first = one.line;
    lines.second = one.last_line;
  }
  return lines;
}

}  // namespace noderig::impact
