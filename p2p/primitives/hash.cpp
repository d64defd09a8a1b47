#include <noderig/p2p/primitives/hash.h>

#include <openssl/evp.h>

#include <stdexcept>
#include <string>

namespace noderig::p2p {
namespace {

void require(bool done, const char* call) {
  if (!done) throw std::runtime_error(std::string("OpenSSL: ") + call + " failed");
}

EVP_MD_CTX* new_context() {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  require(context != nullptr, "EVP_MD_CTX_new");
  return context;
}

// Looking an algorithm up takes longer than hashing a small input, so each is fetched once. It is
// never freed: hashing must work for as long as any thread runs.
const EVP_MD* fetch(const char* name) {
  const EVP_MD* algorithm = EVP_MD_fetch(nullptr, name, nullptr);
  require(algorithm != nullptr, name);
  return algorithm;
}

const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = fetch("SHA256");
  return algorithm;
}

const EVP_MD* ripemd160_algorithm() {
  static const EVP_MD* const algorithm = fetch("RIPEMD160");
  return algorithm;
}

// One context a thread and algorithm: making one takes longer than hashing a small input.
class ThreadContext {
 public:
  explicit ThreadContext(const EVP_MD* algorithm)
      : algorithm_(algorithm), context_(new_context()) {}
  ~ThreadContext() { EVP_MD_CTX_free(context_); }
  ThreadContext(const ThreadContext&) = delete;
  ThreadContext& operator=(const ThreadContext&) = delete;

  template <std::size_t N>
  void hash(ByteSpan data, std::array<std::byte, N>& out) {
    require(EVP_DigestInit_ex2(context_, algorithm_, nullptr) == 1 &&
                EVP_DigestUpdate(context_, data.data(), data.size()) == 1 &&
                EVP_DigestFinal_ex(context_, reinterpret_cast<unsigned char*>(out.data()),
                                   nullptr) == 1,
            "EVP_Digest");
  }

 private:
  const EVP_MD* algorithm_;
  EVP_MD_CTX* context_;
};

ThreadContext& sha256_context() {
  thread_local ThreadContext context(sha256_algorithm());
  return context;
}

}  // namespace

Uint256 sha256(ByteSpan data) {
  Uint256 hash;
  sha256_context().hash(data, hash.wire());
  return hash;
}

Uint256 sha256d(ByteSpan data) {
  ThreadContext& context = sha256_context();
  Uint256 hash;
  context.hash(data, hash.wire());
  context.hash(hash.wire(), hash.wire());
  return hash;
}

Uint256 sha256d(const Uint256& first, const Uint256& second) {
  std::array<std::byte, 2 * Uint256::kSize> both;
  std::memcpy(both.data(), first.wire().data(), Uint256::kSize);
  std::memcpy(both.data() + Uint256::kSize, second.wire().data(), Uint256::kSize);
  return sha256d(both);
}

std::array<std::byte, 20> ripemd160(ByteSpan data) {
  thread_local ThreadContext context(ripemd160_algorithm());
  std::array<std::byte, 20> hash;
  context.hash(data, hash);
  return hash;
}

std::array<std::byte, 20> hash160(ByteSpan data) {
  return ripemd160(sha256(data).wire());
}

Uint256 tagged_hash(std::string_view tag, ByteSpan message) {
  const Uint256 prefix = sha256(as_byte_span(tag));
  return Sha256().write(prefix.wire()).write(prefix.wire()).write(message).finish();
}

void Sha256::Free::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

Sha256::Sha256() : context_(new_context()) {
  require(EVP_DigestInit_ex2(context_.get(), sha256_algorithm(), nullptr) == 1, "EVP_DigestInit");
}

Sha256& Sha256::write(ByteSpan data) {
  require(EVP_DigestUpdate(context_.get(), data.data(), data.size()) == 1, "EVP_DigestUpdate");
  return *this;
}

Uint256 Sha256::finish() {
  Uint256 hash;
  require(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(hash.wire().data()),
                             nullptr) == 1 &&
              EVP_DigestInit_ex2(context_.get(), sha256_algorithm(), nullptr) == 1,
          "EVP_DigestFinal");
  return hash;
}

}  // namespace noderig::p2p
