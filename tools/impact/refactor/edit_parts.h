// Checks that every refactoring of a method begins with. Pure functions; any thread.
#pragma once

#include "plan.h"

#include <vector>

namespace noderig::impact {

// The class is the project's own, no template, and not written by a macro.
void check_editable(const ClassView& one, std::vector<Refusal>& into);

// The method has a body that may stand elsewhere, and nobody names it as a friend.
void check_movable(const CodeView& code, const MethodView& method, std::vector<Refusal>& into);

}  // namespace noderig::impact
