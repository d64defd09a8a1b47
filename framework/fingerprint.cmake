# Writes the header that names this build: its version, and a hash of the headers that plugins share
# with the library and of how that is compiled; who includes the header adds the compiler. Run by the
# build with -DOUTPUT, -DVERSION, -DOPTIONS and -DLIST (a file with one path a line); the header is
# touched only when its text changes.
file(STRINGS ${LIST} headers)
set(hashes "${OPTIONS}")
foreach(header ${headers})
  file(SHA256 ${header} hash)
  string(APPEND hashes ${hash})
endforeach()
string(SHA256 fingerprint "${hashes}")
string(SUBSTRING ${fingerprint} 0 16 fingerprint)
file(WRITE ${OUTPUT}.new "// Written by the build.
#pragma once
#define NODERIG_VERSION \"${VERSION}\"
#ifdef _GLIBCXX_DEBUG
#define NODERIG_CONTAINERS \" with checked containers\"
#else
#define NODERIG_CONTAINERS \"\"
#endif
#define NODERIG_BUILD_FINGERPRINT \"${fingerprint} by \" __VERSION__ NODERIG_CONTAINERS
")
file(COPY_FILE ${OUTPUT}.new ${OUTPUT} ONLY_IF_DIFFERENT)
