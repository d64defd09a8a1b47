// What a scenario's file includes, and all it needs. A scenario is one file and one plugin:
//
//   #include <noderig/scenario.h>
//
//   NODERIG_SCENARIO(my_scenario, .summary = "what it shows", .nodes = 2) {
//     auto& [n0, n1] = rig.nodes<2>();
//     ...
//   }
//
// The body runs on the main thread of a process of its own. An exception that leaves it fails the
// scenario.
#pragma once

#include <noderig/build_fingerprint.h>
#include <noderig/framework/assert.h>
#include <noderig/framework/chain/block_builder.h>
#include <noderig/framework/chain/key.h>
#include <noderig/framework/chain/regtest.h>
#include <noderig/framework/chain/wallet.h>
#include <noderig/framework/errors.h>
#include <noderig/framework/json.h>
#include <noderig/framework/metadata.h>
#include <noderig/framework/rig.h>
#include <noderig/p2p/messages/registry.h>
#include <noderig/p2p/peer.h>
#include <chrono>

// Defines the plugin's scenario; the body follows. Metadata fields are those of
// noderig::ScenarioMetadata, in the order of their declaration.
#define NODERIG_SCENARIO(id, ...)                                                 \
  static void noderig_scenario_body(::noderig::Rig& rig);                         \
  extern "C" {                                                                    \
  extern const char noderig_plugin_stamp[];                                       \
  const char noderig_plugin_stamp[] =                                             \
      NODERIG_PLUGIN_STAMP NODERIG_VERSION " build " NODERIG_BUILD_FINGERPRINT;   \
  const ::noderig::ScenarioDefinition* noderig_plugin_scenario();                 \
  const ::noderig::ScenarioDefinition* noderig_plugin_scenario() {                \
    static const ::noderig::ScenarioDefinition definition{                        \
        [] {                                                                      \
          using namespace ::noderig;                                              \
          using namespace ::std::chrono_literals;                                 \
          return ScenarioMetadata{.name = #id, __VA_ARGS__};                      \
        }(),                                                                      \
        __FILE__, &noderig_scenario_body};                                        \
    return &definition;                                                           \
  }                                                                               \
  }                                                                               \
  using namespace ::noderig;           /* NOLINT(google-build-using-namespace) */ \
  using namespace ::noderig::p2p;      /* NOLINT(google-build-using-namespace) */ \
  using namespace ::noderig::literals; /* NOLINT(google-build-using-namespace) */ \
  using namespace ::std::chrono_literals;                                         \
  static void noderig_scenario_body([[maybe_unused]] ::noderig::Rig& rig)
