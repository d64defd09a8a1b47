// How the coroutines on an I/O thread wait, and how they end. Not for scenarios.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>

namespace noderig {

// Waits, then gives (error code, result...) and throws nothing.
inline constexpr auto kAwait = boost::asio::as_tuple(boost::asio::use_awaitable);

// For co_spawn: what escapes from a coroutine, such as a trace callback's exception, leaves
// io_context::run().
inline void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

}  // namespace noderig
