// Output descriptors (BIP380 to BIP386) in the forms that tests need: builders that nest as
// descriptors do, and the checksum. Wallets take a descriptor only with its checksum:
//
//   wallet.import_descriptor(with_checksum(descriptor::sh(descriptor::pkh(key.public_key()))));
//
// Pure functions on text; any thread.
#pragma once

#include <noderig/framework/chain/key.h>
#include <noderig/p2p/primitives/script.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace noderig {

// The eight characters that belong behind the '#'. Nothing when a character may not stand in a
// descriptor.
std::optional<std::string> descriptor_checksum(std::string_view descriptor);

// The descriptor, '#' and its checksum. Throws std::invalid_argument when it has none.
std::string with_checksum(std::string_view descriptor);

// Whether the text is a descriptor's followed by '#' and the right checksum.
bool has_valid_checksum(std::string_view text);

// A key as it is written for others to derive keys from it (BIP32): the root of a tree, for test
// networks ("tprv...", "tpub..."). Its chain code follows from the key.
std::string extended_private_key(const Key& key);
std::string extended_public_key(const Key& key);

namespace descriptor {

// What stands for a key inside a descriptor.
class KeyExpression {
 public:
  KeyExpression(const PublicKey& key) : text_(key.to_string()) {}
  // With its secret, in wallet import format.
  KeyExpression(const Key& key) : text_(key.wif()) {}
  // As it is: an extended key with a path, "tpub.../0/*".
  KeyExpression(std::string text) : text_(std::move(text)) {}

  const std::string& to_string() const { return text_; }

 private:
  std::string text_;
};

std::string pk(const KeyExpression& key);
std::string pkh(const KeyExpression& key);
std::string wpkh(const KeyExpression& key);
std::string tr(const KeyExpression& internal_key);  // key path alone

// `required` of the keys must sign. multi() keeps their order, sortedmulti() sorts the public keys.
std::string multi(int required, const std::vector<KeyExpression>& keys);
std::string sortedmulti(int required, const std::vector<KeyExpression>& keys);

std::string sh(std::string_view inner);
std::string wsh(std::string_view inner);

std::string raw(const p2p::Script& script);
std::string addr(std::string_view address);

}  // namespace descriptor
}  // namespace noderig
