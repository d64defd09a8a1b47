// Which method the user means: `NS::Class::method`, with the parameters where there are several of
// that name. Pure functions; any thread.
#pragma once

#include "code_view.h"

#include <string>
#include <string_view>

namespace noderig::impact {

struct MethodName {
  std::string owner{};       // NS::Class
  std::string name{};        // method
  std::string parameters{};  // "(int) const"; empty when not given
};

// Throws UsageError when there is no class in front of the method.
MethodName parse_method_name(std::string_view text);

struct FoundMethod {
  const ClassView* owner = nullptr;
  const MethodView* method = nullptr;
};

// Throws UsageError with the candidates when there is none, or more than one.
FoundMethod find_method(const CodeView& code, const MethodName& name);

// Throws UsageError with the nearest names when there is none.
const ClassView& find_class(const CodeView& code, const std::string& name);

}  // namespace noderig::impact
