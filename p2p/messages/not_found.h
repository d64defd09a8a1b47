// notfound: says which items of a getdata the sender does not have.
#pragma once

#include <noderig/p2p/messages/inv_item.h>

namespace noderig::p2p {

using NotFound = InvMessage<"notfound">;

}  // namespace noderig::p2p
