// From a unit's intermediate code to its symbols. Belongs to one thread.
#pragma once

#include "declarations.h"

#include <impact/model/facts.h>
#include <string>

namespace clang {
class CodeGenerator;
}
namespace llvm {
class Module;
}

namespace noderig::impact {

// Adds the symbols that the module defines, and the order of its initialisers, to `facts`.
void add_module_facts(const llvm::Module& module, clang::CodeGenerator& generator,
                      Declarations& declarations, const std::string& main_file, UnitFacts& facts);

}  // namespace noderig::impact
