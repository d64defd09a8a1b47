// sendaddrv2: asks, before verack, for addrv2 instead of addr (BIP155). No payload.
#pragma once

#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

using SendAddrV2 = EmptyMessage<"sendaddrv2">;

}  // namespace noderig::p2p
