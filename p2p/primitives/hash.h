// The hash functions of the protocol, computed by OpenSSL. Free functions may be called from any
// thread; a Sha256 belongs to one thread at a time.
#pragma once

#include <noderig/p2p/primitives/bytes.h>
#include <noderig/p2p/primitives/uint256.h>
#include <array>
#include <memory>

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX

namespace noderig::p2p {

Uint256 sha256(ByteSpan data);

// SHA-256 of the SHA-256: transaction ids, block hashes, checksums.
Uint256 sha256d(ByteSpan data);

// The same for `first` followed by `second`: a node of a merkle tree.
Uint256 sha256d(const Uint256& first, const Uint256& second);

// Throws std::runtime_error where OpenSSL lacks RIPEMD-160: before 3.0.7, or built without it.
std::array<std::byte, 20> ripemd160(ByteSpan data);

// RIPEMD-160 of the SHA-256: public keys and scripts in addresses. Throws as ripemd160() does.
std::array<std::byte, 20> hash160(ByteSpan data);

// SHA-256 in a domain of its own, named by `tag` (BIP340).
Uint256 tagged_hash(std::string_view tag, ByteSpan message);

// SHA-256 of data that comes in pieces. Movable; a moved-from one may only be assigned to.
class Sha256 {
 public:
  Sha256();

  Sha256& write(ByteSpan data);

  // The hash of all that was written since the start or the last finish(). Starts over.
  Uint256 finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace noderig::p2p
