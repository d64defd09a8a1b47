#include "method_reader.h"

#include <impact/analysis/clang/declarations.h>
#include <impact/analysis/clang/syntax_visitor.h>
#include <impact/analysis/unit_analysis.h>
#include <impact/refactor/read_code.h>

#include <clang/AST/ASTConsumer.h>
#include <clang/AST/CXXInheritance.h>
#include <clang/AST/DeclFriend.h>
#include <clang/AST/Mangle.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendAction.h>
#include <clang/Tooling/Tooling.h>
#include <llvm/Support/VirtualFileSystem.h>
#include <algorithm>

namespace noderig::impact {
namespace {

// The slots that code calls through the virtual table. Lambdas are functions of their own.
class VirtualCalls : public SyntaxVisitor {
 public:
  explicit VirtualCalls(const clang::LangOptions& language) : language_(language) {}

  const std::set<std::string>& roots() const { return roots_; }

 private:
  bool enters_lambda(clang::LambdaExpr&) override { return false; }

  void visit_statement(clang::Stmt& one) override {
    const auto* call = llvm::dyn_cast<clang::CXXMemberCallExpr>(&one);
    if (call == nullptr) return;
    const auto* callee = llvm::dyn_cast<clang::MemberExpr>(call->getCallee()->IgnoreParens());
    if (callee == nullptr || !callee->performsVirtualDispatch(language_)) return;
    clang::CXXMethodDecl* method = call->getMethodDecl();
    if (method == nullptr || !method->isVirtual()) return;
    if (method->getDevirtualizedMethod(callee->getBase(), false) != nullptr) return;
    add(*method);
  }

  void add(const clang::CXXMethodDecl& method) {
    if (method.size_overridden_methods() == 0) roots_.insert(written_signature(method));
    for (const clang::CXXMethodDecl* above : method.overridden_methods()) add(*above);
  }

  const clang::LangOptions& language_;
  std::set<std::string> roots_{};
};

// One unit, once it is parsed.
class UnitReader : public SyntaxVisitor {
 public:
  UnitReader(clang::ASTContext& context, Preprocessing& preprocessing, const ReadOptions& options,
             std::string unit, CodeView& into)
      : context_(context),
        preprocessing_(preprocessing),
        options_(options),
        meanings_(context, options.same_methods),
        methods_(context, preprocessing, meanings_),
        names_(context),
        unit_(std::move(unit)),
        into_(into) {}

  void read() {
    for (clang::Decl* one : context_.getTranslationUnitDecl()->decls()) {
      if (origin(one->getLocation()) == Origin::Project) go_through(one);
    }
    const clang::SourceManager& sources = context_.getSourceManager();
    for (auto file = sources.fileinfo_begin(); file != sources.fileinfo_end(); ++file) {
      const clang::FileID id = sources.translateFile(file->first);
      const std::string name = id.isValid() ? preprocessing_.name_of(id) : "";
      if (origin_of(name) == Origin::Project && !into_.texts.contains(name)) {
        into_.texts[name] = sources.getBufferData(id).str();
      }
    }
    for (const auto& [file, includes] : preprocessing_.includes()) {
      std::vector<IncludeView>& all = into_.includes[file];
      for (const IncludeView& one : includes) {
        if (std::ranges::find(all, one.end, &IncludeView::end) == all.end()) all.push_back(one);
      }
    }
  }

 private:
  bool enters_instances() const override { return true; }

  void visit_declaration(clang::Decl& one) override {
    if (const auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(&one)) {
      if (record->isThisDeclarationADefinition() && !record->isLambda()) add_class(*record);
    } else if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(&one)) {
      if (function->isThisDeclarationADefinition() && function->getBody() != nullptr) {
        add_function(*function);
      }
    } else if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(&one)) {
      if (!variable->getDeclContext()->isFunctionOrMethod() && variable->hasInit()) {
        add_initialiser(*variable, *variable->getInit());
      }
    } else if (const auto* field = llvm::dyn_cast<clang::FieldDecl>(&one)) {
      if (field->hasInClassInitializer() && field->getInClassInitializer() != nullptr) {
        add_initialiser(*field, *field->getInClassInitializer());
      }
    } else if (const auto* granted = llvm::dyn_cast<clang::FriendDecl>(&one)) {
      add_friend(*granted);
    } else if (const auto* taken = llvm::dyn_cast<clang::UsingDecl>(&one)) {
      for (const clang::UsingShadowDecl* shadow : taken->shadows()) {
        add_reference(shadow->getTargetDecl(), taken->getLocation());
      }
    }
  }

