#include "preprocessing.h"

#include <clang/Basic/FileManager.h>
#include <clang/Lex/MacroArgs.h>
#include <clang/Lex/PPCallbacks.h>
#include <algorithm>
#include <filesystem>

namespace noderig::impact {

class Preprocessing::Callbacks : public clang::PPCallbacks {
 public:
  explicit Callbacks(Preprocessing& into) : into_(into) {}

  void InclusionDirective(clang::SourceLocation hash, const clang::Token&, llvm::StringRef name,
                          bool angled, clang::CharSourceRange range,
                          clang::OptionalFileEntryRef file, llvm::StringRef, llvm::StringRef,
                          const clang::Module*, clang::SrcMgr::CharacteristicKind) override {
    if (!file || hash.isMacroID()) return;
    const clang::SourceManager& sources = *into_.sources_;
    const auto [id, begin] = sources.getDecomposedLoc(range.getEnd());
    const llvm::StringRef text = sources.getBufferData(id);
    const std::size_t newline = text.find('\n', begin);
    std::string spelled = angled ? "<" + name.str() + ">" : "\"" + name.str() + "\"";
    into_.includes_[into_.name_of(id)].push_back(
        {std::move(spelled), newline == llvm::StringRef::npos ? text.size() : newline + 1,
         std::filesystem::path(std::string(file->getFileEntry().tryGetRealPathName()))
             .lexically_normal()
             .string()});
  }

  void If(clang::SourceLocation at, clang::SourceRange, ConditionValueKind) override { open(at); }
  void Ifdef(clang::SourceLocation at, const clang::Token&,
             const clang::MacroDefinition&) override {
    open(at);
  }
  void Ifndef(clang::SourceLocation at, const clang::Token&,
              const clang::MacroDefinition&) override {
    open(at);
  }
  void Endif(clang::SourceLocation at, clang::SourceLocation opened) override {
    const clang::SourceManager& sources = *into_.sources_;
    const auto [file, end] = sources.getDecomposedLoc(at);
    const std::size_t begin = sources.getFileOffset(opened);
    for (Condition& one : into_.conditions_[file]) {
      if (one.begin != begin) continue;
      one.end = end;
      one.last_line = sources.getLineNumber(file, static_cast<unsigned>(end));
    }
  }

  void MacroExpands(const clang::Token& name, const clang::MacroDefinition& definition,
                    clang::SourceRange, const clang::MacroArgs*) override {
    if (name.getLocation().isMacroID()) return;
    const auto [file, at] = into_.sources_->getDecomposedLoc(name.getLocation());
    MacroUse use;
    use.name = name.getIdentifierInfo()->getName().str();
    use.at = at;
    const clang::MacroInfo* macro = definition.getMacroInfo();
    if (macro != nullptr) use.defined = into_.place(macro->getDefinitionLoc());
    into_.macros_[file].push_back(std::move(use));
  }

 private:
  void open(clang::SourceLocation at) {
    const auto [file, begin] = into_.sources_->getDecomposedLoc(at);
    Condition one;
    one.begin = begin;
    one.first_line = into_.sources_->getLineNumber(file, static_cast<unsigned>(begin));
    into_.conditions_[file].push_back(one);
  }

  Preprocessing& into_;
};

void Preprocessing::watch(clang::Preprocessor& preprocessor) {
  sources_ = &preprocessor.getSourceManager();
  language_ = &preprocessor.getLangOpts();
  preprocessor.addPPCallbacks(std::make_unique<Callbacks>(*this));
}

std::string Preprocessing::name_of(clang::FileID file) const {
  const auto entry = sources_->getFileEntryRefForID(file);
  if (!entry) return "";
  llvm::StringRef name = entry->getFileEntry().tryGetRealPathName();
  if (name.empty()) name = entry->getName();
  return std::filesystem::path(name.str()).lexically_normal().string();
}

std::string Preprocessing::name_of(clang::SourceLocation at) const {
  return at.isInvalid() ? "" : name_of(sources_->getFileID(sources_->getExpansionLoc(at)));
}

Span Preprocessing::place(clang::SourceLocation at) const {
  if (at.isInvalid()) return {};
  const auto [file, offset] = sources_->getDecomposedLoc(sources_->getExpansionLoc(at));
  return {name_of(file), offset, offset, sources_->getLineNumber(file, offset)};
}

const SourceTokens& Preprocessing::tokens(clang::FileID file) {
  std::unique_ptr<SourceTokens>& found = tokens_[file];
  if (!found) found = std::make_unique<SourceTokens>(*sources_, file, *language_);
  return *found;
}

bool Preprocessing::is_conditional(clang::FileID file, std::size_t begin, std::size_t end) {
  const auto found = conditions_.find(file);
  if (found == conditions_.end()) return false;
  const auto [first, last] = tokens(file).first_and_last_line();
  return std::ranges::any_of(found->second, [&, first = first, last = last](const Condition& one) {
    const bool guards = one.first_line == first && one.last_line == last;
    return !guards && one.begin < end && one.end > begin;
  });
}

std::vector<MacroUse> Preprocessing::macros(clang::FileID file, std::size_t begin,
                                            std::size_t end) const {
  std::vector<MacroUse> within;
  const auto found = macros_.find(file);
  if (found == macros_.end()) return within;
  for (const MacroUse& one : found->second) {
    if (one.at >= begin && one.at < end) within.push_back(one);
  }
  return within;
}

}  // namespace noderig::impact
