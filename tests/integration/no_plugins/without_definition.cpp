// No plugin: it says what it was built against, and has no definition.
#include <noderig/build_fingerprint.h>
#include <noderig/framework/metadata.h>

extern "C" {
extern const char noderig_plugin_stamp[];
const char noderig_plugin_stamp[] =
    NODERIG_PLUGIN_STAMP NODERIG_VERSION " build " NODERIG_BUILD_FINGERPRINT;
}
