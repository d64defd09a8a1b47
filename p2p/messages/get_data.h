// getdata: asks for transactions and blocks.
#pragma once

#include <noderig/p2p/messages/inv_item.h>

namespace noderig::p2p {

using GetData = InvMessage<"getdata">;

}  // namespace noderig::p2p
