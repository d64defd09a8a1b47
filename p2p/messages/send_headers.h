// sendheaders: asks for new blocks to be announced by headers (BIP130). No payload.
#pragma once

#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

using SendHeaders = EmptyMessage<"sendheaders">;

}  // namespace noderig::p2p
