// wtxidrelay: asks, before verack, for transactions by wtxid (BIP339). No payload.
#pragma once

#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

using WtxidRelay = EmptyMessage<"wtxidrelay">;

}  // namespace noderig::p2p
