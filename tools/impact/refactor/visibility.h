// Whether what a method uses can be seen where the method goes, and the includes that make it so.
// Pure functions; any thread.
#pragma once

#include "plan.h"

#include <string>
#include <vector>

namespace noderig::impact {

// What the signature uses, and the body too when `with_body`.
std::vector<Use> uses_in(const MethodView& method, bool with_body);

// Adds the includes that `file` lacks to see, at offset `place`, all of `uses`; a refusal where
// none would help.
void add_includes(const CodeView& code, const std::string& file, std::size_t place,
                  const std::vector<Use>& uses, const MethodView& method, Plan& plan);

}  // namespace noderig::impact
