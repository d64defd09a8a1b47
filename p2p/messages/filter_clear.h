// filterclear: drops the filter that filterload set (BIP37). No payload.
#pragma once

#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

using FilterClear = EmptyMessage<"filterclear">;

}  // namespace noderig::p2p
