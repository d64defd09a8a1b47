// The REST interface (-rest): each resource in all its formats. The formats of a resource agree
// with each other and with what RPC says of the same thing; wrong requests get the right status.
//
//   genesis - 1 - 2 ... 101 - 102       mempool: B - C
//             |                `- A, which B spends
//             `- what A spends
//
//   node0  -rest, with the block filter index
//   node1  without -rest

#include <noderig/p2p/primitives/gcs_filter.h>
#include <noderig/p2p/primitives/hash.h>
#include <noderig/rpc/rest.h>
#include <noderig/scenario.h>

namespace {

using namespace noderig;
using rpc::HttpReply;
using rpc::Rest;

constexpr int kMaxHeaders = 2000;
constexpr int kMaxOutpoints = 15;

// The bytes of a resource, once it is seen that hex spells them too.
Bytes bytes_of(const Rest& rest, std::string_view path, std::string_view query = {}) {
  const std::string bin = rest.bin(path, query);
  assert_equal(rest.hex(path, query), to_hex(as_byte_span(bin)));
  const ByteSpan bytes = as_byte_span(bin);
  return {bytes.begin(), bytes.end()};
}

void assert_refused(const Rest& rest, const std::string& target, int status,
                    const std::string& text) {
  const HttpReply reply = rest.get(target);
  assert_equal(reply.body, text + "\r\n");
  assert_equal(reply.status, status);
  assert_equal(reply.content_type, "text/plain");
}

// What getutxos answers in bytes (BIP64).
struct UtxoReply {
  std::int32_t height = 0;
  Uint256 tip{};
  Bytes bitmap{};
  std::vector<std::pair<std::uint32_t, p2p::TxOut>> coins{};  // the height each was made at

  static UtxoReply decode(p2p::Reader& reader) {
    UtxoReply reply;
    reply.height = reader.integer<std::int32_t>("height");
    reply.tip = reader.uint256("tip");
    const ByteSpan bitmap = reader.var_bytes("bitmap");
    reply.bitmap.assign(bitmap.begin(), bitmap.end());
    const std::size_t count = reader.count("coins", 8);
    for (std::size_t i = 0; i < count; ++i) {
      reader.integer<std::uint32_t>("version");
      const auto height = reader.integer<std::uint32_t>("coin height");
      reply.coins.emplace_back(height, p2p::TxOut::decode(reader));
    }
    return reply;
  }
};

template <typename T>
T decoded(const Bytes& bytes) {
  const p2p::Decoded<T> value = p2p::decode_as<T>(bytes);
  if (!value) throw AssertionError("a REST answer does not decode: " + value.error().to_string());
  return *value;
}

}  // namespace

