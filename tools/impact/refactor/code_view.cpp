#include "code_view.h"

#include <algorithm>

namespace noderig::impact {
namespace {

const std::vector<BaseView>& bases_of(const CodeView& code, const std::string& name) {
  static const std::vector<BaseView> kNone;
  const auto found = code.classes.find(name);
  return found == code.classes.end() ? kNone : found->second.bases;
}

}  // namespace

std::size_t ways_up(const CodeView& code, const std::string& derived, const std::string& base) {
  std::size_t ways = 0;
  for (const BaseView& one : bases_of(code, derived)) {
    ways += one.key == base ? 1 : ways_up(code, one.key, base);
  }
  return ways;
}

bool derives_from(const CodeView& code, const std::string& derived, const std::string& base) {
  return ways_up(code, derived, base) > 0;
}

std::set<std::string> between(const CodeView& code, const std::string& derived,
                              const std::string& base) {
  std::set<std::string> found;
  for (const BaseView& one : bases_of(code, derived)) {
    if (one.key == base || !derives_from(code, one.key, base)) continue;
    found.insert(one.key);
    found.merge(between(code, one.key, base));
  }
  return found;
}

std::vector<std::string> descendants(const CodeView& code, const std::string& base) {
  std::vector<std::string> found;
  for (const auto& [name, one] : code.classes) {
    if (derives_from(code, name, base)) found.push_back(name);
  }
  return found;
}

const MethodView* find_method(const ClassView& in, const std::string& signature) {
  const auto found = std::ranges::find(in.methods, signature, &MethodView::signature);
  return found == in.methods.end() ? nullptr : &*found;
}

}  // namespace noderig::impact
