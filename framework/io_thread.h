// The one thread that owns all sockets of a worker: it runs an io_context until it is destroyed.
// Owned by the Rig (or a test); peers, RPC clients and the supervisor's reports are served on it.
// Scenario code never runs here.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <thread>

namespace noderig {

class IoThread {
 public:
  IoThread();
  // Stops the context and joins the thread. What uses the context must be gone before.
  ~IoThread();

  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  boost::asio::io_context& context() { return context_; }

 private:
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

}  // namespace noderig
