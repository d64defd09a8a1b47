// verack: accepts the other side's version and ends the handshake. No payload.
#pragma once

#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

using Verack = EmptyMessage<"verack">;

}  // namespace noderig::p2p
