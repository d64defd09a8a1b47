#include "../unit_analysis.h"

#include "../analyse.h"
#include "declarations.h"
#include "line_numbers.h"
#include "module_facts.h"
#include "tree_file_system.h"

#include <clang/AST/ASTContext.h>
#include <clang/Basic/Version.h>
#include <clang/CodeGen/ModuleBuilder.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendAction.h>
#include <clang/Frontend/MultiplexConsumer.h>
#include <clang/Tooling/Tooling.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/ProfileData/InstrProf.h>

namespace noderig::impact {
namespace {

// Remembers the first error, as compilers print it.
class FirstError : public clang::DiagnosticConsumer {
 public:
  explicit FirstError(ProjectPaths paths) : paths_(std::move(paths)) {}

  void HandleDiagnostic(clang::DiagnosticsEngine::Level level,
                        const clang::Diagnostic& diagnostic) override {
    DiagnosticConsumer::HandleDiagnostic(level, diagnostic);
    if (level < clang::DiagnosticsEngine::Error || text_) return;
    llvm::SmallString<256> message;
    diagnostic.FormatDiagnostic(message);
    std::string text;
    if (diagnostic.hasSourceManager() && diagnostic.getLocation().isValid()) {
      const clang::PresumedLoc place =
          diagnostic.getSourceManager().getPresumedLoc(diagnostic.getLocation());
      if (place.isValid()) {
        text = paths_.name(place.getFilename()) + ":" + std::to_string(place.getLine()) + ": ";
      }
    }
    text_ = text + message.str().str();
  }

  const std::optional<std::string>& text() const { return text_; }

 private:
  ProjectPaths paths_;
  std::optional<std::string> text_{};
};

// Runs when the syntax tree and the code are complete, behind the code generator.
class FactsConsumer : public clang::ASTConsumer {
 public:
  FactsConsumer(clang::CodeGenerator& generator, std::string main_file, ProjectPaths paths,
                UnitFacts& facts)
      : generator_(generator),
        main_file_(std::move(main_file)),
        paths_(std::move(paths)),
        facts_(facts) {}

  void HandleTranslationUnit(clang::ASTContext& context) override {
    const llvm::Module* module = generator_.GetModule();
    if (module == nullptr || context.getDiagnostics().hasErrorOccurred()) return;
    Declarations declarations(context, paths_, main_file_);
    declarations.collect();
    add_module_facts(*module, generator_, declarations, main_file_, facts_);
    for (FunctionFact& function : declarations.functions) {
      facts_.functions.push_back(std::make_shared<const FunctionFact>(std::move(function)));
    }
    for (TypeFact& type : declarations.types) {
      facts_.types.push_back(std::make_shared<const TypeFact>(std::move(type)));
    }
  }

 private:
  clang::CodeGenerator& generator_;
  std::string main_file_;
  ProjectPaths paths_;
  UnitFacts& facts_;
};

class AnalysisAction : public clang::ASTFrontendAction {
 public:
  AnalysisAction(ProjectPaths paths, UnitFacts& facts) : paths_(std::move(paths)), facts_(facts) {}

  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& compiler,
                                                        llvm::StringRef file) override {
    clang::CodeGenerator* generator =
        clang::CreateLLVMCodeGen(compiler.getDiagnostics(), file, &compiler.getVirtualFileSystem(),
                                 compiler.getHeaderSearchOpts(), compiler.getPreprocessorOpts(),
                                 compiler.getCodeGenOpts(), context_);
    std::vector<std::unique_ptr<clang::ASTConsumer>> consumers;
    consumers.push_back(line_number_placeholders());
    consumers.emplace_back(generator);
    consumers.push_back(std::make_unique<FactsConsumer>(
        *generator, compiler.getCodeGenOpts().MainFileName, paths_, facts_));
    return std::make_unique<clang::MultiplexConsumer>(std::move(consumers));
  }

 private:
  ProjectPaths paths_;
  UnitFacts& facts_;
  llvm::LLVMContext context_{};
};

}  // namespace

UnitAnalysis analyse_unit(const CompileCommand& command, SourceTree& tree,
                          const std::filesystem::path& build) {
  UnitAnalysis result;
  const llvm::IntrusiveRefCntPtr<TreeFileSystem> files(new TreeFileSystem(tree, build));
  files->setCurrentWorkingDirectory(command.directory.string());
  const llvm::IntrusiveRefCntPtr<clang::FileManager> manager(
      new clang::FileManager(clang::FileSystemOptions(), files));
  const ProjectPaths paths{tree.project().string(), build.string()};
  result.facts.file = paths.name(command.file.string());
  FirstError errors(paths);
  clang::tooling::ToolInvocation invocation(analysis_arguments(command),
                                            std::make_unique<AnalysisAction>(paths, result.facts),
                                            manager.get());
  invocation.setDiagnosticConsumer(&errors);
  const bool parsed = invocation.run();
  result.read = files->read();
  result.absent = files->absent();
  if (!parsed || errors.text()) {
    result.error = errors.text().value_or("the compiler cannot be run with this file's command");
  }
  for (const std::string& file : result.read) {
    if (paths.contain(file)) result.facts.files.push_back(paths.name(file));
  }
  return result;
}

SymbolId symbol_id(const std::string& profile_name) {
  return llvm::IndexedInstrProf::ComputeHash(profile_name);
}

std::string toolchain() {
  return clang::getClangFullVersion() + " " + NODERIG_CLANG_RESOURCES;
}

}  // namespace noderig::impact
