#include <fmt/format.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/node/flavours/flavour.h>
#include <algorithm>

namespace noderig {

std::span<const Flavour* const> flavours() {
  static constexpr const Flavour* kAll[] = {&kKnots, &kCore, &kBcoin};
  return kAll;
}

const Flavour& flavour_named(std::string_view name) {
  const auto found = std::ranges::find(flavours(), name, &Flavour::name);
  if (found == flavours().end()) {
    throw EnvironmentError(fmt::format("no daemon flavour is named \"{}\"", name));
  }
  return **found;
}

}  // namespace noderig
