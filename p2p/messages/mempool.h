// mempool: asks for an inv of the mempool (BIP35). No payload.
#pragma once

#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

using MemPool = EmptyMessage<"mempool">;

}  // namespace noderig::p2p
