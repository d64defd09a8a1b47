#include <noderig/framework/io_thread.h>
#include <pthread.h>

namespace noderig {

IoThread::IoThread() : work_(context_.get_executor()), thread_([this] { context_.run(); }) {
  pthread_setname_np(thread_.native_handle(), "noderig-io");
}

IoThread::~IoThread() {
  work_.reset();
  context_.stop();
  thread_.join();
}

}  // namespace noderig