NODERIG_SCENARIO(rest,
    .summary = "REST resources agree in all formats with each other and with RPC",
    .nodes = 2,
    .needs = {"option:rest"},
    .tags = {"rpc"},
    .likelihood = Likelihood::Unlikely,
    .impact = Impact::Moderate,
    .links = {"src/rest.cpp", "BIP64", "BIP157"},
    .subtests = {"chain_info", "headers", "block", "block_hash_by_height", "transaction", "utxos",
                 "utxo_requests", "mempool", "filters", "deployment_info", "spent_outputs",
                 "block_part", "wrong_requests", "not_enabled"},
    .start = Start::Manual) {
  auto& [node, plain] = rig.nodes<2>();

  rig.step("build blocks and transactions");
  const Script script = anyone_can_spend();
  const Script open = p2wsh(sha256(script));
  const auto spend = [&](const OutPoint& coin, Amount value) {
    Transaction transaction;
    transaction.inputs = {{.prevout = coin}};
    transaction.inputs[0].witness = {Bytes(script.bytes().begin(), script.bytes().end())};
    transaction.outputs = {{.value = value, .script_pubkey = open},
                           {.value = 1_btc, .script_pubkey = open}};
    return transaction;
  };
  ChainBuilder chain({.script = open});
  chain.mine(1 + regtest::kCoinbaseMaturity);
  const OutPoint first_coin{chain.at(1).coinbase().txid(), 0};
  const Transaction a = spend(first_coin, 48_btc);
  chain.mine({.transactions = {a}});
  const Transaction b = spend({a.txid(), 0}, Amount::sat(4'699'990'000));
  const Transaction c = spend({b.txid(), 0}, Amount::sat(4'599'980'000));

  rig.step("start the nodes and hand it all over");
  node.set_arguments({"-rest", "-blockfilterindex=1"});
  rig.start({node, plain});
  std::vector<rpc::BatchCall> calls;
  for (const BuiltBlock& block : chain.blocks()) {
    calls.push_back({"submitblock", Json::array({Json(block.block())})});
  }
  for (const Transaction& transaction : {b, c}) {
    calls.push_back({"sendrawtransaction", Json::array({Json(transaction)})});
  }
  calls.push_back({"syncwithvalidationinterfacequeue"});
  for (const rpc::BatchResult& result : node.rpc.batch(calls)) result.value();
  assert_equal(node.tip(), chain.tip());
  node.wait_until(
      [&] {
        const Json index = node.rpc("getindexinfo").at("basic block filter index");
        return index.at("synced") == true && index.at("best_block_height") == chain.height();
      },
      "the filter index has the tip");

  const Rest rest(node.rpc);
  const BuiltBlock& tip = chain.at(chain.height());
  const std::string tip_hash = tip.hash().to_string();
  const std::string unknown(64, '0');

  rig.subtest("chain_info", [&] {
    const Json info = rest.json("chaininfo");
    assert_equal(info, node.rpc("getblockchaininfo"));
    assert_equal(info.at("bestblockhash"), tip.hash());
    assert_refused(rest, "chaininfo.bin", 404, "output format not found (available: json)");
  });

  rig.subtest("headers", [&] {
    const std::string path = "headers/" + chain.at(98).hash().to_string();
    const auto expected_bytes = [&](int count) {
      Writer writer;
      for (int i = 0; i < count; ++i) chain.at(98 + i).header().encode(writer);
      return writer.take();
    };
    // Five unless told otherwise, and what there is when that is less.
    assert_equal(bytes_of(rest, path), expected_bytes(5));
    assert_equal(bytes_of(rest, path, "count=2"), expected_bytes(2));
    assert_equal(bytes_of(rest, path, fmt::format("count={}", kMaxHeaders)), expected_bytes(5));
    const Json headers = rest.json(path, "count=3");
    assert_equal(headers.size(), 3);
    for (int i = 0; i < 3; ++i) {
      assert_equal(headers.at(static_cast<std::size_t>(i)),
                   node.rpc("getblockheader", chain.at(98 + i).hash()));
    }
    // The older form, with the count in the path.
    assert_equal(rest.json("headers/3/" + chain.at(98).hash().to_string()), headers);

    assert_equal(rest.json("headers/" + unknown), Json::array());
    for (const std::string count : {"0", "-5", "5a", "2001", "99999999999999999999999999999999"}) {
      assert_refused(rest, path + ".json?count=" + count, 400,
                     fmt::format("Header count is invalid or out of acceptable range (1-{}): {}",
                                 kMaxHeaders, count));
    }
  });

  rig.subtest("block", [&] {
    const Bytes bytes = bytes_of(rest, "block/" + tip_hash);
    assert_equal(bytes, tip.encoded());
    const Json detailed = rest.json("block/" + tip_hash);
    assert_equal(detailed, node.rpc("getblock", tip.hash(), 3));
    // Only what is no coinbase has an output that it spends.
    assert_true(!detailed.at("tx").at(0).at("vin").at(0).contains("prevout"));
    assert_equal(detailed.at("tx").at(1).at("vin").at(0).at("prevout").at("value"), 50_btc);

    assert_equal(bytes_of(rest, "block/notxdetails/" + tip_hash), bytes);
    const Json brief = rest.json("block/notxdetails/" + tip_hash);
    assert_equal(brief, node.rpc("getblock", tip.hash(), 1));
    assert_equal(brief.at("tx"), Json({tip.coinbase().txid(), a.txid()}));

    assert_refused(rest, "block/" + unknown + ".json", 404, unknown + " not found");
    assert_refused(rest, "block/abc.json", 400, "Invalid hash: abc");
  });

  rig.subtest("block_hash_by_height", [&] {
    for (const int height : {1, 57, chain.height()}) {
      const std::string path = fmt::format("blockhashbyheight/{}", height);
      const Uint256& hash = chain.at(height).hash();
      assert_equal(rest.json(path), Json{{"blockhash", hash}});
      assert_equal(rest.hex(path), hash.to_string());  // as nodes print it, not as it travels
      assert_equal(to_hex(as_byte_span(rest.bin(path))), to_hex(hash.wire()));
    }
    assert_equal(rest.hex("blockhashbyheight/0"), regtest::genesis_hash().to_string());
    assert_refused(rest, "blockhashbyheight/103.json", 404, "Block height out of range");
    assert_refused(rest, "blockhashbyheight/-1.json", 400, "Invalid height: -1");
    assert_refused(rest, "blockhashbyheight/abc.json", 400, "Invalid height: abc");
    assert_refused(rest, "blockhashbyheight/.json", 400, "Invalid height: ");
  });

  rig.subtest("transaction", [&] {
    const std::string path = "tx/" + b.txid().to_string();
    assert_equal(bytes_of(rest, path), encode_of(b));
    const Json json = rest.json(path);
    Json expected = node.rpc("decoderawtransaction", b);
    expected["hex"] = b;
    assert_equal(json, expected);
    assert_equal(json.at("txid"), b.txid());
    assert_equal(json.at("hash"), b.wtxid());
    // Without a transaction index only the mempool is searched.
    assert_refused(rest, "tx/" + a.txid().to_string() + ".json", 404,
                   a.txid().to_string() + " not found");
    assert_refused(rest, "tx/abc.json", 400, "Invalid hash: abc");
  });

  const auto name = [](const OutPoint& coin) {
    return fmt::format("{}-{}", coin.txid.to_string(), coin.index);
  };
  const OutPoint spent_by_a = first_coin;
  const OutPoint spent_by_b{a.txid(), 0};
  const OutPoint unspent{a.txid(), 1};
  const OutPoint made_by_c{c.txid(), 0};

  rig.subtest("utxos", [&] {
    const std::string four = fmt::format("{}/{}/{}/{}", name(spent_by_a), name(spent_by_b),
                                         name(unspent), name(made_by_c));
    const auto check = [&](const std::string& path, bool check_mempool, const std::string& bitmap,
                           std::byte bits, const std::vector<OutPoint>& coins) {
      const Json json = rest.json(path);
      assert_equal(json.at("chainHeight"), chain.height());
      assert_equal(json.at("chaintipHash"), tip.hash());
      assert_equal(json.at("bitmap"), bitmap);
      assert_equal(json.at("utxos").size(), coins.size());
      const auto binary = decoded<UtxoReply>(bytes_of(rest, path));
      assert_equal(binary.height, chain.height());
      assert_equal(binary.tip, tip.hash());
      assert_equal(binary.bitmap, Bytes{bits});
      assert_equal(binary.coins.size(), coins.size());
      for (std::size_t i = 0; i < coins.size(); ++i) {
        const Json& utxo = json.at("utxos").at(i);
        const Json coin = node.rpc("gettxout", coins[i].txid, coins[i].index, check_mempool);
        assert_equal(utxo.at("value"), coin.at("value"));
        assert_equal(utxo.at("scriptPubKey"), coin.at("scriptPubKey"));
        const auto& [height, output] = binary.coins[i];
        assert_equal(utxo.at("height"), height);
        assert_equal(utxo.at("value"), output.value);
        assert_equal(utxo.at("scriptPubKey").at("hex"), output.script_pubkey.to_hex());
      }
    };
    check("getutxos/" + four, false, "0110", std::byte{0b0110}, {spent_by_b, unspent});
    check("getutxos/checkmempool/" + four, true, "0011", std::byte{0b1100}, {unspent, made_by_c});

    // The same question as a request body: a flag for the mempool, then the coins (BIP64).
    const auto body_of = [&](bool with_flag) {
      Writer body;
      if (with_flag) body.boolean(true);
      body.compact_size(4);
      for (const OutPoint& coin : {spent_by_a, spent_by_b, unspent, made_by_c}) coin.encode(body);
      return body.take();
    };
    const std::string expected = rest.hex("getutxos/checkmempool/" + four);
    const auto answered = [&](const Bytes& body) {
      const std::string raw(reinterpret_cast<const char*>(body.data()), body.size());
      const std::string answer = to_hex(as_byte_span(rest.post_bin("getutxos", raw)));
      assert_equal(rest.post_hex("getutxos", to_hex(body)), answer);
      return answer;
    };
    // Daemons with a known flaw read the body's own length first, which then stands where the flag
    // should: they understand it without one.
    if (answered(body_of(true)) != expected) assert_equal(answered(body_of(false)), expected);
  });

  rig.subtest("utxo_requests", [&] {
    const auto many = [&](int count) {
      std::string path = "getutxos";
      for (int i = 0; i < count; ++i) path += fmt::format("/{}-{}", a.txid().to_string(), i);
      return path;
    };
    assert_equal(rest.json(many(kMaxOutpoints)).at("bitmap"), "11" + std::string(13, '0'));
    assert_equal(decoded<UtxoReply>(bytes_of(rest, many(kMaxOutpoints))).bitmap,
                 Bytes{std::byte{0b11}, std::byte{0}});
    assert_refused(rest, many(kMaxOutpoints + 1) + ".json", 400,
                   fmt::format("Error: max outpoints exceeded (max: {}, tried: {})", kMaxOutpoints,
                               kMaxOutpoints + 1));
    const std::string txid = a.txid().to_string();
    for (const std::string& wrong :
         {txid + "_1", txid + "-+1", txid + "--1", txid + "aa-1", std::string("aa-1")}) {
      assert_refused(rest, "getutxos/" + wrong + ".json", 400, "Parse error");
    }
    for (const std::string empty :
         {"getutxos.json", "getutxos.bin", "getutxos/checkmempool.json"}) {
      assert_refused(rest, empty, 400, "Error: empty request");
    }
    const auto post = [&](const std::string& target, const std::string& body) {
      return node.rpc.http_post("/rest/" + target, body);
    };
    assert_equal(post("getutxos.json", "{\"checkmempool").body, "Error: empty request\r\n");
    assert_equal(post("getutxos.bin", "{\"checkmempool").body, "Parse error\r\n");
    assert_equal(post("getutxos/" + name(unspent) + ".bin", std::string(2, '\0')).body,
                 "Combination of URI scheme inputs and raw post data is not allowed\r\n");
  });

  rig.subtest("mempool", [&] {
    const Json info = rest.json("mempool/info");
    assert_equal(info, node.rpc("getmempoolinfo"));
    assert_equal(info.at("size"), 2);
    assert_equal(info.at("bytes"), b.vsize() + c.vsize());

    const Json contents = rest.json("mempool/contents");
    assert_equal(contents, node.rpc("getrawmempool", true));
    assert_equal(contents.at(b.txid().to_string()).at("spentby"), Json::array({Json(c.txid())}));
    assert_equal(contents.at(c.txid().to_string()).at("depends"), Json::array({Json(b.txid())}));
    assert_equal(rest.json("mempool/contents", "verbose=true&mempool_sequence=false"), contents);
    assert_equal(rest.json("mempool/contents", "verbose=false"), node.rpc("getrawmempool", false));
    assert_equal(rest.json("mempool/contents", "verbose=false&mempool_sequence=true"),
                 node.rpc("getrawmempool", false, true));

    assert_refused(rest, "mempool/contents.json?verbose=true&mempool_sequence=true", 400,
                   "Verbose results cannot contain mempool sequence values. (hint: set "
                   "\"verbose=false\")");
    for (const auto& [option, query] :
         {std::pair("verbose", "verbose=TRUE"),
          std::pair("mempool_sequence", "verbose=false&mempool_sequence=TRUE")}) {
      assert_refused(
          rest, fmt::format("mempool/contents.json?{}", query), 400,
          fmt::format("The \"{}\" query parameter must be either \"true\" or \"false\".", option));
    }
    const HttpReply other = rest.get("mempool/other.json");
    assert_equal(other.status, 400);
    assert_true(other.body.starts_with("Invalid URI format. Expected /rest/mempool/<info|"));
    assert_refused(rest, "mempool/info.hex", 404, "output format not found (available: json)");
  });

  rig.subtest("filters", [&] {
    const std::string path = "blockfilter/basic/" + tip_hash;
    const GcsFilter filter = GcsFilter::basic(tip.block(), std::vector<Script>{open});
    assert_equal(rest.json(path), Json{{"filter", to_hex(filter.encoded())}});
    // Type 0, the block's hash, then the filter.
    Writer expected;
    expected.integer<std::uint8_t>(0).uint256(tip.hash()).var_bytes(filter.encoded());
    assert_equal(bytes_of(rest, path), expected.take());

    const std::string from = chain.at(101).hash().to_string();
    const Json headers = rest.json("blockfilterheaders/basic/" + from, "count=2");
    const Json of_101 = node.rpc("getblockfilter", from).at("header");
    const Json of_tip = node.rpc("getblockfilter", tip.hash()).at("header");
    assert_equal(headers, Json({of_101, of_tip}));
    assert_equal(hash_of(of_tip), filter.header(hash_of(of_101)));
    assert_equal(rest.json("blockfilterheaders/basic/2/" + from), headers);
    Writer both;
    both.uint256(hash_of(of_101)).uint256(hash_of(of_tip));
    assert_equal(bytes_of(rest, "blockfilterheaders/basic/" + from, "count=2"), both.take());

    assert_refused(rest, "blockfilter/other/" + tip_hash + ".json", 400,
                   "Unknown filtertype other");
    assert_refused(rest, "blockfilterheaders/other/" + tip_hash + ".json", 400,
                   "Unknown filtertype other");
    assert_refused(rest, "blockfilter/basic/" + unknown + ".json", 404, unknown + " not found");
    assert_refused(rest, "blockfilterheaders/basic/abc.json", 400, "Invalid hash: abc");
  });

  rig.subtest("deployment_info", [&] {
    assert_equal(rest.json("deploymentinfo"), node.rpc("getdeploymentinfo"));
    const Uint256& earlier = chain.at(50).hash();
    const Json then = rest.json("deploymentinfo/" + earlier.to_string());
    assert_equal(then, node.rpc("getdeploymentinfo", earlier));
    assert_equal(then.at("height"), 50);
    assert_refused(rest, "deploymentinfo/" + unknown + ".json", 400, "Block not found");
    assert_refused(rest, "deploymentinfo/abc.json", 400, "Invalid hash: abc");
  });

  // A path without a handler gets a 404 without text.
  const auto skip_without = [&](const std::string& path) {
    const HttpReply reply = rest.get(path + "/" + tip_hash + ".bin?offset=0&size=1");
    if (reply.status == 404 && reply.body.empty()) rig.skip("the daemon has no /rest/" + path);
  };

  rig.subtest("spent_outputs", [&] {
    skip_without("spenttxouts");
    Writer expected;
    expected.compact_size(2).compact_size(0).compact_size(1);  // coinbase, then A
    chain.at(1).coinbase().outputs.at(0).encode(expected);
    assert_equal(bytes_of(rest, "spenttxouts/" + tip_hash), expected.take());
    const Json json = rest.json("spenttxouts/" + tip_hash);
    assert_equal(json.size(), 2);
    assert_equal(json.at(0), Json::array());
    assert_equal(json.at(1).at(0).at("value"), 50_btc);
    assert_refused(rest, "spenttxouts/" + unknown + ".json", 404, unknown + " not found");
  });

  rig.subtest("block_part", [&] {
    skip_without("blockpart");
    const std::string path = "blockpart/" + tip_hash;
    const Bytes whole = tip.encoded();
    const auto part = [&](std::size_t offset, std::size_t size) {
      const ByteSpan bytes = ByteSpan(whole).subspan(offset, size);
      assert_equal(bytes_of(rest, path, fmt::format("offset={}&size={}", offset, size)),
                   Bytes(bytes.begin(), bytes.end()));
    };
    part(0, whole.size());
    part(20, 300);
    part(whole.size() - 5, 5);
    for (const std::string& query :
         {std::string("offset=10"), std::string("size=100"), std::string("offset=x&size=1"),
          std::string("offset=0&size=0"), fmt::format("offset={}&size=1", whole.size()),
          fmt::format("offset=0&size={}", whole.size() + 1)}) {
      assert_equal(rest.get(path + ".bin?" + query).status, 400);
    }
  });

  rig.subtest("wrong_requests", [&] {
    const std::string formats = "output format not found (available: .bin, .hex, .json)";
    for (const std::string& path :
         {"block/" + tip_hash, "headers/" + tip_hash, "tx/" + b.txid().to_string(),
          "getutxos/" + name(unspent), std::string("blockhashbyheight/1")}) {
      assert_refused(rest, path, 404, formats);
    }
    // An unknown format is taken for a part of the name.
    assert_refused(rest, "block/" + tip_hash + ".xml", 400, "Invalid hash: " + tip_hash + ".xml");
    assert_refused(rest, "headers/1/2/3.json", 400,
                   "Invalid URI format. Expected /rest/headers/<hash>.<ext>?count=<count>");
    // Half an escape: some refuse it as such, some take it for a part of the name.
    assert_equal(rest.get("headers/" + tip_hash + "%.json").status, 400);
    assert_equal(rest.get("nothing.json").status, 404);
    assert_raises<rpc::RestError>([&] { rest.json("tx/abc"); }, "HTTP 400: Invalid hash: abc");
  });

  rig.subtest("not_enabled", [&] {
    const HttpReply reply = Rest(plain.rpc).get("chaininfo.json");
    assert_equal(reply.status, 404);
    assert_equal(plain.rpc("getblockcount"), 0);  // the server is there, REST is not
  });
}
