// getaddr: asks for known addresses. No payload.
#pragma once

#include <noderig/p2p/messages/message.h>

namespace noderig::p2p {

using GetAddr = EmptyMessage<"getaddr">;

}  // namespace noderig::p2p
