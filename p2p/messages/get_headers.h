// getheaders: asks for the headers after a locator.
#pragma once

#include <noderig/p2p/messages/block_locator.h>

namespace noderig::p2p {

using GetHeaders = LocatorMessage<"getheaders">;

}  // namespace noderig::p2p
