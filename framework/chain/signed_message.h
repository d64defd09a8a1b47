// Messages signed with a key, as the RPCs signmessage and verifymessage know them. Pure functions;
// any thread.
#pragma once

#include <noderig/framework/chain/key.h>
#include <string_view>

namespace noderig {

// What is signed: the hash of the text behind the words that keep it apart from transactions.
Uint256 signed_message_hash(std::string_view text);

// Whether `base64` is a signature of the text by `key`: a header byte, which tells how to find the
// key and is not looked at, then R and S. False also for what is no signature at all.
bool verify_signed_message(const PublicKey& key, std::string_view base64, std::string_view text);

}  // namespace noderig
