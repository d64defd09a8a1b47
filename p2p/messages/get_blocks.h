// getblocks: asks for an inv of the blocks after a locator.
#pragma once

#include <noderig/p2p/messages/block_locator.h>

namespace noderig::p2p {

using GetBlocks = LocatorMessage<"getblocks">;

}  // namespace noderig::p2p
