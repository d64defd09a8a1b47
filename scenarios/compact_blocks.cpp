// Compact blocks (BIP152): how peers agree on them, what the node writes into them, what it asks
// for when it gets one, and what it does about old, wrong and unasked ones.
//
//   genesis - 1 ... 60 - 61 ... 160 - . - . - ...   each part adds blocks of its own
//             |        |
//             `--------`--- the rig wallet's coins
//
//   peer                                  node
//     cmpctblock: header, short ids  --->   looks for the transactions in its mempool
//                                    <---   getblocktxn: those it has not found
//     blocktxn: these                --->   has the block
//
// The peers of a part are its own. A node asks three peers to send it cmpctblock before it asks
// ("high-bandwidth" peers): those that brought it the latest blocks.

#include "compact_blocks/stage.h"

NODERIG_SCENARIO(compact_blocks,
    .summary = "compact blocks are agreed on, written, completed, served and defended against",
    .nodes = 1,
    .chain = Chain::Mature,
    .tags = {"p2p"},
    .memory_mb = 900,
    .timeout = 120s,
    .likelihood = Likelihood::Possible,
    .impact = Impact::Major,
    .links = {"BIP152", "src/blockencodings.cpp", "src/net_processing.cpp"},
    .subtests = {"negotiation_inbound", "negotiation_outbound", "negotiation_bad_announce",
                 "construction_announced", "construction_fetched", "request_after_inv",
                 "request_after_headers", "asks_for_all", "asks_for_what_is_not_prefilled",
                 "asks_for_what_is_not_in_mempool", "asks_for_nothing", "wrong_blocktxn",
                 "second_wrong_blocktxn", "blocktxn", "getblocktxn_out_of_range",
                 "getblocktxn_empty", "compact_block_by_depth", "old_compact_block",
                 "low_work_compact_block", "invalid_transactions", "prefilled_index_too_high",
                 "unsolicited_compact_block", "stalling_peer", "parallel_download_1",
                 "parallel_download_5", "parallel_download_20", "submitted_block",
                 "high_bandwidth_in_peer_info",
                 "high_bandwidth_selection", "blocks_only", "blocks_only_ignores_compact_blocks"}) {
  compact_blocks::Stage stage(rig);
  compact_blocks::negotiation(stage);
  compact_blocks::construction(stage);
  compact_blocks::requests(stage);
  compact_blocks::serving(stage);
  compact_blocks::unwanted(stage);
  compact_blocks::several_peers(stage);
  compact_blocks::high_bandwidth(stage);
  compact_blocks::blocks_only(stage);
}
