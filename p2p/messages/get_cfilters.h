// getcfilters: asks for the filters of a range of at most 1000 blocks (BIP157).
#pragma once

#include <noderig/p2p/messages/filter_range.h>

namespace noderig::p2p {

using GetCFilters = FilterRangeMessage<"getcfilters">;

}  // namespace noderig::p2p