  void visit_statement(clang::Stmt& one) override {
    if (const auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(&one)) {
      const clang::CXXMethodDecl& called = *lambda->getCallOperator();
      if (!called.isTemplated()) add_virtual_calls(called);
    } else if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(&one)) {
      add_reference(member->getMemberDecl(), member->getMemberLoc());
    } else if (const auto* named = llvm::dyn_cast<clang::DeclRefExpr>(&one)) {
      add_reference(named->getDecl(), named->getLocation());
    } else if (const auto* later = llvm::dyn_cast<clang::CXXDependentScopeMemberExpr>(&one)) {
      add_dependent(later->getMember(), later->getMemberLoc());
    } else if (const auto* any = llvm::dyn_cast<clang::OverloadExpr>(&one)) {
      add_dependent(any->getName(), any->getNameLoc());
    }
  }

  Origin origin_of(const std::string& file) const {
    const auto below = [&](const std::filesystem::path& directory) {
      return !directory.empty() && file.starts_with(directory.string() + "/");
    };
    if (below(options_.build)) return Origin::Generated;
    return below(options_.project) ? Origin::Project : Origin::Foreign;
  }

  Origin origin(clang::SourceLocation at) const { return origin_of(preprocessing_.name_of(at)); }

  bool is_wanted(const clang::NamedDecl& one) const {
    return options_.names.contains(one.getNameAsString());
  }

  void add_meaning(const clang::NamedDecl& one, std::string name, const std::string& meaning) {
    if (one.isTemplated() || meaning.empty()) return;
    const std::string& linkage = meanings_.linkage(one);
    if (linkage.empty()) return;
    const Span where = preprocessing_.place(one.getLocation());
    into_.meanings[unit_ + " " + linkage] = {std::move(name), where.file, where.line, meaning};
  }

  void add_initialiser(const clang::NamedDecl& of, const clang::Expr& one) {
    add_meaning(of, of.getQualifiedNameAsString(), meanings_.of(one));
  }

  void add_function(const clang::FunctionDecl& one) {
    add_meaning(one, one.getQualifiedNameAsString(), meanings_.of(one));
    if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(&one)) add_home(*method);
    add_virtual_calls(one);
  }

  void add_friend(const clang::FriendDecl& one) {
    const auto* method = llvm::dyn_cast_or_null<clang::CXXMethodDecl>(one.getFriendDecl());
    const auto* around = llvm::dyn_cast<clang::CXXRecordDecl>(one.getDeclContext());
    if (method == nullptr || around == nullptr) return;
    into_.friends[method_key(*method)].insert(class_key(*around));
    add_reference(method, method->getLocation());
  }

  void add_virtual_calls(const clang::FunctionDecl& one) {
    if (one.isTemplated()) return;
    VirtualCalls calls(context_.getLangOpts());
    calls.go_through(one.getBody());
    if (calls.roots().empty()) return;
    std::vector<std::string> names = names_.getAllManglings(&one);  // of constructors: several
    if (names.empty()) names.push_back(names_.getName(&one));
    for (const std::string& root : calls.roots()) {
      for (const std::string& name : names)
        into_.virtual_callers[root].insert(profile_name(one, name));
    }
  }

  // LLVM puts the main file's name in front where the linkage is internal.
  std::string profile_name(const clang::FunctionDecl& one, const std::string& linkage_name) const {
    if (one.getFormalLinkage() == clang::ExternalLinkage) return linkage_name;
    return std::filesystem::path(unit_).filename().string() + ":" + linkage_name;
  }

  void add_home(const clang::CXXMethodDecl& method) {
    const clang::SourceManager& sources = context_.getSourceManager();
    const clang::SourceLocation end = sources.getExpansionLoc(method.getEndLoc());
    if (!method.isOutOfLine() || !sources.isInMainFile(end) || is_wanted(method)) return;
    HomeView home{preprocessing_.name_of(end), sources.getFileOffset(end) + 1,
                  namespaces_around(method.getLexicalDeclContext())};
    HomeView& known = into_.homes[class_key(*method.getParent())];
    if (known.file.empty() || (known.file == home.file && known.end < home.end)) {
      known = std::move(home);
    }
  }

  void add_reference(const clang::Decl* to, clang::SourceLocation at) {
    const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(to);
    if (method == nullptr || !is_wanted(*method)) return;
    const clang::CXXMethodDecl* written =
        llvm::dyn_cast_or_null<clang::CXXMethodDecl>(method->getTemplateInstantiationPattern());
    const std::string key = method_key(written != nullptr ? *written : *method);
    const clang::SourceManager& sources = context_.getSourceManager();
    if (at.isMacroID() && !sources.isMacroArgExpansion(at)) {
      const Span where = preprocessing_.place(at);
      into_.hidden_references[key].push_back(
          {"macro", method->getQualifiedNameAsString() + " is called by a macro", where.file,
           where.line});
      return;
    }
    const auto [file, offset] = sources.getDecomposedLoc(sources.getSpellingLoc(at));
    Span span{preprocessing_.name_of(file), offset, offset + method->getNameAsString().size(),
              sources.getLineNumber(file, offset)};
    std::vector<Span>& all = into_.references[key];
    if (std::ranges::find(all, span) == all.end()) all.push_back(std::move(span));
  }

  void add_dependent(clang::DeclarationName name, clang::SourceLocation at) {
    if (!options_.names.contains(name.getAsString())) return;
    const Span where = preprocessing_.place(at);
    into_.dependent_references.push_back(
        {"template", name.getAsString() + " is called in a template", where.file, where.line});
  }

  static bool clients_can_construct(const clang::CXXRecordDecl& one) {
    if (one.needsImplicitDefaultConstructor()) return true;
    if (one.hasFriends()) return true;
    bool any = false;
    for (const clang::CXXConstructorDecl* constructor : one.ctors()) {
      if (constructor->isCopyOrMoveConstructor()) continue;  // they need an object already
      any = any || (constructor->getAccess() == clang::AS_public && !constructor->isDeleted());
    }
    return any;
  }

  void add_class(const clang::CXXRecordDecl& one) {
    const std::string key = class_key(one);
    if (into_.classes.contains(key)) return;
    ClassView& view = into_.classes[key];
    view.key = key;
    place(one, view);
    view.default_access = one.isStruct() ? Access::Public : Access::Private;
    view.is_template =
        one.isDependentContext() || llvm::isa<clang::ClassTemplateSpecializationDecl>(one);
    for (const clang::NamedDecl* member : members_of(one)) {
      if (!member->getDeclName().isEmpty()) {
        view.names.try_emplace(member->getNameAsString(),
                               preprocessing_.place(member->getLocation()).line);
      }
      add_method(*member, view);
    }
    if (view.span.file.empty()) return;
    if (!view.in_macro) add_members(one, view);
    if (one.isDependentContext()) return;
    view.is_abstract = one.isAbstract();
    view.is_polymorphic = one.isPolymorphic();
    view.clients_can_construct = clients_can_construct(one);
    for (const clang::CXXBaseSpecifier& base : one.bases()) {
      const clang::CXXRecordDecl* above = base.getType()->getAsCXXRecordDecl();
      if (above == nullptr || above->getDefinition() == nullptr) continue;
      into_.classes[key].bases.push_back(
          {class_key(*above), access_of(base.getAccessSpecifier()), base.isVirtual()});
      add_class(*above->getDefinition());
    }
    if (one.isPolymorphic()) add_overriders(one, into_.classes[key]);
  }

  static std::vector<const clang::NamedDecl*> members_of(const clang::CXXRecordDecl& one) {
    std::vector<const clang::NamedDecl*> members;
    for (const clang::Decl* member : one.decls()) {
      if (member->isImplicit()) continue;
      if (const auto* named = llvm::dyn_cast<clang::NamedDecl>(member)) members.push_back(named);
    }
    return members;
  }

  void add_method(const clang::NamedDecl& member, ClassView& into) {
    if (!is_wanted(member)) return;
    if (const auto* made = llvm::dyn_cast<clang::FunctionTemplateDecl>(&member)) {
      if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(made->getTemplatedDecl())) {
        into.methods.push_back(methods_.read(*method, true));
        for (const clang::FunctionDecl* each : made->specializations()) {
          if (each->getTemplateSpecializationKind() != clang::TSK_ExplicitSpecialization) continue;
          into.methods.back().obstacles.push_back({"specialisation", "has a specialisation",
                                                   into.span.file,
                                                   preprocessing_.place(each->getLocation()).line});
        }
      }
    } else if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(&member)) {
      into.methods.push_back(methods_.read(*method, into.is_template));
    }
  }

  void place(const clang::CXXRecordDecl& one, ClassView& into) {
    const clang::SourceManager& sources = context_.getSourceManager();
    const clang::SourceLocation begin = sources.getExpansionLoc(one.getBeginLoc());
    const clang::SourceLocation brace = sources.getExpansionLoc(one.getBraceRange().getBegin());
    const clang::SourceLocation close = sources.getExpansionLoc(one.getBraceRange().getEnd());
    into.span = preprocessing_.place(one.getLocation());
    into.span.begin = sources.getFileOffset(begin);
    into.span.end = sources.getFileOffset(close) + 1;
    into.open = sources.getFileOffset(brace) + 1;
    into.close = sources.getFileOffset(close);
    into.origin = origin_of(into.span.file);
    into.in_macro = one.getLocation().isMacroID() || one.getBraceRange().getBegin().isMacroID() ||
                    one.getBraceRange().getEnd().isMacroID();
    into.namespaces = namespaces_around(one.getDeclContext());
  }

  void add_members(const clang::CXXRecordDecl& one, ClassView& into) {
    if (into.origin != Origin::Project) return;
    const clang::SourceManager& sources = context_.getSourceManager();
    const clang::FileID file = sources.getFileID(sources.getExpansionLoc(one.getLocation()));
    const SourceTokens& tokens = preprocessing_.tokens(file);
    const auto offset = [&](clang::SourceLocation at) -> std::size_t {
      return sources.getFileOffset(sources.getExpansionLoc(at));
    };
    for (const clang::Decl* member : one.decls()) {
      if (member->isImplicit()) continue;
      if (const auto* section = llvm::dyn_cast<clang::AccessSpecDecl>(member)) {
        into.sections[access_of(section->getAccess())] = offset(section->getColonLoc()) + 1;
        continue;
      }
      MemberView view = tokens.member(offset(member->getBeginLoc()), offset(member->getEndLoc()));
      view.access = access_of(member->getAccess());
      view.is_method =
          llvm::isa<clang::CXXMethodDecl>(member) || llvm::isa<clang::FunctionTemplateDecl>(member);
      into.members.push_back(view);
    }
  }

  void add_overriders(const clang::CXXRecordDecl& one, ClassView& into) {
    clang::CXXFinalOverriderMap all;
    one.getFinalOverriders(all);
    for (const auto& [root, subobjects] : all) {
      if (root->size_overridden_methods() > 0 || llvm::isa<clang::CXXDestructorDecl>(root))
        continue;
      std::set<std::string> targets;
      for (const auto& [subobject, overriders] : subobjects) {
        for (const clang::UniqueVirtualMethod& each : overriders) {
          if (each.Method->isPure()) into.pure.insert(method_key(*root));
          targets.insert(method_key(*each.Method));
        }
      }
      std::string text;
      for (const std::string& target : targets) text += (text.empty() ? "" : " | ") + target;
      into.overriders[method_key(*root)] = text;
    }
  }

  clang::ASTContext& context_;
  Preprocessing& preprocessing_;
  const ReadOptions& options_;
  Meanings meanings_;
  MethodReader methods_;
  clang::ASTNameGenerator names_;
  std::string unit_;
  CodeView& into_;
};

