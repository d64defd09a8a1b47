// Chains that are built once and handed to nodes as the files of a data directory: one directory a
// chain below .noderig/chains, with a manifest that says what it was built from and what it holds.
//
// A chain is found by its recipe, the daemon's flavour, version and path and its default arguments;
// it is checked against its manifest whenever it is handed out, and built again when it does not
// agree, or when another build of the daemon is at that path: its version may be the same.
// Any number of processes may use one store: handing out takes its lock shared, all else takes it
// alone, and a chain gets its name when it is whole, so that one whose builder was killed is no
// chain. One object belongs to one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace noderig {

// All that shapes a stored chain.
struct ChainKey {
  std::string name;    // the recipe's
  std::string recipe;  // its text
  std::string daemon;  // flavour and version
  std::vector<std::string> arguments{};
  std::string program{};  // its path
  std::string stamp{};    // of its file, as it is now: see file_stamp()
};

struct StoredChain {
  std::string name;
  std::string recipe;
  std::string daemon;
  std::filesystem::path directory;
  std::uintmax_t bytes = 0;
  std::string damage;  // what is wrong with it, empty when nothing is
};

class ChainStore {
 public:
  explicit ChainStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

  // Builds the chain and returns the directory that holds its files (blocks, chainstate ...); no
  // process may have them open any more. Called with what was wrong with the stored one, empty when
  // there was none.
  using Build = std::function<std::filesystem::path(const std::string& damage)>;

  // Puts the chain's files into `target`, a node's network directory; builds the chain first when
  // it is not there as it should be. Throws EnvironmentError, and what `build` throws.
  void give(const ChainKey& key, const std::filesystem::path& target, const Build& build);

  // What is stored, by name.
  std::vector<StoredChain> list() const;

  // Removes chains with that name, all when it is empty. How many there were.
  int clear(const std::string& name) const;

 private:
  std::filesystem::path directory_;
};

}  // namespace noderig
