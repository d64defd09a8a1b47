#include "script_from.h"

#include <gtest/gtest.h>

#include <noderig/framework/chain/key.h>
#include <noderig/framework/chain/sighash.h>

namespace noderig {
namespace {

p2p::Transaction transaction_from(std::string_view hex) {
  return p2p::decode_as<p2p::Transaction>(bytes_from_hex(hex)).value();
}

struct LegacyVector {
  std::string_view transaction;
  std::string_view script;
  std::size_t input;
  std::int32_t type;
  std::string_view hash;  // as nodes print it
};

// From Bitcoin Core's sighash.json: all outputs, none, one; with and without the other inputs; with
// and without OP_CODESEPARATOR in the script; and one that hashes to one.
const LegacyVector kLegacyVectors[] = {
    {"fea256ce01272d125e577c0a09570a71366898280dda279b021000db1325f27edda41a53460100000002ab"
     "53c752c21c013c2b3a01000000000000000000",
     "65", 0, 1145543262, "076b9f844f6ae429de228a2c337c704df1652c292b6c6494882190638dad9efd"},
    {"24f24cd90132b2162f938f1c22d3ca5e7daa83515883f31a61a5177aebf99d7db6bdfc398c010000000163"
     "ffffffff01d5562d0100000000016300000000",
     "5265ac5165ac5252ab", 0, 1055129103,
     "5eeb03e03806cd7bfd44bbba69c30f84c2c5120df9e68cd8facc605fcfbc9693"},
    {"c33028b301d5093e1e8397270d75a0b009b2a6509a01861061ab022ca122a6ba935b8513320200000000ff"
     "ffffff013bcf5a0500000000015200000000",
     "", 0, -513413204, "6b1459536f51482f5dbf42d7e561896557461e1e3b6bf67871e2b51faae2832c"},
    {"b240517501334021240427adb0b413433641555424f6d24647211e3e6bfbb22a8045cbda2f000000000071"
     "bac8630112717802000000000000000000",
     "6a5165abac52656551", 0, 1790414254,
     "2c8be597620d95abd88f9c1cf4967c1ae3ca2309f3afec8928058c9598660e9e"},
    {"2f7353dd02e395b0a4d16da0f7472db618857cd3de5b9e2789232952a9b154d249102245fd030000000151"
     "617fd88f103280b85b0a198198e438e7cab1a4c92ba58409709997cc7a65a619eb9eec3c0200000003636a"
     "abffffffff0397481c0200000000045300636a0dc97803000000000009d389030000000003ac6a53134007"
     "bb",
     "0000536552526a", 0, -1912746174,
     "30c4cd4bd6b291f7e9489cc4b4440a083f93a7664ea1f93e77a9597dab8ded9c"},
    {"d5c1b16f0248c60a3ddccf7ebd1b3f260360bbdf2230577d1c236891a1993725e262e1b6cb000000000363"
     "636affffffff0a32362cfe68d25b243a015fc9aa172ea9c6b087c9e231474bb01824fd6bd8bc0300000005"
     "ab52ab516affffffff0420d9a70200000000045152656a45765d0000000000055252536a5277bad1000000"
     "00000252ab3f3f3803000000000463acac5200000000",
     "52636a52ab65", 1, 1305123906,
     "978dc178ecd03d403b048213d904653979d11c51730381c96c4208e3ea24243a"},
    {"32fa0b0804e6ea101e137665a041cc2350b794e59bf42d9b09088b01cde806ec1bbea077df020000000851"
     "5153650000006506a11c55904258fa418e57b88b12724b81153260d3f4c9f080439789a391ab147aabb0fa"
     "0000000007000052ac51ab510986f2a15c0d5e05d20dc876dd2dafa435276d53da7b47c393f20900e55f16"
     "3b97ce0b800000000008ab526a520065636a8087df7d4d9c985fb42308fb09dce704650719140aa6050e89"
     "55fa5d2ea46b464a333f870000000009636300636a6565006affffffff01994a0d04000000000253650000"
     "0000",
     "516563530065", 2, -163068286,
     "f58637277d2bc42e18358dc55f7e87e7043f5e33f4ce1fc974e715ef0d3d1c2a"},
    {"25ee54ef0187387564bb86e0af96baec54289ca8d15e81a507a2ed6668dc92683111dfb7a5010000000400"
     "5263634cecf17d0429aa4d000000000007636a6aabab5263daa75601000000000251ab4df70a0100000000"
     "0151980a890400000000065253ac6a006377fd24e3",
     "65ab", 0, 797877378, "069f38fd5d47abff46f04ee3ae27db03275e9aa4737fa0d2f5394779f9654845"},
    {"6f62138301436f33a00b84a26a0457ccbfc0f82403288b9cbae39986b34357cb2ff9b889b3020000000452"
     "53655335a7ff6701bac9960400000000086552ab656352635200000000",
     "6aac51", 0, 1444414211, "502a2435fd02898d2ff3ab08a3c19078414b32ec9b73d64a944834efc9dae10c"},
    {"5c45d09801bb4d8e7679d857b86b97697472d514f8b76d862460e7421e8617b15a2df217c6010000000863"
     "acacab6565006affffffff01156dbc03000000000952ac63516551ac6aac00000000",
     "6aabac", 0, 1310125891, "270445ab77258ced2e5e22a6d0d8c36ac7c30fff9beefa4b3e981867b03fa0ad"},
    {"d3b7421e011f4de0f1cea9ba7458bf3486bee722519efab711a963fa8c100970cf7488b7bb020000000352"
     "5352dcd61b300148be5d05000000000000000000",
     "535251536aac536a", 0, -1960128125,
     "29aa6d2d752d3310eba20442770ad345b7f6a35f96161ede5f07b33e92053e2a"},
    {"009046a1023f266d0113556d604931374d7932b4d6a7952d08fbd9c9b87cbd83f4f4c178b4030000000452"
     "ac526346e73b438c4516c60edd5488023131f07acb5f9ea1540b3e84de92f4e3c432289781ea4900000000"
     "046500655357dfd6da02baef910100000000026a007d101703000000000800516500abacac5100000000",
     "6aab6553ac", 0, -802456605,
     "f8757fbb4448ca34e0cd41b997685b37238d331e70316659a9cc9087d116169d"},
};

TEST(LegacySighash, MatchesKnownVectors) {
  for (const auto& vector : kLegacyVectors) {
    SCOPED_TRACE(vector.hash);
    EXPECT_EQ(legacy_sighash(transaction_from(vector.transaction), vector.input,
                             script_from(vector.script), static_cast<std::uint32_t>(vector.type))
                  .to_string(),
              vector.hash);
  }
}

TEST(LegacySighash, IsOneForAnInputThatIsNotThere) {
  const auto transaction = transaction_from(kLegacyVectors[0].transaction);
  EXPECT_EQ(legacy_sighash(transaction, transaction.inputs.size(), {}, kSighashAll).to_string(),
            std::string(63, '0') + "1");
}

// BIP143, native P2WPKH.
TEST(SegwitV0Sighash, SignsAPayToWitnessPubkeyHashInput) {
  const auto transaction = transaction_from(
      "0100000002fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f0000000000ee"
      "ffffffef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffff"
      "ff02202cb206000000001976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000"
      "001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac11000000");
  const Uint256 hash = segwit_v0_sighash(
      transaction, 1, script_from("76a9141d0f172a0ecb48aee1be1f2687d2963ae33f71a188ac"),
      Amount::btc(6), kSighashAll);
  EXPECT_EQ(to_hex(hash.wire()),
            "c37af31116d1b27caf68aae9e3ac82f1477929014d5b917657d0eb49478cb670");
  const Key key(bytes_from_hex("619c335025c7f4012e556c2a58b2506e30b8511b53ade95ea316fd8c3286feb9"));
  EXPECT_EQ(to_hex(key.sign(hash)),
            "304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a"
            "0220573a954c4518331561406f90300e8f3358f51928d43c212a8caed02de67eebee");
}

// BIP143, P2SH-P2WSH: one transaction, signed with each type.
TEST(SegwitV0Sighash, MatchesEachType) {
  const auto transaction = transaction_from(
      "010000000136641869ca081e70f394c6948e8af409e18b619df2ed74aa106c1ca29787b96e0100000000ff"
      "ffffff0200e9a435000000001976a914389ffce9cd9ae88dcc0631e88a821ffdbe9bfe2688acc0832f0500"
      "0000001976a9147480a33f950689af511e6e84c138dbbd3c3ee41588ac00000000");
  const auto script = script_from(
      "56210307b8ae49ac90a048e9b53357a2354b3334e9c8bee813ecb98e99a7e07e8c3ba32103b28f0c28bfab"
      "54554ae8c658ac5c3e0ce6e79ad336331f78c428dd43eea8449b21034b8113d703413d57761b8b9781957b"
      "8c0ac1dfe69f492580ca4195f50376ba4a21033400f6afecb833092a9a21cfdf1ed1376e58c5d1f47de746"
      "83123987e967a8f42103a6d48b1131e94ba04d9737d61acdaa1322008af9602b3b14862c07a1789aac1621"
      "02d8b661b0b3302ee2f162b09e07a55ad5dfbe673a9f01d9f0c19617681024306b56ae");
  const std::pair<std::uint32_t, std::string_view> expected[] = {
      {kSighashAll, "185c0be5263dce5b4bb50a047973c1b6272bfbd0103a89444597dc40b248ee7c"},
      {kSighashNone, "e9733bc60ea13c95c6527066bb975a2ff29a925e80aa14c213f686cbae5d2f36"},
      {kSighashSingle, "1e1f1c303dc025bd664acb72e583e933fae4cff9148bf78c157d1e8f78530aea"},
      {kSighashAll | kSighashAnyoneCanPay,
       "2a67f03e63a6a422125878b40b82da593be8d4efaafe88ee528af6e5a9955c6e"},
      {kSighashNone | kSighashAnyoneCanPay,
       "781ba15f3779d5542ce8ecb5c18716733a5ee42a6f51488ec96154934e2c890a"},
      {kSighashSingle | kSighashAnyoneCanPay,
       "511e8e52ed574121fc1b654970395502128263f62662e076dc6baf05c2e6a99b"},
  };
  for (const auto& [type, hash] : expected) {
    EXPECT_EQ(
        to_hex(segwit_v0_sighash(transaction, 0, script, Amount::sat(987654321), type).wire()),
        hash)
        << type;
  }
}

struct SpentOutput {
  std::int64_t satoshi;
  std::string_view script;
};

struct KeyPathVector {
  std::size_t input;
  std::uint8_t type;
  std::string_view tweaked_secret;
  std::string_view hash;
  std::string_view witness;  // the signature, and the type unless it is the default
};

// BIP341's wallet vectors, key path spending.
constexpr std::string_view kTaprootTransaction =
    "02000000097de20cbff686da83a54981d2b9bab3586f4ca7e48f57f5b55963115f3b334e9c010000000000"
    "000000d7b7cab57b1393ace2d064f4d4a2cb8af6def61273e127517d44759b6dafdd990000000000ffffff"
    "fff8e1f583384333689228c5d28eac13366be082dc57441760d957275419a418420000000000fffffffff0"
    "689180aa63b30cb162a73c6d2a38b7eeda2a83ece74310fda0843ad604853b0100000000feffffffaa5202"
    "bdf6d8ccd2ee0f0202afbbb7461d9264a25e5bfd3c5a52ee1239e0ba6c0000000000feffffff956149bdc6"
    "6faa968eb2be2d2faa29718acbfe3941215893a2a3446d32acd050000000000000000000e664b9773b88c0"
    "9c32cb70a2a3e4da0ced63b7ba3b22f848531bbb1d5d5f4c94010000000000000000e9aa6b8e6c9de67619"
    "e6a3924ae25696bb7b694bb677a632a74ef7eadfd4eabf0000000000ffffffffa778eb6a263dc090464cd1"
    "25c466b5a99667720b1c110468831d058aa1b82af10100000000ffffffff0200ca9a3b000000001976a914"
    "06afd46bcdfd22ef94ac122aa11f241244a37ecc88ac807840cb0000000020ac9a87f5594be208f8532db3"
    "8cff670c450ed2fea8fcdefcc9a663f78bab962b0065cd1d";

const SpentOutput kTaprootSpent[] = {
    {420000000, "512053a1f6e454df1aa2776a2814a721372d6258050de330b3c6d10ee8f4e0dda343"},
    {462000000, "5120147c9c57132f6e7ecddba9800bb0c4449251c92a1e60371ee77557b6620f3ea3"},
    {294000000, "76a914751e76e8199196d454941c45d1b3a323f1433bd688ac"},
    {504000000, "5120e4d810fd50586274face62b8a807eb9719cef49c04177cc6b76a9a4251d5450e"},
    {630000000, "512091b64d5324723a985170e4dc5a0f84c041804f2cd12660fa5dec09fc21783605"},
    {378000000, "00147dd65592d0ab2fe0d0257d571abf032cd9db93dc"},
    {672000000, "512075169f4001aa68f15bbed28b218df1d0a62cbbcf1188c6665110c293c907b831"},
    {546000000, "5120712447206d7a5238acc7ff53fbe94a3b64539ad291c7cdbc490b7577e4b17df5"},
    {588000000, "512077e30a5522dd9f894c3f8b8bd4c4b2cf82ca7da8a3ea6a239655c39c050ab220"},
};

const KeyPathVector kKeyPathVectors[] = {
    {0, 3, "2405b971772ad26915c8dcdf10f238753a9b837e5f8e6a86fd7c0cce5b7296d9",
     "2514a6272f85cfa0f45eb907fcb0d121b808ed37c6ea160a5a9046ed5526d555",
     "ed7c1647cb97379e76892be0cacff57ec4a7102aa24296ca39af7541246d8ff14d38958d4cc1e2e4"
     "78e4d4a764bbfd835b16d4e314b72937b29833060b87276c03"},
    {1, 131, "ea260c3b10e60f6de018455cd0278f2f5b7e454be1999572789e6a9565d26080",
     "325a644af47e8a5a2591cda0ab0723978537318f10e6a63d4eed783b96a71a4d",
     "052aedffc554b41f52b521071793a6b88d6dbca9dba94cf34c83696de0c1ec35ca9c5ed4ab28059b"
     "d606a4f3a657eec0bb96661d42921b5f50a95ad33675b54f83"},
    {3, 1, "97323385e57015b75b0339a549c56a948eb961555973f0951f555ae6039ef00d",
     "bf013ea93474aa67815b1b6cc441d23b64fa310911d991e713cd34c7f5d46669",
     "ff45f742a876139946a149ab4d9185574b98dc919d2eb6754f8abaa59d18b025637a3aa043b91817"
     "739554f4ed2026cf8022dbd83e351ce1fabc272841d2510a01"},
    {4, 0, "a8e7aa924f0d58854185a490e6c41f6efb7b675c0f3331b7f14b549400b4d501",
     "4f900a0bae3f1446fd48490c2958b5a023228f01661cda3496a11da502a7f7ef",
     "b4010dd48a617db09926f729e79c33ae0b4e94b79f04a1ae93ede6315eb3669de185a17d2b0ac9ee"
     "09fd4c64b678a0b61a0a86fa888a273c8511be83bfd6810f"},
    {6, 2, "241c14f2639d0d7139282aa6abde28dd8a067baa9d633e4e7230287ec2d02901",
     "15f25c298eb5cdc7eb1d638dd2d45c97c4c59dcaec6679cfc16ad84f30876b85",
     "a3785919a2ce3c4ce26f298c3d51619bc474ae24014bcdd31328cd8cfbab2eff3395fa0a16fe5f48"
     "6d12f22a9cedded5ae74feb4bbe5351346508c5405bcfee002"},
    {7, 130, "65b6000cd2bfa6b7cf736767a8955760e62b6649058cbc970b7c0871d786346b",
     "cd292de50313804dabe4685e83f923d2969577191a3e1d2882220dca88cbeb10",
     "ea0c6ba90763c2d3a296ad82ba45881abb4f426b3f87af162dd24d5109edc1cdd11915095ba47c3a"
     "9963dc1e6c432939872bc49212fe34c632cd3ab9fed429c482"},
    {8, 129, "ec18ce6af99f43815db543f47b8af5ff5df3b2cb7315c955aa4a86e8143d2bf5",
     "cccb739eca6c13a8a89e6e5cd317ffe55669bbda23f2fd37b0f18755e008edd2",
     "bbc9584a11074e83bc8c6759ec55401f0ae7b03ef290c3139814f545b58a9f8127258000874f44bc"
     "46db7646322107d4d86aec8e73b8719a61fff761d75b5dd981"},
};

std::vector<p2p::TxOut> taproot_spent() {
  std::vector<p2p::TxOut> outputs;
  for (const auto& [satoshi, script] : kTaprootSpent) {
    outputs.push_back({.value = Amount::sat(satoshi), .script_pubkey = script_from(script)});
  }
  return outputs;
}

TEST(TaprootSighash, MatchesTheVectorsOfBip341) {
  const auto transaction = transaction_from(kTaprootTransaction);
  for (const auto& vector : kKeyPathVectors) {
    SCOPED_TRACE(vector.input);
    const Uint256 hash = taproot_sighash(transaction, vector.input, taproot_spent(), vector.type);
    EXPECT_EQ(to_hex(hash.wire()), vector.hash);
    std::string witness =
        to_hex(Key(bytes_from_hex(vector.tweaked_secret)).sign_schnorr(hash.wire()));
    if (vector.type != kSighashDefault)
      witness += to_hex(Bytes{static_cast<std::byte>(vector.type)});
    EXPECT_EQ(witness, vector.witness);
  }
}

// A script path spend with an annex, signed with All and AnyoneCanPay, that Bitcoin Core 29
// accepts.
TEST(TaprootSighash, MatchesAScriptPathSpendThatANodeAccepts) {
  const auto transaction = transaction_from(
      "02000000000101441d0a9941e531b30cb9d49ab172607c6947b8fdc0e99711495b6350f495f8ed0000000000"
      "ffffffff010011102401000000015104414947d79390358bcd2a0db546f2a859b2059029ac9b75f843d553e3d5"
      "1835a3ea2d01089012b2affaafb87a08d428970aedef4e1f2dfff8fd809bf21451b5eda0812220cdfcc5b04da7"
      "16d6642e0d36386f6a52e7c8725122241ef8d03519a6f88bdfe3ac21c0cdfcc5b04da716d6642e0d36386f6a52"
      "e7c8725122241ef8d03519a6f88bdfe302500100000000");
  const auto& witness = transaction.inputs[0].witness;
  ASSERT_EQ(witness.size(), 4);
  const std::vector<p2p::TxOut> spent{
      {.value = Amount::btc(50),
       .script_pubkey =
           script_from("5120144a7a1230f1e447a30537bade9ae43f336171da5ea38a781b2b7f503ae8ada1")}};
  const p2p::Script leaf(witness[1]);
  const TaprootContext context{.annex = witness[3], .leaf_hash = tapleaf_hash(leaf)};
  const Uint256 hash = taproot_sighash(transaction, 0, spent, 0x81, context);

  SchnorrSignature signature;
  std::copy_n(witness[0].begin(), signature.size(), signature.begin());
  XOnlyKey key;
  std::copy_n(witness[1].begin() + 1, key.size(), key.begin());
  EXPECT_TRUE(verify_schnorr(key, hash.wire(), signature));
}

TEST(TaprootSighash, CommitsToAnnexLeafAndSeparator) {
  const auto transaction = transaction_from(kTaprootTransaction);
  const auto spent = taproot_spent();
  const auto hash = [&](const TaprootContext& context) {
    return taproot_sighash(transaction, 0, spent, kSighashAll, context);
  };
  const Uint256 leaf = tapleaf_hash(script_from("51"));
  EXPECT_NE(hash({}), hash({.annex = bytes_from_hex("50")}));
  EXPECT_NE(hash({}), hash({.leaf_hash = leaf}));
  EXPECT_NE(hash({.leaf_hash = leaf}), hash({.leaf_hash = leaf, .code_separator = 0}));
}

TEST(TaprootSighash, RefusesWhatConsensusLeavesUndefined) {
  auto transaction = transaction_from(kTaprootTransaction);
  const auto spent = taproot_spent();
  EXPECT_THROW(taproot_sighash(transaction, 0, spent, 0x04), std::invalid_argument);
  EXPECT_THROW(taproot_sighash(transaction, 0, spent, 0x80), std::invalid_argument);
  EXPECT_THROW(taproot_sighash(transaction, 9, spent, 0), std::invalid_argument);
  EXPECT_THROW(taproot_sighash(transaction, 0, std::span(spent).first(8), 0),
               std::invalid_argument);
  EXPECT_THROW(taproot_sighash(transaction, transaction.outputs.size(), spent, 3),
               std::invalid_argument);
}

// BIP341's wallet vectors, second output script.
TEST(TapleafHash, MatchesTheVectorOfBip341) {
  EXPECT_EQ(to_hex(tapleaf_hash(
                       script_from(
                           "20d85a959b0290bf19bb89ed43c916be835475d013da4b362117393e25a48229b8ac"))
                       .wire()),
            "5b75adecf53548f3ec6ad7d78383bf84cc57b55a3127c72b9a2481752dd88b21");
}

}  // namespace
}  // namespace noderig