class Consumer : public clang::ASTConsumer {
 public:
  Consumer(clang::Preprocessor& preprocessor, const ReadOptions& options, std::string unit,
           CodeView& into)
      : options_(options), unit_(std::move(unit)), into_(into) {
    preprocessing_.watch(preprocessor);
  }

  void HandleTranslationUnit(clang::ASTContext& context) override {
    if (context.getDiagnostics().hasErrorOccurred()) return;  // it is in the view's errors
    UnitReader(context, preprocessing_, options_, unit_, into_).read();
  }

 private:
  Preprocessing preprocessing_{};
  const ReadOptions& options_;
  std::string unit_;
  CodeView& into_;
};

class Action : public clang::ASTFrontendAction {
 public:
  Action(const ReadOptions& options, CodeView& into) : options_(options), into_(into) {}

  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& compiler,
                                                        llvm::StringRef file) override {
    return std::make_unique<Consumer>(compiler.getPreprocessor(), options_, file.str(), into_);
  }

 private:
  const ReadOptions& options_;
  CodeView& into_;
};

class ErrorCollector : public clang::DiagnosticConsumer {
 public:
  ErrorCollector(const std::string& main_file, CodeView& into)
      : main_file_(main_file), into_(into) {}

  void HandleDiagnostic(clang::DiagnosticsEngine::Level level,
                        const clang::Diagnostic& diagnostic) override {
    DiagnosticConsumer::HandleDiagnostic(level, diagnostic);
    if (level < clang::DiagnosticsEngine::Error) return;
    llvm::SmallString<128> text;
    diagnostic.FormatDiagnostic(text);
    ParseError error{main_file_, 0, std::string(text)};
    if (diagnostic.hasSourceManager() && diagnostic.getLocation().isValid()) {
      const clang::PresumedLoc at =
          diagnostic.getSourceManager().getPresumedLoc(diagnostic.getLocation());
      if (at.isValid()) {
        error.file = std::filesystem::path(at.getFilename()).lexically_normal().string();
        error.line = at.getLine();
      }
    }
    into_.errors.push_back(std::move(error));
  }

