// Line numbers that only reach a diagnostic are replaced by a placeholder before code is made of
// them, so that a blank line above a test changes nothing. Which calls those are is a short list:
// assertion macros of GoogleTest, the C library and Boost.Test, Bitcoin's lock and check macros.
// Everywhere else __LINE__ and std::source_location keep their values: a program may compute with
// them.
#pragma once

#include <clang/AST/ASTConsumer.h>
#include <memory>

namespace noderig::impact {

std::unique_ptr<clang::ASTConsumer> line_number_placeholders();

}  // namespace noderig::impact
