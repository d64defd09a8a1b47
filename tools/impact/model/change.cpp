#include "change.h"

#include <algorithm>

namespace noderig::impact {

std::string_view to_string(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::AC:
      return "AC";
    case ChangeKind::DC:
      return "DC";
    case ChangeKind::AM:
      return "AM";
    case ChangeKind::DM:
      return "DM";
    case ChangeKind::CM:
      return "CM";
    case ChangeKind::AF:
      return "AF";
    case ChangeKind::DF:
      return "DF";
    case ChangeKind::CFI:
      return "CFI";
    case ChangeKind::CSFI:
      return "CSFI";
    case ChangeKind::LC:
      return "LC";
  }
  return {};
}

const Change* Diff::find(std::string_view id) const {
  const auto found = std::ranges::find(changes, id, &Change::id);
  return found == changes.end() ? nullptr : &*found;
}

}  // namespace noderig::impact
