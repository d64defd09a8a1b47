// What keeps two workers apart: a loopback address and a scratch directory that belong to one
// worker alone. Both are held by things that the kernel frees when the last process of the worker
// ends, whatever way it ends: a listening socket that is named after the address and a lock on a
// file in the directory. The worker's daemons inherit both, so neither is free while one of them
// lives.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace noderig {

// An address 127.x.y.z (Linux: the whole of 127.0.0.0/8 is there without set-up) that no other
// worker on the machine has. Releases it when it goes.
class LoopbackAddress {
 public:
  // Takes an address that is free. `hint` spreads workers that start at the same time. Throws
  // EnvironmentError when none can be had.
  explicit LoopbackAddress(std::uint64_t hint);
  ~LoopbackAddress();
  LoopbackAddress(const LoopbackAddress&) = delete;
  LoopbackAddress& operator=(const LoopbackAddress&) = delete;

  const std::string& host() const { return host_; }

  // The address's last byte replaced by `last`: a further source address of the same worker, for
  // peers, which never connect from 127.0.0.1 since nodes whitelist that one.
  std::string sibling(std::uint8_t last) const;

  // A port of this address on which nothing listens, below the ephemeral range. Never the same
  // twice. Somebody may still take it before it is used: a failed bind asks for another.
  std::uint16_t free_port();

 private:
  std::string host_;
  std::uint16_t next_port_;
  int lock_ = -1;
};

// A directory below TMPDIR that is removed when this goes, unless keep_as() was called.
class ScratchDirectory {
 public:
  // Throws EnvironmentError, naming the path, when it cannot be made.
  explicit ScratchDirectory(const std::string& label);
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // See keep_directory().
  void keep_as(const std::filesystem::path& to);

  // Removes the directories of workers that are gone. Returns how many there were.
  static int sweep();

 private:
  std::filesystem::path root_;
  std::filesystem::path path_;  // empty once it was kept
  int lock_ = -1;
};

// Moves a scratch directory to `to` (by rename, or by copy to another file system), so that it is
// removed no more. Its processes must have ended. Throws EnvironmentError when there is no place
// for it; then nothing is left at `to`.
void keep_directory(const std::filesystem::path& scratch, const std::filesystem::path& to);

// Removes the logs in RUN/ below `bundles` that no living worker or runner has locked: those of
// runs that were killed. What failures left there stays.
void sweep_logs(const std::filesystem::path& bundles);

// Where scratch directories are made: TMPDIR, or the system's. Throws EnvironmentError when it is
// no directory that can be used.
std::filesystem::path scratch_parent();

// Finds out before a run begins whether scratch directories can be made and `home` be written to,
// and both have room for the least that a run takes. Throws EnvironmentError that names the place,
// the reason, and what chooses another one. Leaves nothing behind.
void require_workspace(const std::filesystem::path& home);

// Why the scratch directories' file system is too small for so many MB: "needs 4500 MB of disk in
// /tmp, which has 312 MB". Empty when it is not.
std::string lack_of_disk(int needed_mb);

}  // namespace noderig
