// The one list of messages, and what follows from it: decoding by command name and describing what
// went over the wire. A new message is one new file in this folder, its include and one line in
// AllMessages. Any thread.
#pragma once

#include <noderig/p2p/messages/addr.h>
#include <noderig/p2p/messages/addr_v2.h>
#include <noderig/p2p/messages/block_message.h>
#include <noderig/p2p/messages/block_txn.h>
#include <noderig/p2p/messages/cfcheckpt.h>
#include <noderig/p2p/messages/cfheaders.h>
#include <noderig/p2p/messages/cfilter.h>
#include <noderig/p2p/messages/cmpct_block.h>
#include <noderig/p2p/messages/feature.h>
#include <noderig/p2p/messages/fee_filter.h>
#include <noderig/p2p/messages/filter_add.h>
#include <noderig/p2p/messages/filter_clear.h>
#include <noderig/p2p/messages/filter_load.h>
#include <noderig/p2p/messages/get_addr.h>
#include <noderig/p2p/messages/get_block_txn.h>
#include <noderig/p2p/messages/get_blocks.h>
#include <noderig/p2p/messages/get_cfcheckpt.h>
#include <noderig/p2p/messages/get_cfheaders.h>
#include <noderig/p2p/messages/get_cfilters.h>
#include <noderig/p2p/messages/get_data.h>
#include <noderig/p2p/messages/get_headers.h>
#include <noderig/p2p/messages/headers.h>
#include <noderig/p2p/messages/inv.h>
#include <noderig/p2p/messages/mempool.h>
#include <noderig/p2p/messages/merkle_block.h>
#include <noderig/p2p/messages/not_found.h>
#include <noderig/p2p/messages/ping.h>
#include <noderig/p2p/messages/pong.h>
#include <noderig/p2p/messages/reject.h>
#include <noderig/p2p/messages/send_addr_v2.h>
#include <noderig/p2p/messages/send_cmpct.h>
#include <noderig/p2p/messages/send_headers.h>
#include <noderig/p2p/messages/send_tx_rcncl.h>
#include <noderig/p2p/messages/tx_message.h>
#include <noderig/p2p/messages/verack.h>
#include <noderig/p2p/messages/version.h>
#include <noderig/p2p/messages/wtxid_relay.h>

#include <span>
#include <tuple>
#include <variant>

namespace noderig::p2p {

using AllMessages =
    std::tuple<Version, Verack, WtxidRelay, SendAddrV2, SendHeaders, SendCmpct, SendTxRcncl,
               Feature, Ping, Pong, GetAddr, Addr, AddrV2, Inv, GetData, NotFound, GetBlocks,
               GetHeaders, Headers, BlockMessage, TxMessage, MemPool, FeeFilter, CmpctBlock,
               GetBlockTxn, BlockTxn, FilterLoad, FilterAdd, FilterClear, MerkleBlock, GetCFilters,
               CFilter, GetCFHeaders, CFHeaders, GetCFCheckpt, CFCheckpt, Reject>;

template <typename Tuple>
struct MessageVariant;
template <WireMessage... Ms>
struct MessageVariant<std::tuple<Ms...>> {
  using type = std::variant<Ms..., RawMessage>;
};

// A message of any type; RawMessage stands for commands that are not in the list.
using Message = MessageVariant<AllMessages>::type;

// The command names of AllMessages in its order.
std::span<const std::string_view> all_commands();

// Decodes a payload as the message that `command` names.
Decoded<Message> decode_message(std::string_view command, ByteSpan payload);

// The command and the payload of any message.
RawMessage to_raw(const Message& message);

// One line with the command and the decoded fields: "ping nonce=0000000000000001". For an unknown
// command the payload's first bytes, and the same with the fault for a payload that does not
// decode.
std::string describe_message(std::string_view command, ByteSpan payload);
std::string describe_message(const Message& message);

}  // namespace noderig::p2p
