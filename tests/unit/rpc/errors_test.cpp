#include <gtest/gtest.h>
#include <noderig/rpc/errors.h>

namespace noderig::rpc {
namespace {

TEST(RpcError, NamesNodeMethodCodeAndStatus) {
  const RpcError error("node0", "getblock", 500, RpcErrorCode::RPC_INVALID_ADDRESS_OR_KEY,
                       "Block not found");
  EXPECT_STREQ(error.what(),
               "node0: getblock: RPC error -5 (RPC_INVALID_ADDRESS_OR_KEY), HTTP 500: Block not "
               "found");
}

TEST(RpcError, HoldsACodeWithoutAName) {
  const RpcError error("node0", "m", 200, RpcErrorCode{-999}, "odd");
  EXPECT_STREQ(error.what(), "node0: m: RPC error -999, HTTP 200: odd");
  EXPECT_EQ(name_of(error.code()), "");
}

TEST(RpcErrorCode, HasTheNodesNumbers) {
  EXPECT_EQ(static_cast<int>(RpcErrorCode::RPC_IN_WARMUP), -28);
  EXPECT_EQ(static_cast<int>(RpcErrorCode::RPC_WALLET_ERROR), -4);
  EXPECT_EQ(static_cast<int>(RpcErrorCode::RPC_VERIFY_REJECTED), -26);
  EXPECT_EQ(name_of(RpcErrorCode::RPC_IN_WARMUP), "RPC_IN_WARMUP");
}

TEST(TransportError, NamesNodeMethodAndKind) {
  const TransportError error(TransportError::Kind::HalfReply, "node0", "getblock", "it broke");
  EXPECT_STREQ(error.what(), "node0: getblock: it broke");
  EXPECT_EQ(name_of(error.kind()), "HalfReply");
}

}  // namespace
}  // namespace noderig::rpc