 private:
  const std::string& main_file_;
  CodeView& into_;
};

}  // namespace

CodeView read_code(const std::vector<CompileCommand>& units, const ReadOptions& options) {
  CodeView code;
  for (const CompileCommand& unit : units) {
    auto system = llvm::makeIntrusiveRefCnt<llvm::vfs::OverlayFileSystem>(
        std::unique_ptr<llvm::vfs::FileSystem>(llvm::vfs::createPhysicalFileSystem()));
    auto replaced = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
    for (const auto& [file, text] : options.replaced) {
      replaced->addFile(file, 0, llvm::MemoryBuffer::getMemBufferCopy(text, file));
    }
    system->pushOverlay(replaced);
    system->setCurrentWorkingDirectory(unit.directory.string());
    auto files = llvm::makeIntrusiveRefCnt<clang::FileManager>(
        clang::FileSystemOptions{unit.directory.string()}, system);
    const std::string main_file = unit.file.lexically_normal().string();
    code.main_files.insert(main_file);
    ErrorCollector errors(main_file, code);
    std::vector<std::string> arguments = analysis_arguments(unit);
    arguments.emplace_back("-fsyntax-only");
    clang::tooling::ToolInvocation invocation(std::move(arguments),
                                              std::make_unique<Action>(options, code), files.get());
    invocation.setDiagnosticConsumer(&errors);
    if (!invocation.run() && code.errors.empty()) {
      code.errors.push_back({main_file, 0, "the compiler's command is not understood"});
    }
  }
  return code;
}

}  // namespace noderig::impact
