// inv: announces transactions and blocks.
#pragma once

#include <noderig/p2p/messages/inv_item.h>

namespace noderig::p2p {

using Inv = InvMessage<"inv">;

}  // namespace noderig::p2p
