// getcfheaders: asks for the filter hashes of a range of at most 2000 blocks (BIP157).
#pragma once

#include <noderig/p2p/messages/filter_range.h>

namespace noderig::p2p {

using GetCFHeaders = FilterRangeMessage<"getcfheaders">;

}  // namespace noderig::p2p
