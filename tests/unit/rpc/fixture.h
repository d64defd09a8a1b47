// What the tests of the client share: an I/O thread, a scratch directory for cookies, and the
// shorthand for a client of a FakeServer.
#pragma once

#include "fake_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <noderig/rpc/client.h>
#include <stdlib.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

namespace noderig::rpc::test {

class RpcTest : public testing::Test {
 protected:
  RpcTest() : work_(io_.get_executor()), thread_([this] { io_.run(); }) {}
  ~RpcTest() override {
    work_.reset();
    io_.stop();
    thread_.join();
  }

  ClientOptions options(const FakeServer& server) {
    ClientOptions options;
    options.node = "node7";
    options.port = server.port();
    options.auth = UserPassword{"bob", "secret"};
    return options;
  }

  Client client(const FakeServer& server) { return Client(io_, options(server)); }

  boost::asio::io_context io_{1};

 private:
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

// A directory that is gone with the object.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "noderig-rpc-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no scratch directory");
    path_ = name;
  }
  ~ScratchDirectory() { std::filesystem::remove_all(path_); }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline void write_file(const std::filesystem::path& path, const std::string& content) {
  std::ofstream(path, std::ios::trunc) << content;
}

// The error that `call` throws; a test failure and nullopt when it throws none.
template <typename Error, typename Call>
std::optional<Error> error_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return std::nullopt;
}

}  // namespace noderig::rpc::test
