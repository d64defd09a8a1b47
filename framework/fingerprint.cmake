# Writes the header that names this build: its version, and a hash of every public header and of the
# compiler. Run by the build with -DOUTPUT, -DVERSION, -DCOMPILER and -DLIST (a file with one path a
# line); the header is touched only when its text changes.
file(STRINGS ${LIST} headers)
set(hashes "${COMPILER}")
foreach(header ${headers})
  file(SHA256 ${header} hash)
  string(APPEND hashes ${hash})
endforeach()
string(SHA256 fingerprint "${hashes}")
string(SUBSTRING ${fingerprint} 0 16 fingerprint)
file(WRITE ${OUTPUT}.new "// Written by the build.
#pragma once
#define NODERIG_VERSION \"${VERSION}\"
#define NODERIG_BUILD_FINGERPRINT \"${fingerprint}\"
")
file(COPY_FILE ${OUTPUT}.new ${OUTPUT} ONLY_IF_DIFFERENT)
