// A bundle's time line as one HTML page that needs nothing else: no network, no other file. It is
// filtered in the page, draws only the lines that are seen, and follows the reader's choice of
// light or dark. Pure functions; any thread.
#pragma once

#include <noderig/framework/bundle/bundle.h>
#include <noderig/framework/bundle/merged_timeline.h>
#include <string>
#include <vector>

namespace noderig {

// The latest entries up to this number go into a page.
inline constexpr std::size_t kPageEntries = 20'000;

// `entries` are some of the timeline's.
std::string html_page(const BundleFacts& facts, const MergedTimeline& timeline,
                      const std::vector<const Timeline::Entry*>& entries);

}  // namespace noderig
